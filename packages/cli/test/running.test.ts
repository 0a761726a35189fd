import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import {
  createChannel,
  fernspeak,
  LAUNCHER,
  run,
  startRelayProcess,
  temporaryFolder,
  type Finished,
} from '@fernspeak/test';

const KEY = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=';

interface Machine {
  readonly folder: string;
  readonly home: string;
  fernspeak(args: readonly string[], input?: string | Uint8Array): Promise<Finished>;
}

/** A folder with a key file in it and a profile of its own. */
function machine(t: TestContext): Machine {
  const folder = temporaryFolder(t);
  const home = join(folder, 'home');
  writeFileSync(join(folder, 'key'), KEY);
  return {
    folder,
    home,
    fernspeak: (args, input) => fernspeak(home, args, { cwd: folder, ...(input === undefined ? {} : { input }) }),
  };
}

/** Lines of a process that runs on. */
function following(t: TestContext, { folder, home }: Machine, args: readonly string[]) {
  const env = { ...process.env, FERNSPEAK_HOME: home };
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator](), closed: once(child, 'close') };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test(
  'a key comes from a pipe into which nothing was written yet',
  { skip: process.platform === 'win32' },
  async (t) => {
    const here = machine(t);
    const slow = '(sleep 1; cat key) | "$0" "$1" send notes.csv hello --key-file -';
    const options = { cwd: here.folder, env: { FERNSPEAK_HOME: here.home } };
    const { code, stdout, stderr } = await run('sh', ['-c', slow, process.execPath, LAUNCHER], options);
    assert.deepEqual([code, stdout], [0, '1\n'], stderr);
  },
);

test('twelve sends at once to one file: all there, once', async (t) => {
  const { fernspeak } = machine(t);
  const texts = numbers(12).map((number) => `message ${number}`);
  const sent = await Promise.all(texts.map((text) => fernspeak(['send', 'notes.csv', text, '--key-file', 'key'])));
  assert.deepEqual(
    sent.map(({ code }) => code),
    texts.map(() => 0),
  );
  assert.deepEqual(
    sent.map(({ stdout }) => Number(stdout)).toSorted((a, b) => a - b),
    numbers(12),
  );
  const { stdout } = await fernspeak(['receive', 'notes.csv', '--key-file', 'key']);
  assert.deepEqual(stdout.trim().split('\n').toSorted(), texts.toSorted());
});

test('receive --follow shows what comes, and Ctrl-C ends it', async (t) => {
  const here = machine(t);
  await here.fernspeak(['send', 'notes.csv', 'before', '--key-file', 'key']);
  const { child, lines, closed } = following(t, here, ['receive', 'notes.csv', '--key-file', 'key', '--follow']);
  assert.equal((await lines.next()).value, 'before');
  await here.fernspeak(['send', 'notes.csv', 'while it runs', '--key-file', 'key']);
  assert.equal((await lines.next()).value, 'while it runs');
  child.kill('SIGINT');
  assert.deepEqual(await closed, [130, null]);
  const { stderr } = await here.fernspeak(['receive', 'notes.csv', '--key-file', 'key']);
  assert.equal(stderr, 'Nothing new (2 read; --all shows them)\n');
});

test('a reader that leaves early is a quiet end, and nothing is lost', async (t) => {
  const here = machine(t);
  const lines = numbers(3000).map((number) => `line ${number} ${'x'.repeat(80)}`);
  for (const text of ['first', lines.join('\n'), 'last'])
    await here.fernspeak(['send', 'notes.csv', '--key-file', 'key'], text);
  const command = `"${process.execPath}" "${LAUNCHER}" receive notes.csv --key-file key | head -n 1`;
  const piped = await run('bash', ['-c', `set -o pipefail; ${command}`], {
    cwd: here.folder,
    env: { FERNSPEAK_HOME: here.home },
  });
  assert.deepEqual(piped, { code: 0, stdout: 'first\n', stderr: '' });
  const { stdout } = await here.fernspeak(['receive', 'notes.csv', '--key-file', 'key']);
  assert.match(stdout, /^first\nline 1 .*\nlast\n$/s);
});

