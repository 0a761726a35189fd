// What `npm start`, `npm test` and the other scripts need before they can run, made only where it is missing:
// the packages of the lock file (among them Node 24, see package.json) and the bundled command.
// Plain JavaScript: this runs on whatever Node (20 or newer) the machine has.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const OLDEST_NODE = 20;

/** @param {string} sentence @returns {never} */
function fail(sentence) {
  console.error(`error: ${sentence}`);
  process.exit(1);
}

/** Runs a program in the clone's root; its output is ours. @param {string} command @param {string[]} args */
function run(command, args) {
  const done = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (done.error) fail(`${command} could not be started: ${done.error.message}`);
  if (done.status !== 0) fail(`${command} ${args.join(' ')} ended with exit code ${done.status}`);
}

/** The newest change below a folder, in milliseconds. @param {string} folder @returns {number} */
function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name === 'test') continue;
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  fail(`this clone needs Node ${OLDEST_NODE} or newer; this is ${process.version}`);
}

const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const stamp = join(root, 'node_modules', '.fernspeak-installed');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  console.error('Installing what the lock file names (once; needs the npm registry) …');
  // npm sets npm_execpath; started by hand, the npm that came with this Node does as well
  const npm = process.env.npm_execpath ?? join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js');
  run(process.execPath, [npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, lock);
}

const bundle = join(root, 'packages', 'cli', 'dist', 'main.js');
if (
  !existsSync(bundle) ||
  statSync(bundle).mtimeMs < Math.max(newest(join(root, 'packages')), statSync(stamp).mtimeMs)
) {
  // the Node 24 of the lock file; where npm has none for this platform, the machine's own has to be one
  const local = join(root, 'node_modules', '.bin', 'node');
  const node = process.platform !== 'win32' && existsSync(local) ? local : process.execPath;
  run(node, [join(root, 'scripts', 'build.ts')]);
}
