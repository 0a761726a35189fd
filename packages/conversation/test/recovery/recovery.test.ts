import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MemoryChannel } from '@fernspeak/channel';
import { Fernet } from '@fernspeak/fernet';
import fc from 'fast-check';
import {
  FramedConversation,
  deriveKey,
  foundConversation,
  gatherRecovery,
  invitedConversation,
  isConversationError,
  knownConversations,
  memoryStore,
  openRecovery,
  rememberConversation,
  sealRecovery,
  takeUp,
  type About,
  type Device,
  type Recovery,
  type Store,
} from '../../src/index.ts';
import { hashIn } from '../../src/domains.ts';
import { hkdf } from '../../src/keys/hkdf.ts';
import { payloadOf } from '../../src/recovery/payload.ts';
import { device, receive } from '../support/members.ts';

const PASSPHRASE = 'uncross human obedience gloating mutt remember';
const ADDRESS = 'http://127.0.0.1:8787/channels/5';
const SITE = { address: ADDRESS, place: 'localhost/channels/5' };

/** Argon2id is tested elsewhere: a key for each secret and place, at once. */
async function quick({ secret, place }: { secret: string; place: string }): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${place}\0${secret}`));
  return `${Buffer.from(bytes).toString('base64url')}=`;
}
const options = { passphrase: PASSPHRASE, derive: quick };

interface Person {
  readonly store: Store;
  readonly device: Device;
  readonly talk: FramedConversation;
}

async function person(about: About, channel: MemoryChannel, number: number, store = memoryStore()): Promise<Person> {
  const id = await rememberConversation(store, about);
  const own = await device(number);
  return { store, device: own, talk: new FramedConversation({ id, about, channel, store, device: own }) };
}

/** Ada and Bob have talked, and Ada has verified him; on a channel with keys. */
async function meeting(): Promise<{ channel: MemoryChannel; ada: Person; bob: Person }> {
  const channel = new MemoryChannel();
  const keys = { writeKey: 'W'.repeat(16), readKey: 'R'.repeat(16) };
  const about = foundConversation({ name: 'family', me: 'Ada', ...SITE, ...keys });
  const ada = await person(about, channel, 0);
  const bob = await person({ ...about, name: 'ada', me: 'Bob' }, channel, 1);
  await ada.talk.greet();
  await bob.talk.greet();
  await ada.talk.send({ text: 'one' });
  await bob.talk.send({ text: 'two' });
  await receive(ada.talk);
  await receive(bob.talk);
  await ada.talk.verify(bob.device.id);
  return { channel, ada, bob };
}

const gather = ({ store, device: own }: Person): Promise<Recovery> =>
  gatherRecovery({ store, device: own, settings: { theme: 'dark' } });

/** A new device that opens the text of a file; its conversation, greeted. */
async function restored(text: string, channel: MemoryChannel, number: number): Promise<Person> {
  const [store, own] = [memoryStore(), await device(number)];
  const { taken } = await takeUp({ store, device: own }, await openRecovery(text, options));
  assert.equal(taken.length, 1);
  const talk = new FramedConversation({ ...taken[0]!, channel, store, device: own });
  await talk.greet();
  return { store, device: own, talk };
}

test('another device goes on with all that was said, and trusts whom the old one had verified', async () => {
  const { channel, ada, bob } = await meeting();
  const text = await sealRecovery(await gather(ada), options);
  const again = await restored(text, channel, 2);

  assert.deepEqual(await receive(again.talk), ['', '', 'one', 'two', '!same-name']);
  assert.equal(again.talk.about.name, 'family');
  const verified = (await again.talk.members()).filter((each) => each.verified).map(({ id }) => id);
  assert.deepEqual(new Set(verified), new Set([bob.device.id, ada.device.id]));

  await again.talk.send({ text: 'three' });
  assert.deepEqual(await receive(bob.talk), ['!same-name', 'three']);
  const [, old, late] = await bob.talk.members();
  assert.deepEqual([old?.id, late?.id, late?.sameAs?.id], [ada.device.id, again.device.id, ada.device.id]);
  assert.deepEqual(await bob.talk.words(), (await receive(again.talk), await again.talk.words()));
  assert.deepEqual(await again.talk.findings(), []);
});

test('the device that saved the file sees who came by it, and loudly when two did', async () => {
  const { channel, ada } = await meeting();
  const text = await sealRecovery(await gather(ada), options);
  const first = await restored(text, channel, 2);
  await receive(ada.talk);
  assert.deepEqual(await ada.talk.findings(), []);
  const joined = (await ada.talk.members()).find(({ id }) => id === first.device.id);
  assert.equal(joined?.label, 'your recovery file');

  const second = await restored(text, channel, 3);
  await receive(ada.talk);
  assert.deepEqual(
    (await ada.talk.findings()).map(({ code }) => code),
    ['invite-shared'],
  );
  await receive(second.talk);
  assert.deepEqual(await second.talk.findings(), [], 'the second one cannot know');
});

test('a relay that has lost what was there when the file was saved is found out', async () => {
  const { channel, ada } = await meeting();
  const text = await sealRecovery(await gather(ada), options);
  const shorter = new MemoryChannel();
  for (const { fields } of (await Array.fromAsync(channel.read({ after: 0 }))).slice(0, 2))
    await shorter.append([fields]);
  const again = await restored(text, shorter, 2);
  await receive(again.talk);
  assert.deepEqual(
    (await again.talk.findings()).map(({ code }) => code),
    ['missing'],
  );
});

test('whoever comes later by an invite of the old device is known by its label', async () => {
  const { channel, ada } = await meeting();
  const invite = await ada.talk.invite('Cai');
  const again = await restored(await sealRecovery(await gather(ada), options), channel, 2);
  const joined = await invitedConversation(invite, { name: 'x', me: 'Cai', ...SITE, device: await device(3) });
  await (await person(joined, channel, 3)).talk.greet();
  await receive(again.talk);
  assert.deepEqual(
    (await again.talk.members()).filter(({ name }) => name === 'Cai').map(({ label }) => label),
    ['Cai'],
  );
});

test('what a profile has stays as it is; a name that is taken gets a number', async () => {
  const { ada, channel } = await meeting();
  const recovery = await gather(ada);
  assert.deepEqual(await takeUp(ada, recovery), { taken: [], had: 1 });
  assert.equal((await knownConversations(ada.store)).length, 1);

  const other = await person(foundConversation({ name: 'family', ...SITE }), channel, 4);
  const { taken, had } = await takeUp(other, {
    ...recovery,
    conversations: [...recovery.conversations, ...recovery.conversations],
  });
  assert.deepEqual([taken.map(({ about }) => about.name), had], [['family 2'], 1]);
  assert.equal(taken[0]?.about.writeKey, 'W'.repeat(16));
});

test('only what is asked for is saved, and the settings come back', async () => {
  const { ada } = await meeting();
  const { store, device: own } = ada;
  const none = await gatherRecovery({ store, device: own, settings: null, which: ({ name }) => name !== 'family' });
  assert.deepEqual(none.conversations, []);
  const again = await openRecovery(await sealRecovery(await gather(ada), options), options);
  assert.deepEqual(again.settings, { theme: 'dark' });
  assert.equal(again.device, own.id);
});

test('a file says nothing but its salt, and as good as nothing by its length', async () => {
  const { ada } = await meeting();
  const recovery = await gather(ada);
  const [text, none] = await Promise.all([
    sealRecovery(recovery, options),
    sealRecovery({ ...recovery, conversations: [] }, options),
  ]);
  assert.match(
    text,
    /^fernspeak recovery file, version 1\nsalt: [\w-]{22}\nsealed: gAAAAAAAAAAA[\w-]+=*\ncheck: [0-9a-f]{16}\n$/,
  );
  assert.equal(text.length, none.length);
  assert.notEqual(text.split('\n')[1], none.split('\n')[1]);
});

test('the passphrase goes through Argon2id with the file’s own salt', async () => {
  const { ada } = await meeting();
  const text = await sealRecovery(await gather(ada), { passphrase: PASSPHRASE });
  assert.equal(
    (await openRecovery(text, { passphrase: `  ${PASSPHRASE.toUpperCase().toLowerCase()} ` })).conversations.length,
    1,
  );
  const salt = /salt: (.*)/.exec(text)?.[1] ?? '';
  const sealed = /sealed: (.*)/.exec(text)?.[1] ?? '';
  const key = await deriveKey({ secret: PASSPHRASE, place: `recovery-file:${salt}` });
  assert.throws(() => new Fernet(key).decrypt(sealed), 'the derived key alone does not open it');
});

const code = async (work: Promise<unknown>): Promise<string | null> => {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return isConversationError(error) ? error.code : error === null ? null : 'another error';
};

test('a wrong passphrase, a cut, altered, foreign or newer file: each says what it is', async () => {
  const { ada } = await meeting();
  const text = await sealRecovery(await gather(ada), options);
  const open = (file: string, passphrase = PASSPHRASE): Promise<string | null> =>
    code(openRecovery(file, { passphrase, derive: quick }));
  assert.equal(await open(text, 'another'), 'wrong-passphrase');
  assert.equal(await open(text, '  '), 'empty-passphrase');
  assert.equal(await code(sealRecovery(await gather(ada), { passphrase: ' ', derive: quick })), 'empty-passphrase');
  for (const length of [40, 60, 100, text.length - 60, text.length - 2]) {
    assert.equal(await open(text.slice(0, length)), 'broken-recovery-file', String(length));
  }
  for (const foreign of ['', 'x', '{"a":1}', '%PDF-1.4', text.slice(10), '\0'.repeat(1000)]) {
    assert.equal(await open(foreign), 'not-a-recovery-file');
  }
  assert.equal(await open(text.replace('version 1', 'version 2')), 'newer-recovery-file');
  assert.equal(await open(text.replace('version 1', 'version one')), 'broken-recovery-file');
  assert.equal(await open(`\uFEFF\r\n${text.replaceAll('\n', ' \r\n\r\n')}`), null, 'as mail programs leave it');
});

test('any one character that is another one is noticed', async () => {
  const { ada } = await meeting();
  const text = (await sealRecovery(await gather(ada), options)).trimEnd();
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom('A', '0', 'z', '=', '\n', 'é'), async (at, other) => {
      fc.pre(text[at] !== other && !/\s/.test(text[at]!));
      const found = await code(openRecovery(text.slice(0, at) + other + text.slice(at + 1), options));
      assert.match(found ?? '', /^(?:not-a|broken|newer)-recovery-file$/);
    }),
    { numRuns: 300 },
  );
});

/** A file around any content, as somebody makes it who has our program and gives the passphrase along. */
async function fileAround(content: string): Promise<string> {
  const salt = 'A'.repeat(22);
  const stretched = Buffer.from(await quick({ secret: PASSPHRASE, place: `recovery-file:${salt}` }), 'base64url');
  const sealed = new Fernet(await hkdf(stretched, 'fernspeak/recovery-file/v1')).encryptAtTime(content, 0);
  const check = hashIn('fernspeak/recovery-file/v1', Buffer.from(salt), Buffer.from(sealed)).subarray(0, 8);
  return `fernspeak recovery file, version 1\nsalt: ${salt}\nsealed: ${sealed}\ncheck: ${Buffer.from(check).toString('hex')}\n`;
}

test('hostile content with the right passphrase is refused whole, without a word of it', async () => {
  const { ada } = await meeting();
  const payload = payloadOf(await gather(ada));
  assert.equal(await code(openRecovery(await fileAround(payload), options)), null);
  const one = (change: (conversation: Record<string, unknown>) => void): string => {
    const good = JSON.parse(payload) as { conversations: Record<string, unknown>[] };
    change(good.conversations[0]!);
    return JSON.stringify(good);
  };
  const link = (JSON.parse(payload) as { conversations: { invite: string }[] }).conversations[0]!.invite;
  const bad = [
    'null',
    '[]',
    '{"secret words',
    payload.replace('"device":"', '"device":"A'),
    payload.replace(/"savedAt":"[^"]*"/, '"savedAt":"once"'),
    payload.replace('"conversations":[', '"conversations":[null,'),
    `{"savedAt":"2026-12-01","device":"${ada.device.id}","conversations":{"length":1}}`,
    one((each) => (each['name'] = 'x'.repeat(1001))),
    one((each) => (each['name'] = { length: 1 })),
    one((each) => (each['me'] = 5)),
    one((each) => (each['verified'] = ['__proto__'])),
    one((each) => (each['verified'] = Array.from({ length: 10_001 }, () => ada.device.id))),
    one((each) => (each['invited'] = [{ label: 'x', secret: '' }])),
    one((each) => (each['invite'] = link.slice(0, -4))),
    one((each) => (each['invite'] = 'javascript:alert(1)')),
    one((each) => delete each['invite']),
  ];
  for (const content of bad) {
    assert.equal(await code(openRecovery(await fileAround(content), options)), 'broken-recovery-file', content);
  }
  const error: unknown = await openRecovery(await fileAround('{"secret words'), options).catch((reason) => reason);
  assert.ok(error instanceof Error && error.cause instanceof Error);
  assert.doesNotMatch(`${error.message} ${error.cause.message}`, /secret words/);
});

test('any JSON at all is refused, and nothing else happens', async () => {
  await fc.assert(
    fc.asyncProperty(fc.json(), async (content) => {
      assert.equal(await code(openRecovery(await fileAround(content), options)), 'broken-recovery-file');
    }),
    { numRuns: 300 },
  );
});
