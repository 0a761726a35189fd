// What docs/threat-model.md says of a stranger with the channel’s write key: each sentence is tried.
import { strict as assert } from 'node:assert';
import { MemoryChannel, fit, type Channel, type Fields, type Limits } from '@fernspeak/channel';
import { readPart } from '@fernspeak/channel/format';
import { utf8 } from '../../src/bytes.ts';
import { systemClock } from '../../src/clock.ts';
import type { FramedConversation } from '../../src/framed/conversation.ts';
import { isConversationError } from '../../src/index.ts';
import { LyingRelay } from '../support/lying-relay.ts';
import { device, member, receive, shared } from '../support/members.ts';
import { person, texts } from '../support/people.ts';
import { plainToken } from '../support/story.ts';
import {
  claimsOf,
  ADA,
  BOB,
  CAI,
  MALLORY,
  PLACE,
  append,
  hello,
  joins,
  loud,
  news,
  scene,
  signed,
  stored,
  talkOn,
  text,
} from '../support/threat-model.ts';

/** Everything goes out in two parts, each in a request of its own. */
const NARROW: Partial<Limits> = { fieldBytes: 255, entryBytes: 510, bulkEntries: 1 };
const { claim, complete } = claimsOf("A stranger with the channel's write key");

/** What a stranger makes up, some of it by the rules of a conversation of their own. */
async function madeUp(): Promise<string[]> {
  const own = shared();
  return [
    'gAAAAAjunk',
    plainToken(own, 'one'),
    await signed(own, 1, hello('Ada')),
    await signed(own, 2, text('Send money')),
    `b'${plainToken(own, 'wrapped')}'`,
    'Ada: send money',
    '{"from":"Ada","message":"Send money","title":"Ada"}',
  ];
}

/** Every string on the channel again: backwards, wrapped, and in parts. */
async function again(channel: Channel): Promise<Fields[]> {
  const all = (await stored(channel)).toReversed();
  const { limits } = await channel.info();
  const small: Limits = { ...limits, fieldBytes: 255, entryBytes: 510 };
  return [
    ...all.map((token): Fields => [token]),
    ...all.map((token): Fields => [`b'${token}'`]),
    ...all.flatMap((token) => fit(token, small)),
  ];
}

claim("They read nothing: what lies on the channel opens with the conversation's key alone.", async () => {
  const { about, channel } = await scene();
  const mallory = await member({ about: { ...about, key: shared().key }, channel, number: MALLORY });
  const unread = mallory.unread();
  for await (const { entryId } of unread) assert.fail(`entry ${entryId} opens`);
  assert.deepEqual([unread.sealed, unread.opened], [4, 0]);
  for (const token of await stored(channel)) {
    const bytes = Buffer.from(token, 'base64url').toString('latin1');
    for (const secret of ['Ada', 'Bob', 'one', 'kind']) assert.ok(!bytes.includes(secret));
  }
});

claim('What they make up does not open: it is `unreadable`, or `not-sealed`, and accuses nobody.', async () => {
  const all = await scene();
  await append(all.channel, await madeUp());
  const messages = await news(all.bob);
  assert.deepEqual(
    messages.map(({ findings, readable }) => [...findings.map(({ code }) => code), readable]),
    [...Array.from({ length: 5 }, () => ['unreadable', false]), ['not-sealed', true], ['not-sealed', true]],
  );
  assert.ok(messages.every(({ sender, kind }) => sender === undefined && (kind === 'none' || kind === 'plain')));
  assert.deepEqual(await loud(all.bob), []);
  await talkOn(all);
});

claim('They are no member: no name, number or receipt can come from them.', async () => {
  const all = await scene();
  const { id } = await all.ada.send({ text: 'three' });
  await append(all.channel, await madeUp());
  await append(
    all.channel,
    (await again(all.channel)).flat().filter((field) => field !== null),
  );
  for (const each of [all.ada, all.bob]) {
    await receive(each);
    const names = (await each.members()).map(({ name }) => name);
    assert.deepEqual(new Set(names), new Set(['Ada', 'Bob']));
    assert.equal(names.length, 2);
  }
  assert.deepEqual(await all.ada.receivedBy(id ?? ''), []);
  await all.bob.send({ text: 'four' });
  await receive(all.ada);
  assert.deepEqual(await all.ada.receivedBy(id ?? ''), [(await device(BOB)).id]);
});

claim('A message that they alter does not open either.', async () => {
  const all = await scene();
  const [, , one = ''] = await stored(all.channel);
  const altered = Array.from(one, (character, at) => {
    return `${one.slice(0, at)}${character === 'A' ? 'B' : 'A'}${one.slice(at + 1)}`;
  });
  await append(all.channel, altered);
  for (const { content, readable, findings, sender } of await news(all.bob)) {
    assert.ok(content === null || readable);
    assert.equal(sender, undefined);
    assert.match(findings.map(({ code }) => code).join(), /^(unreadable|not-sealed)$/);
  }
  assert.deepEqual(await loud(all.bob), []);
  await talkOn(all);
});

