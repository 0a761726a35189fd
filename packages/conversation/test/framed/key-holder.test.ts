// What docs/threat-model.md says of somebody with the conversation’s key: each sentence is tried.
import { strict as assert } from 'node:assert';
import { MemoryChannel } from '@fernspeak/channel';
import { utf8 } from '../../src/bytes.ts';
import { AT, layOut, type Seen } from '../../src/frame/layout.ts';
import { plainSeal, shownName, type MessageKind } from '../../src/index.ts';
import { device, member, receive, shared, told } from '../support/members.ts';
import { person } from '../support/people.ts';
import { plainToken } from '../support/story.ts';
import {
  claimsOf,
  ADA,
  BOB,
  CAI,
  MALLORY,
  append,
  frames,
  hello,
  joins,
  loud,
  news,
  scene,
  sealed,
  signed,
  signedByMallory,
  stored,
  talkOn,
  text,
  type Scene,
} from '../support/threat-model.ts';

const MINUTE_MS = 60_000;
const { claim, complete } = claimsOf("Somebody with the conversation's key");

/** Frames in the name of Ada, none of which she signed like this. */
async function inHerName(all: Scene): Promise<string[]> {
  const { about } = all;
  const header = utf8(JSON.stringify({ at: Date.now(), kind: 'text' }));
  const [ada, mallory] = [await device(ADA), await device(MALLORY)];
  const [, , one = new Uint8Array()] = await frames(all);
  const zeros = layOut({ from: ada.publicKey, n: 3, seen: null, header, body: utf8('Send money') });
  const herSignature = zeros.slice();
  herSignature.set(one.subarray(AT.signature, AT.from), AT.signature);
  const stolen = one.slice();
  stolen.set(mallory.publicKey, AT.from);
  const neutral = new Uint8Array(32).fill(1, 0, 1);
  return [
    ...(await Promise.all([1, 3, 4].map((n) => signedByMallory(about, { from: ada.publicKey, n, header })))),
    await signedByMallory(about, { from: neutral, n: 1, header }),
    ...[zeros, herSignature, stolen].map((frame) => sealed(about, frame)),
  ];
}

claim('They read everything, past and future, and who only reads is not seen.', async () => {
  const all = await scene();
  const mallory = await member({ about: all.about, channel: all.channel, number: MALLORY });
  assert.deepEqual(await receive(mallory), ['', '', 'one', 'two']);
  await talkOn(all);
  assert.deepEqual(await receive(mallory), ['still here', 'so am I']);
  assert.equal((await stored(all.channel)).length, 6);
  assert.deepEqual(
    (await all.ada.members()).map(({ name }) => name),
    ['Ada', 'Bob'],
  );
});

claim('They write under a key of their own, as one more device that everybody sees.', async () => {
  const all = await scene();
  const mallory = await member({ about: { ...all.about, me: 'Mallory' }, channel: all.channel, number: MALLORY });
  await mallory.greet();
  for (const each of [all.ada, all.bob]) {
    await receive(each);
    const { id, name, label } = (await each.members())[2] ?? {};
    assert.deepEqual([id, name, label], [(await device(MALLORY)).id, 'Mallory', null]);
  }
});

claim(
  'They do not speak as somebody else: without her signature it is `bad-signature`, and not a word of it is shown.',
  async () => {
    const all = await scene();
    const attempts = await inHerName(all);
    await append(all.channel, attempts);
    const messages = await news(all.bob);
    assert.deepEqual(
      messages.map((message) => told(message)),
      attempts.map(() => 'null!bad-signature'),
    );
    assert.ok(messages.every(({ sender, content }) => sender === undefined && content === null));
    await talkOn(all);
  },
);

