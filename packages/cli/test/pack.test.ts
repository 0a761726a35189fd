import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { tmpdir } from 'node:os';
import { createChannel, ROOT, run } from '@fernspeak/test';

// What `npm pack -w fernspeak` makes has to work by itself, in an empty folder far from this clone.

const folder = mkdtempSync(join(tmpdir(), 'fernspeak-pack-'));
const unpacked = join(folder, 'package');
const launcher = join(unpacked, 'bin', 'fernspeak.js');
const env = { FERNSPEAK_HOME: join(folder, 'home'), HOME: folder, NODE_PATH: '' };

before(async () => {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const packed = await run(npm, ['pack', '-w', 'fernspeak', '--pack-destination', folder], { cwd: ROOT });
  assert.equal(packed.code, 0, packed.stderr);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  assert.equal((await run('tar', ['-xzf', tarball], { cwd: folder })).code, 0);
  writeFileSync(join(folder, 'key'), 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=');
});
after(() => rmSync(folder, { recursive: true, force: true }));

function packedCommand(...args: string[]) {
  return run(process.execPath, [launcher, ...args], { cwd: folder, env });
}

test('the tarball needs nothing else', async () => {
  assert.deepEqual(readdirSync(unpacked).toSorted(), ['README.md', 'bin', 'dist', 'package.json']);
  assert.match((await packedCommand('--version')).stdout, /^fernspeak /);
});

test('send and receive from the tarball', async () => {
  const sent = await packedCommand('send', 'notes.csv', 'hello', '--key-file', 'key');
  assert.deepEqual(sent, { code: 0, stdout: '1\n', stderr: '' });
  assert.equal((await packedCommand('receive', 'notes.csv', '--key-file', 'key')).stdout, 'hello\n');
});

test('a passphrase from the tarball: its dictionaries are there', async () => {
  writeFileSync(join(folder, 'weak'), 'password1');
  assert.equal((await packedCommand('send', 'weak.csv', 'hello', '--key-file', 'weak')).code, 2);
});

test('a relay from the tarball', async (t) => {
  const relay = spawn(process.execPath, [launcher, 'relay', '--port', '0', '--json'], {
    cwd: folder,
    env: { ...process.env, ...env },
  });
  t.after(() => relay.kill('SIGKILL'));
  const [line] = (await once(createInterface(relay.stdout), 'line')) as [string];
  const channel = await createChannel((JSON.parse(line) as { url: string }).url);
  writeFileSync(join(folder, 'write.key'), channel.writeKey);
  const sent = await packedCommand(
    'send',
    channel.address,
    'over the relay',
    '--key-file',
    'key',
    '--write-key-file',
    'write.key',
  );
  assert.deepEqual(sent, { code: 0, stdout: '1\n', stderr: '' });
  assert.equal((await packedCommand('receive', channel.address, '--key-file', 'key')).stdout, 'over the relay\n');
  relay.kill('SIGTERM');
  assert.deepEqual(await once(relay, 'close'), [0, null]);
});
