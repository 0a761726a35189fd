import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { Fernet } from '@fernspeak/fernet';
import { fernspeak, LAUNCHER, meet, run, startRelayProcess, temporaryFolder, type Person } from '@fernspeak/test';

interface Listening {
  /** The next line, as an object. */
  next(): Promise<Record<string, unknown>>;
  /** Ends it: exit code, the lines that nobody took, and stderr. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; rest: string[]; stderr: string }>;
}

function listen(t: TestContext, home: string, args: readonly string[], cwd?: string): Listening {
  const child = spawn(process.execPath, [LAUNCHER, 'listen', ...args], {
    cwd,
    env: { ...process.env, FERNSPEAK_HOME: home },
  });
  t.after(() => child.kill('SIGKILL'));
  const closed = once(child, 'close') as Promise<[number | null]>;
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return {
    async next() {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`listen has ended: ${stderr}`);
      return JSON.parse(value) as Record<string, unknown>;
    },
    async end(signal) {
      child.kill(signal);
      const rest: string[] = [];
      for (let line = await lines.next(); line.done !== true; line = await lines.next()) rest.push(line.value);
      return { code: (await closed)[0], rest, stderr };
    },
  };
}

async function say(home: string, text: string, where: readonly string[] = ['talk']): Promise<void> {
  const { code, stderr } = await fernspeak(home, ['send', where[0] ?? '', text, ...where.slice(1)]);
  assert.equal(code, 0, stderr);
}

async function talk(t: TestContext) {
  const meeting = await meet(t, ['Ada', 'Bob']);
  const [ada, bob] = meeting.people as [Person, Person];
  return { ...meeting, ada, bob };
}

test('each message is a line, once in a run, with the same id in every run', async (t) => {
  const { ada, bob } = await talk(t);
  const first = listen(t, ada.home, ['talk']);
  const hellos = [await first.next(), await first.next()];
  assert.deepEqual(
    hellos.map(({ kind }) => kind),
    ['hello', 'hello'],
  );
  await say(bob.home, 'hello');
  const { id, text, sender, n, findings, type } = await first.next();
  assert.deepEqual({ text, n, findings, type }, { text: 'hello', n: 2, findings: [], type: 'message' });
  assert.equal((sender as { name: string }).name, 'Bob');
  assert.deepEqual(await first.end('SIGTERM'), { code: 143, rest: [], stderr: '' });

  await say(bob.home, 'while nobody listened');
  const second = listen(t, ada.home, ['talk']);
  assert.equal((await second.next())['text'], 'while nobody listened');
  assert.equal((await second.end('SIGINT')).code, 130);

  const third = listen(t, ada.home, ['talk', '--all']);
  const all = [await third.next(), await third.next(), await third.next(), await third.next()];
  assert.deepEqual(all.map((record) => record['id']).slice(0, 3), [...hellos.map((record) => record['id']), id]);
  assert.deepEqual((await third.end('SIGTERM')).rest, []);
});

test('a relay that is killed and comes back costs nothing', async (t) => {
  const { ada, bob, relay, folder } = await talk(t);
  const listening = listen(t, ada.home, ['talk']);
  await listening.next();
  await listening.next();
  for (const text of ['one', 'two']) {
    await relay.stop('SIGKILL');
    const again = await startRelayProcess(t, join(folder, 'relay'), ['--port', new URL(relay.url).port]);
    await say(bob.home, text);
    assert.equal((await listening.next())['text'], text);
    Object.assign(relay, again);
  }
  assert.deepEqual((await listening.end('SIGTERM')).rest, []);
});

test('a finding about the log is a line, with the same id in every run until it counts as received', async (t) => {
  const { ada, bob, folder } = await talk(t);
  const copy = join(folder, 'copy');
  await fernspeak(ada.home, ['receive', 'talk', '--quiet']);
  const { stdout: address } = await fernspeak(ada.home, ['list', '--json']);
  const channel = new URL((JSON.parse(address) as { address: string }).address);
  await fetch(`${channel.href}/feeds.json`, { method: 'DELETE' });
  await say(bob.home, 'after that');
  cpSync(ada.home, copy, { recursive: true });
  chmodSync(copy, 0o700);
  const ids: unknown[] = [];
  for (const each of [ada.home, copy]) {
    const listening = listen(t, each, ['talk']);
    let line = await listening.next();
    while (line['code'] !== 'rolled-back') line = await listening.next();
    assert.equal(line['type'], 'finding');
    ids.push(line['id']);
    await listening.end('SIGTERM');
  }
  assert.match(String(ids[0]), /^finding-\d+$/);
  assert.equal(ids[1], ids[0]);
});

test('--exec: content on stdin, the rest in the environment; what fails is run again, and own messages never', async (t) => {
  const { ada, bob, folder } = await talk(t);
  await say(ada.home, 'my own');
  await say(bob.home, 'exact bytes\n\n');
  const command =
    'if test -e tried; then cat > content; echo "$FERNSPEAK_SENDER $FERNSPEAK_NUMBER $FERNSPEAK_KIND" > about; echo "{}"; else touch tried; exit 3; fi';
  const listening = listen(t, ada.home, ['talk', '--exec', command], folder);
  await listening.next();
  assert.equal(readFileSync(join(folder, 'content'), 'utf8'), 'exact bytes\n\n');
  assert.equal(readFileSync(join(folder, 'about'), 'utf8'), 'Bob 2 text\n');
  const { stderr, rest } = await listening.end('SIGTERM');
  assert.match(stderr, /warning: The command ended with 3 for entry \d+: it is run again in 1 s\./);
  assert.deepEqual(rest, []);
});

test('--exec: what did not succeed does not count as received', async (t) => {
  const { ada, bob, folder } = await talk(t);
  await say(bob.home, 'important');
  const failing = listen(t, ada.home, ['talk', '--exec', 'touch failed; exit 1'], folder);
  while (!existsSync(join(folder, 'failed'))) await new Promise((resolve) => setTimeout(resolve, 20));
  await failing.end('SIGTERM');
  const listening = listen(t, ada.home, ['talk']);
  assert.equal((await listening.next())['text'], 'important');
});

test('a channel and a key', async (t) => {
  const home = temporaryFolder(t);
  const [file, key] = [join(home, 'notes.csv'), join(home, 'key')];
  writeFileSync(key, Fernet.generateKey());
  await say(home, 'one', [file, '--key-file', key]);
  const listening = listen(t, home, [file, '--key-file', key]);
  const { id, text, kind, sender } = await listening.next();
  assert.deepEqual({ id, text, kind, sender }, { id: '1', text: 'one', kind: 'plain', sender: null });
  await say(home, 'two', [file, '--key-file', key]);
  assert.equal((await listening.next())['id'], '2');
  await listening.end('SIGTERM');
  const again = listen(t, home, [file, '--key-file', key, '--all']);
  assert.deepEqual([(await again.next())['id'], (await again.next())['id']], ['1', '2']);
});

test(
  'what could not be written was not received',
  { skip: !existsSync('/dev/full') && 'needs /dev/full' },
  async (t) => {
    const { ada, bob } = await talk(t);
    await say(bob.home, 'important');
    for (const command of ['listen', 'chat']) {
      const shell = `"$0" "$1" ${command} talk < /dev/null > /dev/full`;
      const { code, stderr } = await run('sh', ['-c', shell, process.execPath, LAUNCHER], {
        env: { FERNSPEAK_HOME: ada.home },
      });
      assert.equal(code, 1);
      assert.match(stderr, /^error: The output could not be written \(ENOSPC\)\.$/m);
    }
    const listening = listen(t, ada.home, ['talk']);
    await say(bob.home, 'the end');
    const texts: unknown[] = [];
    while (texts.at(-1) !== 'the end') texts.push((await listening.next())['text']);
    assert.deepEqual(texts, ['', '', 'important', 'the end']);
  },
);
