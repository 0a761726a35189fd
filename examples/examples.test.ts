// The bot, the chat, the notifier and the sensor, as they stand: real processes against a real relay.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openHttpChannel, type Channel } from '@fernspeak/channel';
import {
  Conversation,
  FramedConversation,
  contentOf,
  deviceOf,
  foundConversation,
  inviteLink,
  invitedConversation,
  memoryStore,
  newDeviceKey,
  plainSeal,
  rememberConversation,
  textOf,
  type FramedMessage,
} from '@fernspeak/conversation';
import { openProfile } from '@fernspeak/conversation/profile';
import {
  NEEDS_PYTHON,
  ROOT,
  createChannel,
  fernspeak,
  findPython,
  run,
  startRelayProcess,
  temporaryFolder,
  type Finished,
  type RunningRelay,
} from '@fernspeak/test';

const example = (...path: string[]): string => join(ROOT, 'examples', ...path);

/** A conversation of Ada's on a relay of its own. */
interface Scene {
  readonly folder: string;
  readonly channel: Channel;
  readonly ada: FramedConversation;
  /** The next message that another member signed. */
  next(): Promise<FramedMessage>;
  /** A profile that has joined, as `fernspeak join` leaves it. */
  home(me: string): Promise<string>;
}

async function place(t: TestContext): Promise<{ folder: string; relay: RunningRelay }> {
  const folder = temporaryFolder(t);
  return { folder, relay: await startRelayProcess(t, join(folder, 'relay')) };
}

async function scene(t: TestContext): Promise<Scene> {
  const { folder, relay } = await place(t);
  const { address, writeKey } = await createChannel(relay.url, { sealed: 'true' });
  const channel = openHttpChannel({ address, writeKey });
  const device = deviceOf(await newDeviceKey());
  const about = foundConversation({ name: 'family', me: 'Ada', address, place: channel.place, writeKey });
  const store = memoryStore();
  const id = await rememberConversation(store, about);
  const ada = new FramedConversation({ id, about, channel, store, device: await device });
  await ada.greet();
  return { folder, channel, ada, next: othersOf(t, ada), home: (me) => joined(ada, join(folder, me), me) };
}

function othersOf(t: TestContext, ada: FramedConversation): () => Promise<FramedMessage> {
  const stop = new AbortController();
  const followed: AsyncIterable<FramedMessage> = ada.follow({ signal: stop.signal, acknowledge: false });
  const messages = followed[Symbol.asyncIterator]();
  t.after(async () => {
    stop.abort();
    await messages.return?.();
  });
  return async () => {
    for (;;) {
      const result = await messages.next();
      assert.ok(result.done !== true);
      const { sender } = result.value;
      const [me] = await ada.members();
      if (sender && sender.id !== me?.id) return result.value;
    }
  };
}

async function joined(ada: FramedConversation, home: string, me: string): Promise<string> {
  const { store, device, close } = openProfile({ home });
  const invite = await ada.invite(me);
  const { address, place } = ada.about;
  const about = await invitedConversation(invite, { name: 'family', me, address, place, device: await device() });
  await rememberConversation(store, about);
  close();
  return home;
}

/** Starts a program that goes on until it is ended. */
function start(t: TestContext, program: string, args: readonly string[], home?: string): ChildProcess {
  const env = { ...process.env, FERNSPEAK_HOME: home };
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stderr?.on('data', (chunk) => t.diagnostic(String(chunk)));
  t.after(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  });
  return child;
}

/** Resolves when a program has printed all of this. */
async function prints(child: ChildProcess, ...wanted: readonly (string | RegExp)[]): Promise<void> {
  let printed = '';
  for await (const chunk of child.stdout ?? []) {
    printed += String(chunk);
    if (wanted.every((each) => (typeof each === 'string' ? printed.includes(each) : each.test(printed)))) return;
  }
  assert.fail(`it ended, having printed: ${printed}`);
}

test('the bot answers members, and nobody whose message is not signed', async (t) => {
  const { ada, next, channel, home } = await scene(t);
  start(t, example('bot', 'bot.ts'), ['family'], await home('Bot'));
  await new Conversation({ channel, seal: plainSeal(ada.about.key), store: memoryStore() }).send(contentOf('!load'));
  for (const text of ['!constructor', 'How is the disk?', ' !disk\n']) await ada.send({ text });
  const { content, findings, kind } = await next();
  assert.match((content && textOf(content)) ?? '', /^\d+\.\d GB free$/);
  assert.deepEqual([kind, findings], ['text', []]);
});

