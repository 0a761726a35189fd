import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MemoryChannel } from '@fernspeak/channel';
import { invitedConversation } from '../../src/framed/about.ts';
import { memoryStore } from '../../src/memory.ts';
import { isConversationError } from '../../src/index.ts';
import { device, member, receive, shared } from '../support/members.ts';

test('who is here: names, what was verified, by which invite they came', async () => {
  const [about, channel] = [shared(), new MemoryChannel()];
  const ada = await member({ about: { ...about, me: 'Ada' }, channel, number: 0 });
  await ada.greet();
  await ada.send({ text: 'Hello?' });
  await receive(ada);
  const invite = await ada.invite('Bob');
  const joined = await invitedConversation(invite, { name: 'ada', me: 'Bob', ...PLACE, device: await device(1) });
  const bob = await member({ about: joined, channel, number: 1 });
  await bob.greet();
  assert.deepEqual(await receive(bob), ['', 'Hello?', '']);
  await receive(ada);
  const [me, other] = await ada.members();
  assert.ok(me && other);
  assert.deepEqual([me.name, me.me, me.label], ['Ada', true, null]);
  assert.deepEqual([other.name, other.me, other.label, other.verified], ['Bob', false, 'Bob', false]);
  assert.ok(other.heardAt);
  assert.deepEqual(ada.safetyNumber(other.id), bob.safetyNumber(me.id));
  await ada.verify(other.id);
  assert.equal((await ada.members())[1]?.verified, true);
  assert.deepEqual(await ada.words(), await bob.words());
  await ada.verify(other.id, false);
  assert.equal((await ada.members())[1]?.verified, false);
});

test('a second device with one name is shown apart, calmly; one that comes by the same link is not calm', async () => {
  const [about, channel] = [shared(), new MemoryChannel()];
  const ada = await member({ about: { ...about, me: 'Ada' }, channel, number: 0 });
  await ada.greet();
  await receive(ada);
  const invite = await ada.invite('Bob');
  for (const number of [1, 2]) {
    const me = number === 1 ? 'Bob' : 'bоb'; // with a Cyrillic о
    const joined = await invitedConversation(invite, { name: 'ada', me, ...PLACE, device: await device(number) });
    await (await member({ about: joined, channel, number })).greet();
  }
  assert.deepEqual(await receive(ada), ['', '!same-name!invite-shared']);
  assert.deepEqual(
    (await ada.findings()).map(({ sentence }) => sentence.split(':')[0]),
    ['Two devices joined with the link for Bob'],
  );
  const [, first, second] = await ada.members();
  assert.equal(second?.sameAs?.id, first?.id);
  assert.equal(first?.sameAs, undefined);
});

test('a name is taken only from a message that counts', async () => {
  const [about, channel, shown] = [shared(), new MemoryChannel(), new MemoryChannel()];
  const ada = await member({ about: { ...about, me: 'Ada' }, channel, number: 0 });
  await ada.greet();
  await ada.send({ text: 'one' });
  const entries = await Array.fromAsync(channel.read({ after: 0 }));
  for (const { fields } of entries.toReversed()) await shown.append([fields]);
  const bob = await member({ about, channel: shown, number: 1 });
  assert.deepEqual(await receive(bob), ['one!missing!missing', '!reordered']);
  assert.equal((await bob.members())[1]?.name, null);
});

test('whoever joins is told when the relay does not show what the inviter had seen', async () => {
  const [about, channel] = [shared(), new MemoryChannel()];
  const ada = await member({ about: { ...about, me: 'Ada' }, channel, number: 0 });
  await ada.send({ text: 'one' });
  await receive(ada);
  const invite = await ada.invite('Bob');
  const join = async (number: number, shown: MemoryChannel): Promise<string[]> => {
    const joined = await invitedConversation(invite, { name: 'ada', ...PLACE, device: await device(number) });
    const bob = await member({ about: joined, channel: shown, number });
    await receive(bob);
    await receive(bob);
    return (await bob.findings()).map(({ code }) => code);
  };
  assert.deepEqual(await join(1, channel), []);
  assert.deepEqual(await join(2, new MemoryChannel({ address: 'memory:empty' })), ['missing']);
});

test('one device joins a conversation once, however often it is asked to', async () => {
  const store = memoryStore();
  const about = shared();
  const channel = new MemoryChannel();
  const [first, second] = [await member({ about, channel, store }), await member({ about, channel, store })];
  assert.equal(first.id, second.id);
});

