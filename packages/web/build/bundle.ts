import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type InlineConfig, type Rolldown } from 'vite';
import { modulesByStage } from './sizes.ts';

/** The package's folder. */
export const ROOT: string = fileURLToPath(new URL('..', import.meta.url));
/** The worker's place for the list of files with their hashes. */
const FILES_MARK = '__FERNSPEAK_FILES__';

/** A script or another file of the app, as the bundler made it. */
export type Output = Rolldown.OutputChunk | Rolldown.OutputAsset;

const shared: InlineConfig = {
  configFile: false,
  root: ROOT,
  logLevel: 'error',
  publicDir: false,
  resolve: { conditions: ['browser', 'module', 'import', 'default'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
};

/**
 * Puts the page, its chunks, styles and workers into an empty folder. Twice: what is loaded with the page, and what from then
 * until the first message, is known after the first time, and goes into one file each, smaller and sooner there than its parts.
 */
export async function bundleApp(out: string): Promise<readonly Output[]> {
  const { shell, firstMessage } = modulesByStage(await bundle(out, {}));
  return bundle(out, { shell, engine: firstMessage });
}

/** @param files modules that go into one file, by its name */
async function bundle(out: string, files: Readonly<Record<string, ReadonlySet<string>>>): Promise<readonly Output[]> {
  const built = await build({
    ...shared,
    worker: { format: 'es' },
    build: {
      outDir: out,
      emptyOutDir: true,
      target: 'es2023',
      // nothing is put into the code as data: every file has a hash of its own
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      rolldownOptions: {
        output: {
          codeSplitting: {
            includeDependenciesRecursively: false,
            groups: Object.entries(files).map(([name, modules]) => ({ name, test: (id: string) => modules.has(id) })),
          },
        },
      },
    },
  });
  if (!('output' in built)) throw new TypeError('The bundler gave something else than one build.');
  return built.output;
}

/** The service worker as one file, which knows every other file by its hash: path → SHA-256, base64. */
export async function bundleServiceWorker(out: string, files: Readonly<Record<string, string>>): Promise<void> {
  await build({
    ...shared,
    define: { [FILES_MARK]: JSON.stringify(files) },
    build: {
      outDir: out,
      emptyOutDir: false,
      target: 'es2023',
      reportCompressedSize: false,
      rolldownOptions: {
        input: join(ROOT, 'workers/service-worker.ts'),
        output: { entryFileNames: 'service-worker.js', format: 'es' },
      },
    },
  });
}
