import { strict as assert } from 'node:assert';
import { test, type TestContext } from 'node:test';
import { MemoryChannel, type Limits } from '@fernspeak/channel';
import type { FramedConversation } from '../../src/framed/conversation.ts';
import { queueOf } from '../../src/framed/journal.ts';
import { memoryStore, type Store } from '../../src/index.ts';
import { steppingClock, type SteppingClock } from '../support/clock.ts';
import { member, receive, shared } from '../support/members.ts';

interface World {
  readonly channel: MemoryChannel;
  readonly ada: FramedConversation;
  readonly bob: FramedConversation;
  /** Bob's second program. */
  readonly bobs: FramedConversation;
  readonly clock: SteppingClock;
  /** Bob's. */
  readonly store: Store;
}

async function world(limits: Partial<Limits> = {}): Promise<World> {
  const clock = steppingClock();
  const channel = new MemoryChannel({ limits, now: () => new Date(clock.now()) });
  const about = shared();
  const store = memoryStore();
  const ada = await member({ about, channel, number: 0, clock });
  const bob = await member({ about, channel, number: 1, clock, store });
  const bobs = await member({ about, channel, number: 1, clock, store });
  return { channel, ada, bob, bobs, clock, store };
}

/** Follows in the background until the test ends. */
function follow(t: TestContext, conversation: FramedConversation, options = {}): void {
  const stop = new AbortController();
  const following = (async () => {
    for await (const _ of conversation.follow({ ...options, signal: stop.signal }));
  })();
  t.after(async () => {
    stop.abort();
    await following;
  });
}

async function entries({ channel }: World): Promise<number> {
  return (await channel.info()).lastEntryId;
}

test('what came is acknowledged by itself, after 5 to 60 seconds, and the sender learns of it', async (t) => {
  const all = await world();
  await all.bob.send({ text: 'I am here.' });
  follow(t, all.bob);
  const { id } = await all.ada.send({ text: 'Did you get this?' });
  await all.clock.pass(4000);
  assert.equal(await entries(all), 2);
  await all.clock.pass(57_000);
  assert.equal(await entries(all), 3);
  await receive(all.ada);
  assert.equal((await all.ada.receivedBy(id ?? '')).length, 1);
  assert.deepEqual(await all.ada.findings(), []);
});

test('at most one in ten minutes, also of two programs; none for an acknowledgement', async (t) => {
  const all = await world();
  follow(t, all.ada);
  follow(t, all.bob);
  follow(t, all.bobs);
  await all.ada.send({ text: 'one' });
  await all.clock.pass(61_000);
  assert.equal(await entries(all), 2);
  await all.ada.send({ text: 'two' });
  await all.ada.send({ text: 'three' });
  await all.clock.pass(8 * 60_000);
  assert.equal(await entries(all), 4);
  await all.clock.pass(3 * 60_000);
  assert.equal(await entries(all), 5);
  await all.clock.pass(12 * 60_000);
  assert.equal(await entries(all), 5);
});

test('while one waits in the outbox no other program adds a second', async (t) => {
  const all = await world();
  const lock = await all.store.lock(queueOf(all.bob.id));
  follow(t, all.bob);
  follow(t, all.bobs);
  await all.ada.send({ text: 'one' });
  await all.clock.pass(61_000);
  assert.equal(await all.bob.waiting(), 1);
  lock?.release();
  await all.bob.flush();
  assert.equal(await entries(all), 2);
});

test('none when it is turned off, on a slow channel, or when an answer says it already', async (t) => {
  const off = await world();
  follow(t, off.bob, { acknowledge: false });
  await off.ada.send({ text: 'one' });
  await off.clock.pass(120_000);
  assert.equal(await entries(off), 1);

  const slow = await world({ minIntervalMs: 15_000 });
  follow(t, slow.bob);
  await slow.ada.send({ text: 'one' });
  await slow.clock.pass(120_000);
  assert.equal(await entries(slow), 1);

  const answered = await world();
  follow(t, answered.bob);
  await answered.ada.send({ text: 'one' });
  await answered.clock.pass(1000);
  await answered.bob.send({ text: 'an answer' });
  await answered.clock.pass(120_000);
  assert.equal(await entries(answered), 2);
});
