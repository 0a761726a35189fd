import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown, type OutputChunk } from 'rolldown';

// Bundles the command into packages/cli/dist: main.js, and the relay's store worker, with all that they import; and the app,
// which the relay serves.
// Called by prepare.mjs where the bundle is missing or old, and before the package is packed.

const root: string = fileURLToPath(new URL('..', import.meta.url));
const dist: string = join(root, 'packages', 'cli', 'dist');

// the app first: the command brings it along
const web = join(root, 'packages', 'web');
const built = spawnSync(process.execPath, [join(web, 'build', 'build.ts'), '--quiet'], { stdio: 'inherit' });
if (built.status !== 0) throw new Error('The web app could not be built.');

const bundle = await rolldown({
  input: {
    main: join(root, 'packages', 'cli', 'src', 'main.ts'),
    'store-worker': join(root, 'packages', 'relay', 'src', 'store-worker.ts'),
  },
  platform: 'node',
});
// chunks lie beside the entries: a worker's address is relative to the chunk that starts it
const { output } = await bundle.generate({ format: 'esm', minify: true, chunkFileNames: '[name]-[hash].js' });
await bundle.close();
const chunks = output.filter((part) => part.type === 'chunk');

mkdirSync(dist, { recursive: true });
// entries last: a command that starts meanwhile finds what its main.js names
for (const chunk of chunks.toSorted((a, b) => Number(a.isEntry) - Number(b.isEntry))) put(chunk.fileName, chunk.code);
const unfinished = join(dist, `.web.${process.pid}`);
cpSync(join(web, 'dist'), unfinished, { recursive: true });
rmSync(join(dist, 'web'), { recursive: true, force: true });
renameSync(unfinished, join(dist, 'web'));
put('LICENSES.txt', licences(chunks));
const kept = new Set([...chunks.map(({ fileName }) => fileName), 'LICENSES.txt', 'web']);
for (const name of readdirSync(dist)) if (!kept.has(name)) rmSync(join(dist, name), { recursive: true });

/** Writes a file so that nobody ever finds half of it. */
function put(name: string, text: string): void {
  const unfinished = join(dist, `.${name}.${process.pid}`);
  writeFileSync(unfinished, text);
  renameSync(unfinished, join(dist, name));
}

/** The licences of everything in the bundle: ours, then those of the packages that it contains. */
function licences(parts: readonly OutputChunk[]): string {
  const modules = parts.flatMap(({ modules }) => Object.keys(modules));
  const folders = modules.flatMap((path) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []);
  const texts = [...new Set(folders)].toSorted().map((folder) => {
    const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
    const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; license: string };
    return `${about.name} (${about.license})\n\n${file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  const ours = join(root, 'LICENSE');
  return [existsSync(ours) ? readFileSync(ours, 'utf8') : '', ...texts].join('\n----\n\n');
}