test('four hostile megabytes on one line are harmless and quick', { timeout: 60_000 }, async (t) => {
  const here = machine(t);
  const cell = '\u001b]0;owned\u0007\u202e'.repeat(290_000); // the longest row that a file may have
  writeFileSync(join(here.folder, 'notes.csv'), `created_at,entry_id,field1\n2026-11-24 06:00:00 UTC,1,${cell}\n`);
  for (const command of [
    ['receive', 'notes.csv', '--key-file', 'key'],
    ['inspect', 'notes.csv'],
  ]) {
    const { code, stdout, stderr } = await here.fernspeak(command);
    assert.equal(code, 0);
    for (const hostile of ['\u001b', '\u0007', '\u202e']) assert.ok(!(stdout + stderr).includes(hostile));
  }
});

test('what is not stored in time is kept with exit code 9, and goes out with the next command', async (t) => {
  const here = machine(t);
  const data = join(here.folder, 'relay');
  const relay = await startRelayProcess(t, data);
  const channel = await createChannel(relay.url);
  writeFileSync(join(here.folder, 'write.key'), channel.writeKey);
  await here.fernspeak(['send', channel.address, 'one', '--key-file', 'key', '--write-key-file', 'write.key']);
  await relay.stop();

  const kept = await here.fernspeak(['send', channel.address, 'two', '--key-file', 'key', '--timeout', '0.5']);
  assert.equal(kept.code, 9);
  assert.equal(kept.stdout, '');
  assert.match(
    kept.stderr,
    /^error: Not stored yet: .*\nhint: The message is kept, sealed, and goes out with the next command/,
  );
  const keptJson = await here.fernspeak([
    'send',
    channel.address,
    'three',
    '--key-file',
    'key',
    '--timeout',
    '0.5',
    '--json',
  ]);
  assert.equal(keptJson.code, 9);
  const { sealed, ...record } = JSON.parse(keptJson.stdout) as { sealed: string };
  assert.deepEqual(record, { status: 'kept', entryId: null, entries: [] });
  assert.match(sealed, /^gAAAAA/);

  await startRelayProcess(t, data, ['--port', new URL(relay.url).port]);
  const sent = await here.fernspeak(['send', channel.address, 'four', '--key-file', 'key']);
  assert.equal(sent.stdout, '4\n');
  assert.match(sent.stderr, /A message that was kept earlier is stored now: entry 2\.\n.*entry 3\.\n/s);
  const { stdout } = await here.fernspeak(['receive', channel.address, '--key-file', 'key']);
  assert.equal(stdout, 'one\ntwo\nthree\nfour\n');
});

test('receive sends what was kept, too', async (t) => {
  const here = machine(t);
  const data = join(here.folder, 'relay');
  const relay = await startRelayProcess(t, data);
  const channel = await createChannel(relay.url);
  writeFileSync(join(here.folder, 'write.key'), channel.writeKey);
  await relay.stop();
  const given = ['--key-file', 'key', '--write-key-file', 'write.key'];
  await here.fernspeak(['send', channel.address, 'kept', ...given, '--timeout', '0.5']);
  await startRelayProcess(t, data, ['--port', new URL(relay.url).port]);
  const { stdout, stderr } = await here.fernspeak(['receive', channel.address, '--key-file', 'key']);
  assert.equal(stdout, 'kept\n');
  assert.equal(stderr, 'A message that was kept earlier is stored now: entry 1.\n');
});

test('inspect reports what waits, and sends nothing', async (t) => {
  const here = machine(t);
  const data = join(here.folder, 'relay');
  const relay = await startRelayProcess(t, data);
  const channel = await createChannel(relay.url);
  writeFileSync(join(here.folder, 'write.key'), channel.writeKey);
  await relay.stop();
  const given = ['--key-file', 'key', '--write-key-file', 'write.key'];
  await here.fernspeak(['send', channel.address, 'kept', ...given, '--timeout', '0.5']);
  await startRelayProcess(t, data, ['--port', new URL(relay.url).port]);
  const { stderr } = await here.fernspeak(['inspect', channel.address]);
  assert.match(stderr, /^warning: A message is kept here and not stored yet: .*\nNothing here\.\n$/);
});

test('Ctrl-C while a message waits keeps it and says so', async (t) => {
  const here = machine(t);
  writeFileSync(join(here.folder, 'write.key'), 'ABCDEFGH01234567');
  const silent = createServer();
  t.after(() => silent.close());
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const { port } = silent.address() as AddressInfo;
  const address = `http://127.0.0.1:${port}/channels/1`;
  const args = ['send', address, 'hello', '--key-file', 'key', '--write-key-file', 'write.key'];
  const { code, stderr } = await fernspeak(here.home, args, {
    cwd: here.folder,
    onStart: (child) => {
      silent.on('connection', (socket) => t.after(() => socket.destroy()));
      // once: a second Ctrl-C ends it by force
      silent.once('connection', () => child.kill('SIGINT'));
    },
  });
  assert.equal(code, 130);
  assert.match(stderr, /The message is kept, sealed, and goes out with the next command/);
});