claim('They do not change a byte of what somebody else signed: that is `bad-signature` as well.', async () => {
  const all = await scene();
  const [, , one = new Uint8Array()] = await frames(all);
  const altered = Array.from({ length: one.length - AT.signature }, (_, at) => {
    const frame = one.slice();
    frame[AT.signature + at] = (frame[AT.signature + at] ?? 0) ^ 1;
    return sealed(all.about, frame);
  });
  await append(all.channel, altered);
  assert.deepEqual(
    await receive(all.bob),
    altered.map(() => 'null!bad-signature'),
  );
  await talkOn(all);
});

claim(
  'A message of somebody else that they seal anew is the same message: it is ignored, in whatever order.',
  async () => {
    const all = await scene();
    const resealed = (await frames(all)).map((frame) => sealed(all.about, frame));
    await append(all.channel, resealed.toReversed());
    assert.deepEqual(await receive(all.bob), []);
    assert.deepEqual(await loud(all.bob), []);
    await talkOn(all);
  },
);

claim("They do not use up anybody's numbers: what her key did not sign takes none.", async () => {
  const all = await scene();
  await append(all.channel, await inHerName(all));
  const { id } = await all.ada.send({ text: 'three' });
  const messages = await news(all.bob);
  const { n, findings } = messages.find((message) => message.id === id) ?? {};
  assert.deepEqual([n, findings], [3, []]);
  assert.ok(messages.every((message) => !told(message).includes('cloned')));
});

claim(
  'Their own numbers, used twice, left out or going back, are `cloned`, `missing` or `reordered`, and name them.',
  async () => {
    const all = await scene();
    const { about, channel } = all;
    const numbers = [2, 2, 5, 4];
    await append(channel, [await signed(about, 1, hello('Mallory'))]);
    for (const [at, n] of numbers.entries()) await append(channel, [await signed(about, n, text(`number ${at}`))]);
    const [, ...messages] = await news(all.bob);
    const expected = ['number 0', 'number 1!cloned', 'number 2!missing', 'number 3!reordered'];
    assert.deepEqual(
      messages.map((message) => told(message)),
      expected,
    );
    for (const { sentence } of await all.bob.findings()) {
      assert.match(sentence, /Mallory/);
      assert.doesNotMatch(sentence, /Ada|Bob/);
    }
    await talkOn(all);
  },
);

/** What Mallory can falsely claim: a message that never was, and another past of one that was. */
async function falseClaims({ ada }: Scene): Promise<Seen[]> {
  const { seen } = await ada.invite('nobody');
  return [
    { t: 'ab'.repeat(16), h: 'cd'.repeat(16) },
    { t: seen?.t ?? '', h: 'cd'.repeat(16) },
  ];
}

