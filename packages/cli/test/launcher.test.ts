import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { test } from 'node:test';
import { LAUNCHER, ROOT, run, temporaryFolder } from '@fernspeak/test';

const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'packages/cli/package.json'), 'utf8')) as { version: string };
const AT_THE_ROOT = join(ROOT, 'fernspeak');

/** A Node of this machine that is too old for us; null where there is none. */
function oldNode(): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  const nodes = folders.map((folder) => join(folder, 'node')).filter((path) => existsSync(path));
  return (
    nodes.find((node) => Number(/^v(\d+)/.exec(spawnSync(node, ['--version']).stdout.toString())?.[1]) < 24) ?? null
  );
}

const OLD_NODE = oldNode();

test('an old Node says which Node is needed', { skip: OLD_NODE === null && 'needs a Node older than 24' }, async () => {
  const { code, stdout, stderr } = await run(OLD_NODE ?? '', [LAUNCHER, 'send', 'notes.csv']);
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^error: fernspeak needs Node 24 or newer; this is Node \d+\.\d+\.\d+\.\nhint: /);
});

test('the launcher is written in what an old Node can read', () => {
  const source = readFileSync(LAUNCHER, 'utf8');
  assert.doesNotMatch(source, /=>|\bconst\b|\blet\b|\?\.|\?\?|\bclass\b|`\$\{|^import /m);
});

test('--version names versions of everything', async () => {
  const { code, stdout } = await run(process.execPath, [LAUNCHER, '--version']);
  assert.equal(code, 0);
  const [first, ...others] = stdout.trim().split('\n');
  assert.equal(first, `fernspeak ${PACKAGE.version}`);
  assert.match(
    others.join('\n'),
    RegExp(`^node +${process.versions.node} .*\nprotocol +fernet 0x80, fernspeak/passphrase/v1, fernspeak/frame/v1$`),
  );
});

test('a clone that is not built says what to do', async (t) => {
  const folder = temporaryFolder(t);
  cpSync(join(ROOT, 'packages/cli/bin'), join(folder, 'bin'), { recursive: true });
  cpSync(join(ROOT, 'packages/cli/package.json'), join(folder, 'package.json'));
  const { code, stderr } = await run(process.execPath, [join(folder, 'bin/fernspeak.js'), 'key']);
  assert.equal(code, 1);
  assert.match(stderr, /^error: the command is not built yet: .*\nhint: in a clone, run `npm start`/);
});

test('compiled code is kept where only we can write', async (t) => {
  const caches = temporaryFolder(t);
  await run(process.execPath, [LAUNCHER, 'help'], { env: { XDG_CACHE_HOME: caches } });
  const folder = join(caches, 'fernspeak', 'compiled');
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.notDeepEqual(statSync(folder).nlink, 2, 'something is kept there');
});

test('compiled code is not taken from a folder where others can write', async (t) => {
  const caches = temporaryFolder(t);
  const folder = join(caches, 'fernspeak', 'compiled');
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o777);
  const { code } = await run(process.execPath, [LAUNCHER, 'help'], { env: { XDG_CACHE_HOME: caches } });
  assert.equal(code, 0);
  assert.equal(statSync(folder).nlink, 2, 'nothing was written there');
});

const WINDOWS = process.platform === 'win32' && './fernspeak is a shell script';

test('./fernspeak runs from any folder', { skip: WINDOWS }, async (t) => {
  const folder = temporaryFolder(t);
  const { code, stdout } = await run(relative(folder, AT_THE_ROOT), ['--version'], { cwd: folder });
  assert.equal(code, 0);
  assert.match(stdout, RegExp(`^fernspeak ${PACKAGE.version}\nnode +24\\.`));
});

test('./fernspeak runs through symbolic links', { skip: WINDOWS }, async (t) => {
  const folder = temporaryFolder(t);
  symlinkSync(AT_THE_ROOT, join(folder, 'first'));
  symlinkSync('first', join(folder, 'second'));
  const { code, stdout } = await run(join(folder, 'second'), ['--version'], { cwd: folder });
  assert.equal(code, 0);
  assert.match(stdout, /^fernspeak /);
});

test('./fernspeak in a clone that is not set up says what to do', { skip: WINDOWS }, async (t) => {
  const folder = temporaryFolder(t);
  cpSync(AT_THE_ROOT, join(folder, 'fernspeak'));
  const { code, stderr } = await run(join(folder, 'fernspeak'), ['--version']);
  assert.equal(code, 1);
  assert.match(stderr, /^error: this clone is not set up yet\.\nhint: run `npm start` in /);
});

test('the sources run without the bundle', async () => {
  const { code, stdout } = await run(process.execPath, [join(ROOT, 'packages/cli/src/main.ts'), 'key']);
  assert.equal(code, 0);
  assert.match(stdout, /^[\w-]{43}=\n$/);
});
