// Entries that a real relay does not give out any more: by its retention (then nothing can be checked, and nobody is accused),
// or because one was taken out of its database (then the log is not what it was).
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openHttpChannel } from '@fernspeak/channel';
import {
  deviceOf,
  foundConversation,
  FramedConversation,
  memoryStore,
  newDeviceKey,
  rememberConversation,
  type About,
  type Finding,
} from '@fernspeak/conversation';
import { createChannel, startCuttingProxy, startRelayProcess, temporaryFolder } from '@fernspeak/test';

interface Scene {
  /** Starts the relay anew, with these options, after `change` was made to its database. */
  again(options: readonly string[], change?: (database: DatabaseSync, firstId: number) => void): Promise<void>;
  readonly ada: FramedConversation;
  readonly bob: FramedConversation;
}

async function scene(t: TestContext): Promise<Scene> {
  const data = temporaryFolder(t);
  let relay = await startRelayProcess(t, data);
  const proxy = await startCuttingProxy(t, Number(new URL(relay.url).port));
  const made = await createChannel(relay.url);
  const address = `http://127.0.0.1:${proxy.port}/channels/${made.id}`;
  const about = foundConversation({ name: 'talk', address, place: 'localhost', writeKey: made.writeKey });
  return {
    again: async (options, change) => {
      await relay.stop();
      const database = new DatabaseSync(join(data, 'relay.db'));
      change?.(database, made.id * 2 ** 32);
      database.close();
      relay = await startRelayProcess(t, data, options);
      proxy.leadTo(Number(new URL(relay.url).port));
    },
    ada: await member(t, about),
    bob: await member(t, about),
  };
}

async function member(t: TestContext, about: About): Promise<FramedConversation> {
  const [store, device] = [memoryStore(), await deviceOf(await newDeviceKey())];
  const channel = openHttpChannel({ address: about.address, writeKey: about.writeKey ?? undefined });
  t.after(() => channel.close());
  const id = await rememberConversation(store, about);
  return new FramedConversation({ id, about, channel, store, device });
}

interface Received {
  /** Text and codes. */
  readonly messages: readonly string[];
  readonly codes: readonly string[];
}

async function receive(conversation: FramedConversation): Promise<Received> {
  const [messages, codes]: [string[], string[]] = [[], []];
  const unread = conversation.unread({ onFinding: ({ code }) => codes.push(code) });
  for await (const { content, findings } of unread) {
    messages.push([new TextDecoder().decode(content?.bytes), ...findings.map(({ code }) => code)].join(' '));
  }
  await unread.commit();
  return { messages, codes };
}

async function send(conversation: FramedConversation, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) assert.equal((await conversation.send({ text })).status, 'stored');
}

const loud = async (conversation: FramedConversation): Promise<string[]> =>
  (await conversation.findings()).map(({ code }) => code);

test('entries that retention removed before they were read: nothing is checked any more, and nobody is accused', async (t) => {
  const { ada, bob, again } = await scene(t);
  await send(ada, '1', '2', '3');
  await receive(bob);
  await send(ada, '4', '5', '6', '7', '8', '9');
  await again(['--keep-entries', '3'], (database, firstId) =>
    database.exec(`DELETE FROM entries WHERE id <= ${firstId + 6}`),
  );
  assert.deepEqual(await receive(bob), {
    messages: ['7', '8', '9'].map((text) => `${text} unchecked`),
    codes: ['unreachable', 'expired'],
  });
  assert.deepEqual(await loud(bob), []);
  await send(bob, 'b');
  assert.deepEqual(await receive(ada), { messages: '1 2 3 4 5 6 7 8 9 b'.split(' '), codes: [] });
});

test('the entry where reading had stopped is taken out, and older ones are left: that is no retention', async (t) => {
  const { ada, bob, again } = await scene(t);
  await send(ada, '1', '2', '3');
  await receive(bob);
  await send(ada, '4');
  await again([], (database, firstId) => database.exec(`DELETE FROM entries WHERE id = ${firstId + 3}`));
  const { codes } = await receive(bob);
  assert.ok(codes.includes('rolled-back'), codes.join());
  assert.ok((await loud(bob)).includes('rolled-back'));
});

test('entries go while somebody follows: whoever had not read them checks nothing any more, and accuses nobody', async (t) => {
  const { ada, bob, again } = await scene(t);
  await send(ada, '1', '2', '3');
  const ended = new AbortController();
  const codes: string[] = [];
  const messages: string[] = [];
  const three = Promise.withResolvers<void>();
  const all = Promise.withResolvers<void>();
  const onFinding = ({ code }: Finding): void => void codes.push(code);
  const following = (async () => {
    for await (const { content, findings } of bob.follow({ signal: ended.signal, onFinding, acknowledge: false })) {
      messages.push([new TextDecoder().decode(content?.bytes), ...findings.map(({ code }) => code)].join(' '));
      if (messages.length === 3) three.resolve();
      if (messages.at(-1)?.startsWith('9')) all.resolve();
    }
  })();
  await three.promise;
  await again([], (database, firstId) => {
    // what nobody saw: entries 4 to 8 came, and are gone with all before them
    database.exec(
      `DELETE FROM entries; UPDATE logs SET last_entry = 8, removed_to = 8 WHERE channel = ${firstId / 2 ** 32}`,
    );
  });
  await sleep(1500); // the restart is over for all connections that were kept alive
  await send(ada, '9');
  await all.promise;
  ended.abort();
  await following;
  assert.deepEqual(messages, ['1', '2', '3', '9 unchecked']);
  assert.deepEqual(
    codes.filter((code) => code !== 'unreachable'),
    ['expired'],
  );
  assert.deepEqual(await loud(bob), []);
});
