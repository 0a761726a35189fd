// What `npm pack -w @fernspeak/fernet` (and `npm publish`) calls before and after: in a clone the package's `exports` are its
// TypeScript sources, in the tarball compiled JavaScript. See docs/decisions/0002-publishing-compiled-js.md.
// Plain JavaScript: this runs on whatever Node (20 or newer) the machine has.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'packages', 'fernet');
const manifest = join(folder, 'package.json');
/** Where the clone's own package.json waits while the published one stands in its place. */
const kept = join(folder, 'package.source.json');
const license = join(folder, 'LICENSE');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

/** Runs a Node program whose output is no part of npm's. @param {string[]} args */
function node(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', process.stderr, 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}

/** Puts the clone's package.json back, also one that a run left which was killed half-way. */
function restore() {
  if (existsSync(kept)) renameSync(kept, manifest);
  rmSync(license, { force: true });
}

function compile() {
  if (!existsSync(tsc)) node(join(root, 'scripts', 'prepare.mjs'));
  rmSync(join(folder, 'dist'), { recursive: true, force: true });
  node(tsc, '-p', join(folder, 'tsconfig.build.json'));
}

/** The package.json for what `compile` made: `./src/*.ts` is `./dist/*.js`. @param {string} source @returns {string} */
function published(source) {
  const { scripts: _, exports, ...rest } = JSON.parse(source.replaceAll(/\.\/src\/([\w./]+)\.ts/g, './dist/$1.js'));
  const entry = exports['.'];
  const types = entry.replace(/\.js$/, '.d.ts');
  return `${JSON.stringify({ ...rest, exports: { '.': { types, default: entry } }, sideEffects: false }, null, 2)}\n`;
}

const step = process.argv[2];
if (step === 'prepack') {
  restore();
  compile();
  const source = readFileSync(manifest, 'utf8');
  copyFileSync(join(root, 'LICENSE'), license);
  writeFileSync(`${kept}.new`, source);
  renameSync(`${kept}.new`, kept);
  // in one step, so that whoever imports the package meanwhile finds the one or the other, and both work
  writeFileSync(`${manifest}.new`, published(source));
  renameSync(`${manifest}.new`, manifest);
} else if (step === 'postpack') {
  restore();
} else {
  console.error('usage: node scripts/pack-fernet.mjs prepack|postpack');
  process.exitCode = 2;
}