test('the chat joins by a link, shows what comes and sends what is typed, in at most 30 lines', async (t) => {
  const program = example('chat', 'chat.ts');
  assert.ok(readFileSync(program, 'utf8').trimEnd().split('\n').length <= 30);
  const { ada, next, folder } = await scene(t);
  const link = join(folder, 'bob.link');
  writeFileSync(link, `${inviteLink(await ada.invite('Bob'))}\n`, { mode: 0o600 });
  const bob = start(t, program, [link, 'Bob'], join(folder, 'Bob'));
  assert.deepEqual((await next()).name, 'Bob');
  assert.equal((await ada.members()).find(({ me }) => !me)?.label, 'Bob');
  await ada.send({ text: 'Are we still\non for six?\u001b[2J\u202e' });
  bob.stdin?.write('I am here\n');
  const { content, sender } = await next();
  assert.deepEqual([content && textOf(content), sender?.name], ['I am here', 'Bob']);
  await prints(bob, 'Ada: is here\n', 'Bob: is here\n', 'Ada: Are we still on for six? [2J \n', 'Bob: I am here\n');

  // its profile remembers: the second time it does not join again
  bob.kill();
  const again = start(t, program, [link, 'Bob'], join(folder, 'Bob'));
  again.stdin?.write('Still here\n');
  const { kind, n } = await next();
  assert.deepEqual([kind, n], ['text', 3]);
});

test('the notifier reports a backup that failed and one that did not, and ends as the backup did', async (t) => {
  const { next, home } = await scene(t);
  const env = { FERNSPEAK_HOME: await home('Backup') };
  const backup = async (script: string): Promise<[number | null, FramedMessage, string]> => {
    const args = [example('backup-notifier', 'notify.ts'), 'family', process.execPath, '--eval', script];
    const { code, stderr } = await run(process.execPath, args, { env });
    assert.equal(stderr, '');
    const message = await next();
    return [code, message, textOf(message.content ?? contentOf('?')) ?? ''];
  };
  const [code, failure, words] = await backup('console.error("a\\n".repeat(20) + "disk full"); process.exit(7)');
  assert.match(failure.title ?? '', /^Backup failed on /);
  assert.deepEqual([code, failure.priority, words], [7, 'high', `${'a\n'.repeat(9)}disk full`]);
  const [fine, success] = await backup('console.error("a warning")');
  assert.match(success.title ?? '', /^Backup done on /);
  assert.deepEqual([fine, success.priority], [0, 'low']);
});

test('the sensor’s readings arrive under their fields’ names, and nothing of a stranger’s does', async (t) => {
  const python = findPython();
  if (python === null) return t.skip(NEEDS_PYTHON);
  const { folder, relay } = await place(t);
  const names = { field1: 'load', field2: 'disk free', field3: 'disk used' };
  const { address, writeKey } = await createChannel(relay.url, names);
  const [keyFile, writeKeyFile] = [join(folder, 'sensor.key'), join(folder, 'write.key')];
  const otherKeyFile = join(folder, 'other.key');
  for (const file of [keyFile, otherKeyFile]) assert.equal((await fernspeak(folder, ['key', '--out', file])).code, 0);
  writeFileSync(writeKeyFile, `${writeKey}\n`);
  const files = ['--key-file', keyFile, '--write-key-file', writeKeyFile];
  const sensor = (): Promise<Finished> =>
    run(python.command, ['-B', example('python', 'sensor.py'), address, ...files]);
  const { code, stdout, stderr } = await sensor();
  assert.deepEqual([code, stdout], [0, 'Stored as entry 1\n'], stderr);
  const channel = openHttpChannel({ address, writeKey });
  t.after(() => channel.close());
  const foreign = plainSeal(readFileSync(otherKeyFile, 'utf8').trim());
  await channel.append([['12.5'], [await foreign.seal(contentOf('99.9'))]]);
  for await (const { id, fields } of channel.read({ after: 0 })) {
    if (id === 1) for (const field of fields.slice(0, 3)) assert.match(field ?? '', /^gAAAAA/);
  }

  const reader = start(t, example('sensor', 'reader.ts'), [address, keyFile]);
  // the first three were there before, the next three come while it reads
  const read = prints(reader, /^(.{24} {2}(load|disk free|disk used) {2}[\d.]+\n){6}$/);
  const [first] = (await once(reader.stderr ?? reader, 'data')) as [Buffer];
  assert.match(String(first), /^Entry 2 is not the sensor's\.\n/);
  await sensor();
  await read;

  const plot = await fernspeak(folder, ['receive', address, '--key-file', keyFile, '--plot', '--json', '--quiet']);
  const { series } = JSON.parse(plot.stdout) as { series: { name: string; points: { entryId: number }[] }[] };
  const entries = series.map(({ name, points }) => [name, points.map(({ entryId }) => entryId)]);
  const expected = Object.values(names).map((name) => [name, [1, 4]]);
  assert.deepEqual(entries, expected, plot.stderr);
});
