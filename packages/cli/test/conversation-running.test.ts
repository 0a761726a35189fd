import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { fernspeak, LAUNCHER, startRelayProcess, temporaryFolder, type Finished } from '@fernspeak/test';

interface Members {
  readonly folder: string;
  readonly home: string;
  readonly ada: (...args: string[]) => Promise<Finished>;
  readonly bob: (...args: string[]) => Promise<Finished>;
}

/** Two profiles that are in one conversation, on a relay or (null) in a file. */
async function members(t: TestContext, relay: string | null): Promise<Members> {
  const folder = temporaryFolder(t);
  const home = join(folder, 'home');
  const ada = (...args: string[]): Promise<Finished> => fernspeak(home, args, { cwd: folder });
  const bob = (...args: string[]): Promise<Finished> => ada('--as', 'bob', ...args);
  await ada('new', 'family', ...(relay === null ? ['notes.csv'] : ['--relay', relay]), '--me', 'Ada');
  const { stdout: link } = await ada('invite', 'family');
  const join_ = ['join', '-', '--yes', '--name', 'family', '--me', 'Bob', '--as', 'bob'];
  assert.equal((await fernspeak(home, join_, { cwd: folder, input: link })).code, 0);
  return { folder, home, ada, bob };
}

for (const carrier of ['relay', 'file'] as const) {
  test(`receive --follow shows what members write on a ${carrier}, and Ctrl-C ends it`, async (t) => {
    const relay = carrier === 'file' ? null : (await startRelayProcess(t, temporaryFolder(t))).url;
    const { folder, home, ada, bob } = await members(t, relay);
    await ada('send', 'family', 'before');
    const child = spawn(process.execPath, [LAUNCHER, 'receive', 'family', '--follow', '--as', 'bob', '--quiet'], {
      cwd: folder,
      env: { ...process.env, FERNSPEAK_HOME: home },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    const closed = once(child, 'close');
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    assert.equal((await lines.next()).value, 'Ada: before');
    // a second process of the same profile writes meanwhile
    assert.equal((await bob('send', 'family', 'from another process')).code, 0);
    await ada('send', 'family', 'while it runs');
    assert.equal((await lines.next()).value, 'Ada: while it runs');
    child.kill('SIGINT');
    assert.deepEqual(await closed, [130, null]);
    assert.match((await bob('receive', 'family')).stderr, /^Nothing new /);
    assert.equal((await ada('receive', 'family')).stdout, 'Bob: from another process\n');
  });
}

test('what is not stored in time is kept with exit code 9, and is numbered when it goes out', async (t) => {
  const data = temporaryFolder(t);
  const relay = await startRelayProcess(t, data);
  const { ada, bob } = await members(t, relay.url);
  await relay.stop();
  const kept = await ada('send', 'family', 'one', '--timeout', '0.5', '--json');
  assert.equal(kept.code, 9);
  assert.deepEqual(JSON.parse(kept.stdout), { status: 'kept', entryId: null, entries: [], sealed: null, id: null });
  assert.match((await ada('list')).stdout, / {2}1 not stored yet$/m);
  // what was received is there without the relay
  await bob('receive', 'family', '--last', '1');
  const offline = await bob('receive', 'family', '--all', '--json');
  assert.equal(offline.code, 0);
  assert.match(offline.stderr, /"code":"unreachable"/);
  assert.match(offline.stdout, /"kind":"hello"/);

  await startRelayProcess(t, data, ['--port', new URL(relay.url).port]);
  const sent = await ada('send', 'family', 'two');
  assert.equal(sent.stdout, '4\n');
  assert.match(sent.stderr, /A message that was kept earlier is stored now: entry 3\./);
  const { stdout } = await bob('receive', 'family', '--json');
  const records = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { n: number; text: string });
  assert.deepEqual(
    records.map(({ n, text }) => [n, text]),
    [
      [1, ''],
      [2, 'one'],
      [3, 'two'],
    ],
  );
});

test('twelve sends of one profile at once: all there, each number once', async (t) => {
  const { ada, bob } = await members(t, null);
  const texts = Array.from({ length: 12 }, (_, index) => `message ${index}`);
  const sent = await Promise.all(texts.map((text) => ada('send', 'family', text)));
  assert.deepEqual(
    sent.map(({ code }) => code),
    texts.map(() => 0),
  );
  const { stdout, stderr } = await bob('receive', 'family', '--json');
  const records = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { n: number; text: string });
  assert.deepEqual(
    records.map(({ n }) => n),
    Array.from({ length: 13 }, (_, index) => index + 1),
  );
  assert.deepEqual(
    records
      .map(({ text }) => text)
      .slice(1)
      .toSorted(),
    texts.toSorted(),
  );
  assert.equal(stderr, '');
});

test('two million hostile characters on one line are harmless', { timeout: 60_000 }, async (t) => {
  const { home, folder, bob } = await members(t, null);
  const hostile = '\u001b]0;owned\u0007\u202e'.repeat(200_000);
  const sent = await fernspeak(home, ['send', 'family', '-'], { cwd: folder, input: hostile });
  assert.equal(sent.code, 0, sent.stderr);
  const { code, stdout } = await bob('receive', 'family');
  assert.equal(code, 0);
  assert.ok(stdout.startsWith('Ada: ␛]0;owned␇<U+202E>'));
  for (const character of ['\u001b', '\u0007', '\u202e']) assert.ok(!stdout.includes(character));
});