test('one who forgets a conversation and joins it again is not taken for a copy, and uses no number twice', async () => {
  const [about, channel, store] = [shared(), new MemoryChannel(), memoryStore()];
  const bob = await member({ about, channel, number: 1 });
  const before = await member({ about, channel, store });
  await before.send({ text: 'one' });
  await receive(before);
  await before.forget();
  await assert.rejects(before.send({ text: 'gone' }), (error) => isConversationError(error, 'forgotten'));
  const after = await member({ about, channel, store });
  await after.send({ text: 'two' });
  assert.deepEqual(await receive(after), ['one', 'two']);
  assert.deepEqual(await receive(bob), ['one', 'two']);
});

test('a copy of the profile is found out, and says no more', async () => {
  const [about, channel] = [shared(), new MemoryChannel()];
  const ada = await member({ about, channel, number: 0 });
  const copy = await member({ about, channel, number: 0 });
  const bob = await member({ about, channel, number: 1 });
  await ada.send({ text: 'one' });
  assert.equal((await receive(copy)).at(-1), 'one!cloned');
  await assert.rejects(copy.send({ text: 'two' }), (error) => isConversationError(error, 'cloned'));
  assert.deepEqual(await receive(bob), ['one']);
});

test('what waits in a copy of the profile stays there, and does not keep it from reading', async () => {
  const [about, channel] = [shared(), new MemoryChannel()];
  const ada = await member({ about, channel, number: 0 });
  const copy = await member({ about, channel, number: 0 });
  await copy.accept({ text: 'waits' });
  await ada.send({ text: 'one' });
  assert.deepEqual(
    (await copy.flush({ timeoutMs: 100 })).map(({ status }) => status),
    ['kept'],
  );
  assert.equal(await copy.waiting(), 1);
  assert.equal((await receive(copy)).at(-1), 'one!cloned');
  assert.equal((await channel.info()).lastEntryId, 1);
});

test('what is junk, plain, readable or from another place says so, and accuses nobody', async () => {
  const [about, channel] = [shared(), new MemoryChannel()];
  const elsewhere = await member({ about: { ...about, conversationId: '00'.repeat(16) }, channel, number: 2 });
  await elsewhere.send({ text: 'over here' });
  await elsewhere.send({ text: 'and again' });
  const bob = await member({ about, channel, number: 1 });
  const unread = bob.unread();
  const sentences: string[] = [];
  for await (const { findings } of unread) sentences.push(...findings.map(({ sentence }) => sentence));
  assert.deepEqual(sentences, ['These open with this key, but belong to another place than memory:here.']);
  await unread.commit();
  const ada = await member({ about, channel, number: 0 });
  await channel.append([['gAAAAAjunk'], ['readable']]);
  await ada.send({ text: 'one' });
  assert.deepEqual(await receive(bob), ['null!unreadable', 'readable!not-sealed', 'one']);
  // once something has verified here, what does not is an alarm
  await elsewhere.send({ text: 'and again' });
  assert.deepEqual(await receive(bob), ['null!bad-signature']);
  assert.deepEqual(
    (await bob.findings()).map(({ code }) => code),
    ['bad-signature'],
  );
});

test('a run in which nothing opens moves nothing; with the key all of it is there', async () => {
  const [about, channel] = [shared(), new MemoryChannel()];
  const ada = await member({ about, channel, number: 0 });
  await ada.send({ text: 'one' });
  const store = memoryStore();
  const wrong = await member({ about: { ...about, key: shared().key }, channel, number: 1, store });
  for (let run = 0; run < 2; run++) {
    const unread = wrong.unread();
    for await (const message of unread) assert.fail(`${message.entryId} was shown`);
    await unread.commit();
    assert.deepEqual([unread.sealed, unread.opened], [1, 0]);
  }
  assert.deepEqual(await receive(await member({ about, channel, number: 1, store })), ['one']);
});

const PLACE = { address: 'memory:here', place: 'memory:here' };

test('two links for people of one name are two links: nothing is found when each is used once', async () => {
  const [about, channel] = [shared(), new MemoryChannel()];
  const ada = await member({ about: { ...about, me: 'Ada' }, channel, number: 0 });
  await ada.greet();
  await receive(ada);
  for (const number of [1, 2]) {
    const options = { name: 'ada', me: `Bob ${number}`, ...PLACE, device: await device(number) };
    const joined = await invitedConversation(await ada.invite('Bob'), options);
    await (await member({ about: joined, channel, number })).greet();
  }
  await receive(ada);
  assert.deepEqual(await ada.findings(), []);
});

test('send tells the string that stands on the channel then', async () => {
  const [about, channel] = [shared(), new MemoryChannel()];
  const ada = await member({ about, channel, number: 0 });
  const { sealed } = await ada.send({ text: 'Hello?' });
  const [entry] = await Array.fromAsync(channel.read({ after: 0 }));
  assert.equal(entry?.fields[0], sealed);
});
