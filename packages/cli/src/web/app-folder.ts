import { fileURLToPath } from 'node:url';

/** The built web app: beside the bundle of the command, where `npm run build` puts it. */
export const APP_FOLDER: string = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/web' : './web', import.meta.url),
);
