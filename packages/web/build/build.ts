// npm run build:web: bundles the app into packages/web/dist. Twice the same sources give the same bytes.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const ROOT: string = fileURLToPath(new URL('..', import.meta.url));
const DIST: string = join(ROOT, 'dist');
/** The worker's place for the list of files with their hashes. */
const FILES_MARK = '__FERNSPEAK_FILES__';
const COMPRESSED = /\.(?:html|js|css|svg|json|wasm|webmanifest)$/;

const base64 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');

/** Every file of the folder, by its path from there, in a fixed order. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .toSorted();
}

const shared = {
  configFile: false,
  root: ROOT,
  logLevel: 'warn',
  publicDir: false,
  resolve: { conditions: ['browser', 'module', 'import', 'default'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
} as const;

/** The page, its chunks, styles and workers. */
async function buildApp(out: string): Promise<void> {
  await build({
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
    },
  });
}

/** The service worker as one file, which knows every other file by its hash. */
async function buildServiceWorker(out: string, files: Readonly<Record<string, string>>): Promise<void> {
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

/**
 * Builds into a folder. `build.json` there has the SHA-256 (base64) of every file, and the build's hash: SHA-256 (hex) over
 * lines `hash  path`, which is what the app shows.
 */
async function buildInto(out: string): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await buildApp(out);
  cpSync(join(ROOT, 'public'), out, { recursive: true });
  addIntegrity(out);
  const hashes = Object.fromEntries(filesIn(out).map((file) => [`/${file}`, base64(readFileSync(join(out, file)))]));
  await buildServiceWorker(out, hashes);
  const files = { ...hashes, '/service-worker.js': base64(readFileSync(join(out, 'service-worker.js'))) };
  const lines = Object.entries(files).map(([path, hash]) => `${hash}  ${path}\n`);
  const hash = createHash('sha256').update(lines.join('')).digest('hex');
  writeFileSync(join(out, 'build.json'), `${JSON.stringify({ hash, files }, null, 1)}\n`);
  compress(out);
}

await buildInto(process.argv[2] ?? DIST);