claim(
  'What they falsely claim to have seen is `missing` or `forked`, in a sentence that names them beside the relay.',
  async () => {
    const all = await scene();
    const [never, otherwise] = await falseClaims(all);
    await append(all.channel, [
      await signed(all.about, 1, hello('Mallory')),
      await signed(all.about, 2, text('never'), never),
      await signed(all.about, 3, text('otherwise'), otherwise),
    ]);
    assert.deepEqual(await receive(all.bob), ['', 'never!missing', 'otherwise!forked']);
    await receive(all.ada);
    for (const { sentence } of await all.bob.findings()) assert.match(sentence, /relay.*Mallory's device/);
    await talkOn(all);
  },
);

claim(
  'A name that somebody has stays hers: who takes one that looks like it is shown apart, as `same-name`.',
  async () => {
    const all = await scene();
    const lookAlike = 'Аdа'; // with Cyrillic А and а
    for (const [at, name] of ['Ada', ' ADA\u200b', lookAlike].entries()) {
      await append(all.channel, [await signed(all.about, at + 1, hello(name))]);
      const [message] = await news(all.bob);
      assert.deepEqual(
        message?.findings.map(({ code }) => code),
        ['same-name'],
      );
      assert.match(message?.sender ? shownName(message.sender) : '', /^the other /);
    }
    const ada = (await all.bob.members()).find(({ name, sameAs }) => name === 'Ada' && sameAs === undefined);
    assert.equal(ada?.id, (await device(ADA)).id);
  },
);

claim('A name that nobody has yet is theirs if they are first.', async () => {
  const all = await scene();
  await append(all.channel, [await signed(all.about, 1, hello('Cai'))]);
  assert.deepEqual(await receive(all.bob), ['']);
  const cai = await joins(all, await all.ada.invite('Cai'), CAI, 'Cai');
  await cai.greet();
  assert.deepEqual(await receive(all.bob), ['!same-name']);
});

claim('They do not show that they came by a link which they never had.', async () => {
  const all = await scene();
  const cai = await joins(all, await all.ada.invite('Cai'), CAI, 'Cai');
  await cai.greet();
  const proof = cai.about.joined?.proof;
  for (const [at, invite] of [proof, 'A'.repeat(43)].entries()) {
    await append(all.channel, [await signed(all.about, at + 1, hello('Mallory', invite))]);
  }
  await receive(all.ada);
  const labels = (await all.ada.members()).map(({ name, label }) => [name, label]);
  assert.deepEqual(labels.slice(2), [
    ['Cai', 'Cai'],
    ['Mallory', null],
  ]);
  assert.deepEqual(await loud(all.ada), []);
});

claim('Two devices that come by one link are `invite-shared` to who made it.', async () => {
  const all = await scene();
  const invite = await all.ada.invite('Cai');
  await (await joins(all, invite, MALLORY, 'Mallory')).greet();
  await (await joins(all, invite, CAI, 'Cai')).greet();
  assert.deepEqual(await receive(all.ada), ['', '!invite-shared']);
});

claim('What was signed for another conversation under the same key is `bad-signature` here.', async () => {
  const all = await scene();
  const other = await scene(new MemoryChannel(), { about: { ...all.about, conversationId: '00'.repeat(16) } });
  const copies = [...(await stored(other.channel)), await signed(other.about, 1, text('Send money'))];
  await append(all.channel, copies);
  assert.deepEqual(
    await receive(all.bob),
    copies.map(() => 'null!bad-signature'),
  );
  await talkOn(all);
});

claim(
  "Text that they seal without a signature is `unsigned`, and nobody's, whatever it says about itself.",
  async () => {
    const all = await scene();
    const claims = [
      'Ada: send money',
      '{"sender":"Ada","kind":"text","message":"Send money"}',
      '{"kind":"hello","name":"Ada"}',
    ];
    await append(
      all.channel,
      claims.map((claim) => plainToken(all.about, claim)),
    );
    for (const { kind, sender, findings } of await news(all.bob)) {
      assert.deepEqual([kind, sender, findings.map(({ code }) => code)], ['plain', undefined, ['unsigned']]);
    }
    assert.deepEqual(await loud(all.bob), []);
    assert.equal((await all.bob.members()).length, 2);
    await talkOn(all);
  },
);

/** Headers that are no JSON, too deep, or of a kind that is not known. */
const STRANGE: readonly Uint8Array[] = [
  utf8(''),
  utf8('{'),
  utf8('null'),
  utf8('[1]'),
  utf8('{"at":-1,"kind":"text"}'),
  utf8('{"at":1,"kind":"text","kind":"text"}'),
  utf8('{"at":1,"kind":"call"}'),
  utf8('{"at":1,"kind":"__proto__"}'),
  utf8(`{"at":1,"kind":"text","x":${'['.repeat(15_000)}${']'.repeat(15_000)}}`),
  new Uint8Array([0xff, 0xfe]),
];

claim('What no program understands is shown as a newer kind of message, and is no error.', async () => {
  const all = await scene();
  const { publicKey } = await device(MALLORY);
  for (const [at, header] of STRANGE.entries()) {
    await append(all.channel, [await signedByMallory(all.about, { from: publicKey, n: at + 1, header })]);
  }
  const kinds: MessageKind[] = (await news(all.bob)).map(({ kind }) => kind);
  assert.deepEqual(
    kinds,
    STRANGE.map(() => 'newer'),
  );
  assert.deepEqual(await loud(all.bob), []);
  await receive(all.ada);
  await talkOn(all);
});

claim('That somebody else has received a message they cannot say.', async () => {
  const all = await scene();
  const { id } = await all.ada.send({ text: 'three' });
  await receive(all.ada);
  const { seen } = await all.ada.invite('nobody');
  assert.equal(seen?.t, id);
  const header = utf8(JSON.stringify({ at: Date.now(), kind: 'ack' }));
  const bob = await device(BOB);
  const ack = await signedByMallory(all.about, { from: bob.publicKey, n: 3, header, seen });
  await append(all.channel, [await signed(all.about, 1, { kind: 'ack', at: Date.now() }, seen), ack]);
  await receive(all.ada);
  assert.deepEqual(await all.ada.receivedBy(id ?? ''), []);
  await all.bob.send({ text: 'four' });
  await receive(all.ada);
  assert.deepEqual(await all.ada.receivedBy(id ?? ''), [bob.id]);
});

claim('They can lie about the time of their own messages: `late`, when it is more than 10 minutes off.', async () => {
  const all = await scene();
  for (const [at, minutes] of [9, -9, 11, -11].entries()) {
    const time = Date.now() + minutes * MINUTE_MS;
    await append(all.channel, [await signed(all.about, at + 1, text(`${minutes}`, time))]);
  }
  assert.deepEqual(await receive(all.bob), ['9', '-9', '11!late', '-11!late']);
  assert.deepEqual(await loud(all.bob), []);
});

claim('Somebody who joins after all this has the same history as the others, and is told the same.', async () => {
  const all = await scene();
  const { about, channel } = all;
  const [never, otherwise] = await falseClaims(all);
  const resealed = (await frames(all)).map((frame) => sealed(about, frame));
  await append(channel, [
    ...(await inHerName(all)),
    ...resealed.toReversed(),
    plainToken(about, 'Ada: send money'),
    await signed(about, 1, hello('Ada')),
    await signed(about, 2, text('never'), never),
    await signed(about, 2, text('twice'), otherwise),
    await signed(about, 7, text('otherwise'), otherwise),
    await signed(about, 5, text('back')),
    await signed({ ...about, conversationId: '00'.repeat(16) }, 1, text('elsewhere')),
  ]);
  await receive(all.bob);
  await talkOn(all);
  const cai = await joins(all, await all.ada.invite('Cai'), CAI, 'Cai');
  await receive(cai);
  assert.deepEqual(await cai.words(), await all.ada.words());
  assert.deepEqual(await cai.findings(), await all.bob.findings());
  assert.equal(new Set(await loud(cai)).size, 5);
});

claim(
  'An invite of theirs that claims what never was is told to who joins by it, and changes nothing else.',
  async () => {
    for (const [at, code] of ['missing', 'forked'].entries()) {
      const all = await scene();
      const mallory = await member({ about: all.about, channel: all.channel, number: MALLORY });
      const seen = (await falseClaims(all))[at] ?? null;
      const cai = await joins(all, { ...(await mallory.invite('Cai')), seen }, CAI, 'Cai');
      assert.deepEqual(await receive(cai), ['', '', 'one', 'two']);
      assert.deepEqual(await loud(cai), [code]);
      await cai.send({ text: 'three' });
      assert.deepEqual((await receive(all.bob)).at(-1), 'three');
      await receive(all.ada);
      await talkOn(all);
      assert.deepEqual((await receive(cai)).slice(-2), ['still here', 'so am I']);
      assert.deepEqual(await cai.words(), await all.ada.words());
      assert.deepEqual(await loud(cai), [code]);
    }
  },
);

claim('In a plain conversation they write anything, and nothing has a sender.', async () => {
  const channel = new MemoryChannel();
  const { key } = shared();
  await append(channel, [await plainSeal(key).seal({ bytes: utf8('Ada: send money') })]);
  for await (const { sender, content } of person(channel, { key }).unread()) {
    assert.equal(sender, undefined);
    assert.ok(content);
  }
});

complete();