claim('A message that they write once more is ignored, in whatever order, wrapping and parts.', async () => {
  const all = await scene();
  const words = await all.bob.words();
  await all.channel.append(await again(all.channel));
  assert.deepEqual(await receive(all.bob), []);
  assert.deepEqual(await all.bob.words(), words);
  assert.deepEqual(await loud(all.bob), []);
  await talkOn(all);
});

claim('A message that the relay keeps from you they can bring you later: it is shown, as `reordered`.', async () => {
  const relay = new LyingRelay(systemClock);
  const { ada, bob } = await scene(relay.channel('ada'), { bobs: relay.channel('bob') });
  relay.lie('withhold', ['bob']);
  await ada.send({ text: 'lost' });
  const [lost] = relay.accepted.at(-1) ?? [];
  await ada.send({ text: 'next' });
  assert.deepEqual(await receive(bob), ['next!missing!missing']);
  relay.inject(lost ?? [], ['bob']);
  assert.deepEqual(await receive(bob), ['lost!reordered']);
});

claim(
  'Messages of another conversation do not open; of one under the same key nothing is shown, and they are `elsewhere`, or `bad-signature` once something has verified here.',
  async () => {
    const about = shared();
    const foreign = await scene(new MemoryChannel());
    const sameKey = await scene(new MemoryChannel(), { about: { ...about, conversationId: '00'.repeat(16) } });
    const channel = new MemoryChannel(PLACE);
    const ada = await member({ about, channel, number: ADA });
    const copies = await stored(sameKey.channel);
    await append(channel, [...(await stored(foreign.channel)), ...copies]);
    assert.deepEqual(await receive(ada), [...Array.from({ length: 4 }, () => 'null!unreadable'), 'null!elsewhere']);
    await ada.send({ text: 'one' });
    await append(channel, copies);
    assert.deepEqual(await receive(ada), ['one', ...Array.from({ length: 4 }, () => 'null!bad-signature')]);
    assert.equal((await ada.members()).length, 1);
  },
);

/** A channel on which a stranger answers parts with the other one of the two, made up, for so many ids. */
function spoilt(inner: Channel, { ids, answered }: { ids: number; answered: readonly number[] }): Channel {
  const spoiltIds = new Set<string>();
  const append: Channel['append'] = async (entries, options) => {
    const stored = await inner.append(entries, options);
    const part = entries[0] && readPart(entries[0]);
    if (part && (spoiltIds.has(part.id) || spoiltIds.size < ids) && answered.includes(part.index)) {
      spoiltIds.add(part.id);
      await inner.append([[`~${part.id}.${3 - part.index}.2~gAAAAA`]]);
    }
    return stored;
  };
  const { address, place } = inner;
  const rest = { info: inner.info.bind(inner), read: inner.read.bind(inner), follow: inner.follow.bind(inner) };
  return { address, place, ...rest, append, close: async () => {} };
}

/** Ada writes where somebody spoils her parts, Bob reads. */
async function amongSpoilers(spoils: {
  ids: number;
  answered: readonly number[];
}): Promise<{ ada: FramedConversation; bob: FramedConversation }> {
  const [about, inner] = [shared(), new MemoryChannel({ ...PLACE, limits: NARROW })];
  const ada = await member({ about, channel: spoilt(inner, spoils), number: ADA });
  return { ada, bob: await member({ about, channel: inner, number: BOB }) };
}

claim('They can spoil a message that goes out in several requests: it is sent again, and arrives.', async () => {
  for (const answered of [[1], [1, 2]]) {
    const { ada, bob } = await amongSpoilers({ ids: 1, answered });
    assert.equal((await ada.send({ text: 'one' })).status, 'stored');
    assert.deepEqual(await receive(bob), [...answered.map(() => 'null!unreadable'), 'one']);
    assert.deepEqual(await loud(bob), []);
  }
});

claim(
  'Who spoils it six times in a row stops it: its sender is told, and for the others it is `missing`.',
  async () => {
    const five = await amongSpoilers({ ids: 5, answered: [1, 2] });
    assert.equal((await five.ada.send({ text: 'one' })).status, 'stored');
    const six = await amongSpoilers({ ids: 6, answered: [1, 2] });
    await assert.rejects(six.ada.send({ text: 'one' }), (error) => isConversationError(error, 'refused'));
    await six.ada.send({ text: 'two' });
    assert.deepEqual((await receive(six.bob)).at(-1), 'two!missing');
  },
);

claim('Somebody who joins after all this has the same history as the others, and no alarm.', async () => {
  const all = await scene();
  await append(all.channel, await madeUp());
  await all.channel.append(await again(all.channel));
  await talkOn(all);
  const cai = await joins(all, await all.ada.invite('Cai'), CAI, 'Cai');
  const read = (await receive(cai)).filter((message) => !/!(unreadable|not-sealed)$/.test(message));
  assert.deepEqual(read, ['', '', 'one', 'two', 'still here', 'so am I']);
  assert.deepEqual(await loud(cai), []);
  assert.deepEqual(await cai.words(), await all.ada.words());
});

claim('In a plain conversation, what they write once more is shown once more.', async () => {
  const channel = new MemoryChannel();
  const [ada, bob] = [person(channel), person(channel)];
  await ada.send({ bytes: utf8('one') });
  await append(channel, await stored(channel));
  assert.deepEqual(await texts(bob.unread()), ['one', 'one']);
});

complete();
