import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { bundleApp, bundleServiceWorker, ROOT } from './bundle.ts';
import { drawIcons } from './icons.ts';
import { sizesOf, type Sizes } from './sizes.ts';

const COMPRESSED = /\.(?:html|js|css|svg|json|wasm|webmanifest)$/;

/** What was built. */
export interface Built {
  /** The build's hash, hex: what the app shows. */
  readonly hash: string;
  readonly sizes: Sizes;
}

/**
 * Builds into a folder, which is emptied. `build.json` there has the SHA-256 (base64) of every file, and the build's hash:
 * SHA-256 (hex) over the lines `hash  path`, in the order of the paths.
 */
export async function buildInto(out: string): Promise<Built> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const outputs = await bundleApp(out);
  cpSync(join(ROOT, 'public'), out, { recursive: true });
  for (const [name, png] of drawIcons()) writeFileSync(join(out, name), png);
  addIntegrity(out);
  const hashes = Object.fromEntries(filesIn(out).map((file) => [`/${file}`, base64(readFileSync(join(out, file)))]));
  await bundleServiceWorker(out, hashes);
  const files = { ...hashes, '/service-worker.js': base64(readFileSync(join(out, 'service-worker.js'))) };
  const hash = hashOf(files);
  writeFileSync(join(out, 'build.json'), `${JSON.stringify({ hash, files }, null, 1)}\n`);
  compress(out);
  return { hash, sizes: sizesOf(outputs, readFileSync(join(out, 'index.html'))) };
}

/** The build's hash of its files' hashes. */
export function hashOf(files: Readonly<Record<string, string>>): string {
  const lines = Object.entries(files)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, hash]) => `${hash}  ${path}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}

function base64(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}

/** Every file of the folder, by its path from there, in a fixed order. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .toSorted();
}

/** Says in the page which bytes its scripts and styles have (Subresource Integrity). */
function addIntegrity(out: string): void {
  const path = join(out, 'index.html');
  const html = readFileSync(path, 'utf8').replaceAll(
    /<(script|link)\b([^>]*?)\b(src|href)="(\/assets\/[^"]+)"/g,
    (_, tag: string, between: string, attribute: string, file: string) =>
      `<${tag}${between}integrity="sha256-${base64(readFileSync(join(out, file)))}" ${attribute}="${file}"`,
  );
  writeFileSync(path, html);
}

/** Beside each text its compressed forms, so that a relay compresses nothing. */
function compress(out: string): void {
  for (const file of filesIn(out).filter((name) => COMPRESSED.test(name))) {
    const bytes = readFileSync(join(out, file));
    writeFileSync(join(out, `${file}.gz`), gzipSync(bytes, { level: 9 }));
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(join(out, `${file}.br`), brotliCompressSync(bytes, { params }));
  }
}