test('a channel that lost its entries is told once, and read anew', async (t) => {
  const { folder, fernspeak } = machine(t);
  for (const text of ['one', 'two']) await fernspeak(['send', 'notes.csv', text, '--key-file', 'key']);
  await fernspeak(['receive', 'notes.csv', '--key-file', 'key']);
  writeFileSync(join(folder, 'notes.csv'), readFileSync(join(folder, 'notes.csv'), 'utf8').split('\n', 1)[0] + '\n');
  await fernspeak(['send', 'notes.csv', 'a new beginning', '--key-file', 'key']);
  const first = await fernspeak(['receive', 'notes.csv', '--key-file', 'key']);
  assert.equal(first.stdout, 'a new beginning\n');
  assert.match(first.stderr, /^warning: /);
  const second = await fernspeak(['receive', 'notes.csv', '--key-file', 'key']);
  assert.equal(second.stderr, 'Nothing new (1 read; --all shows them)\n');
});

test('a sensor that seals each field is read field by field', async (t) => {
  const here = machine(t);
  const relay = await startRelayProcess(t, join(here.folder, 'relay'));
  const channel = await createChannel(relay.url, { field1: 'temperature', field2: 'humidity', field3: 'battery' });
  const seal = async (text: string): Promise<string> => {
    const { stdout } = await here.fernspeak(['send', 'scratch.csv', text, '--key-file', 'key', '--json']);
    return (JSON.parse(stdout) as { sealed: string }).sealed;
  };
  const body = new URLSearchParams({
    api_key: channel.writeKey,
    field1: await seal('21.5'),
    field2: await seal('40'),
    field3: '3.7',
  });
  await fetch(`${relay.url}/update`, { method: 'POST', body });
  const { stdout, stderr } = await here.fernspeak(['receive', channel.address, '--key-file', 'key']);
  assert.equal(stdout, 'temperature: 21.5\nhumidity: 40\nbattery: (not sealed, readable by anyone) 3.7\n');
  assert.match(stderr, /^warning: One value here was not sealed/);
});

test('inspect shows the status and place of an entry, which anyone can read though its field is sealed', async (t) => {
  const here = machine(t);
  const relay = await startRelayProcess(t, join(here.folder, 'relay'));
  const channel = await createChannel(relay.url);
  const { stdout: sent } = await here.fernspeak(['send', 'scratch.csv', 'x', '--key-file', 'key', '--json']);
  const { sealed } = JSON.parse(sent) as { sealed: string };
  const place = { latitude: '51.5', longitude: '-0.1', elevation: '11' };
  const body = new URLSearchParams({ api_key: channel.writeKey, field1: sealed, status: 'at home', ...place });
  await fetch(`${relay.url}/update`, { method: 'POST', body });
  const { stdout } = await here.fernspeak(['inspect', channel.address]);
  assert.match(stdout, /^> status {7}NOT SEALED, anyone can read it: at home$/m);
  for (const name of Object.keys(place)) assert.match(stdout, new RegExp(`^> ${name} +NOT SEALED`, 'm'));
  assert.match(stdout, /^This entry is NOT SEALED/m);
  const json = await here.fernspeak(['inspect', channel.address, '--json', '--entry', '1']);
  const { sealed: isSealed, extras } = JSON.parse(json.stdout) as { sealed: boolean; extras: unknown[] };
  assert.equal(isSealed, false);
  assert.equal(extras.length, 4);
  assert.deepEqual(extras[0], { name: 'status', characters: 7, kind: 'readable', text: 'at home' });
});

test('a loose profile is refused, and no key of it shown', async (t) => {
  const { home, fernspeak } = machine(t);
  mkdirSync(home, { mode: 0o777 });
  chmodSync(home, 0o777);
  const { code, stderr } = await fernspeak(['send', 'notes.csv', 'hello', '--key-file', 'key']);
  assert.equal(code, 1);
  assert.match(stderr, /^error: .*\nhint: /);
});
