import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MemoryChannel } from '@fernspeak/channel';
import { temporaryFolder } from '@fernspeak/test';
import type { FramedConversation } from '../../src/framed/conversation.ts';
import { openProfile } from '../../src/profile.ts';
import { member, receive, shared, told } from '../support/members.ts';

/** Follows until it was given `count` messages. */
async function followed(conversation: FramedConversation, count: number): Promise<string[]> {
  const stop = new AbortController();
  const messages: string[] = [];
  for await (const message of conversation.follow({ signal: stop.signal, acknowledge: false })) {
    messages.push(told(message));
    if (messages.length === count) stop.abort();
  }
  return messages;
}

test('two programs of one profile that follow, while both send: each shows everything once, in one order', async (t) => {
  const home = temporaryFolder(t);
  const profiles = [openProfile({ home }), openProfile({ home })];
  t.after(() => profiles.forEach((profile) => profile.close()));
  const [about, channel] = [shared(), new MemoryChannel()];
  const [one, other] = await Promise.all(profiles.map(({ store }) => member({ about, channel, number: 0, store })));
  const bob = await member({ about, channel, number: 1 });
  assert.ok(one && other);
  const COUNT = 30;
  const following = [followed(one, 3 * COUNT), followed(other, 3 * COUNT)];
  const sending = [one, other, bob].map(async (who, at) => {
    for (let number = 0; number < COUNT; number++) await who.send({ text: `${at} ${number}` });
  });
  await Promise.all(sending);
  const [first, second] = await Promise.all(following);
  assert.equal(new Set(first).size, 3 * COUNT);
  assert.deepEqual(first, second);
  assert.deepEqual(first, await receive(bob));
  assert.deepEqual(await one.findings(), []);
  assert.deepEqual(await bob.findings(), []);
  assert.deepEqual(await one.words(), await bob.words());
});

test('what one program took in while it sent is still new for the next one that receives', async (t) => {
  const home = temporaryFolder(t);
  const [about, channel] = [shared(), new MemoryChannel()];
  const bob = await member({ about, channel, number: 1 });
  await bob.send({ text: 'one' });
  const program = async <T>(work: (conversation: FramedConversation) => Promise<T>): Promise<T> => {
    const profile = openProfile({ home });
    try {
      return await work(await member({ about, channel, number: 0, store: profile.store }));
    } finally {
      profile.close();
    }
  };
  await program((ada) => ada.send({ text: 'two' }));
  assert.deepEqual(await program(receive), ['one', 'two']);
  assert.deepEqual(await program(receive), []);
  assert.deepEqual(await program(async (ada) => (await ada.history({ last: 1 })).map(told)), ['two']);
});
