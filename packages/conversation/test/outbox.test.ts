import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ChannelError, MemoryChannel, isChannelError, type Limits } from '@fernspeak/channel';
import { readPart } from '@fernspeak/channel/format';
import {
  Conversation,
  contentOf,
  isConversationError,
  memoryStore,
  plainSeal,
  type Content,
  type Progress,
  type Sent,
  type Store,
} from '../src/index.ts';
import { virtualClock } from './support/clock.ts';
import { KEY, all, person, texts } from './support/people.ts';
import { TroubledChannel, type Trouble } from './support/troubled.ts';

/** ThingSpeak's, but for bulk. */
const NARROW: Partial<Limits> = { fieldBytes: 255, entryBytes: 2040, bulkEntries: 1, minIntervalMs: 15_000 };
const LONG = 'long '.repeat(1000);
const rateLimited = (): ChannelError => new ChannelError('rate-limited', 'Too soon.');
const unreachable = (): ChannelError => new ChannelError('unreachable', 'Nobody there.');
const unauthorized = (): ChannelError => new ChannelError('unauthorized', 'Another key.');

function setting(troubles: readonly Trouble[] = [], limits: Partial<Limits> = {}) {
  const clock = virtualClock();
  const channel = new TroubledChannel(new MemoryChannel({ limits }), troubles);
  const store = memoryStore();
  const ada = person(channel, { store, clock });
  const everything = (): Promise<(string | null)[]> => texts(ada.history({ after: 0 }));
  return { clock, channel, store, ada, everything };
}

function assertStored(sent: Sent): asserts sent is Sent & { status: 'stored' } {
  assert.equal(sent.status, 'stored');
}

async function left(store: Store, channel: TroubledChannel): Promise<number> {
  return (await store.items(channel.address)).length;
}

test('a message is stored, and nothing is left in the outbox', async () => {
  const { ada, channel, store, everything } = setting();
  const sent = await ada.send(contentOf('Six?'));
  assertStored(sent);
  assert.deepEqual([sent.entryId, sent.entries, sent.earlier], [1, [1], []]);
  const [entry] = await all(channel.read({ after: 0 }));
  assert.deepEqual(entry?.fields, [sent.sealed]);
  assert.deepEqual(await everything(), ['Six?']);
  assert.equal(await left(store, channel), 0);
});

test('after an unclear answer it finds its own string and does not send it again', async () => {
  const { ada, channel, everything } = setting(['stored']);
  assertStored(await ada.send(contentOf('Six?')));
  assert.deepEqual(await everything(), ['Six?']);
  assert.equal(channel.appends.length, 1);
});

test('after an unclear answer it sends the same string again when it is not there', async () => {
  const { ada, channel, everything } = setting(['lost', 'lost']);
  assertStored(await ada.send(contentOf('Six?')));
  assert.deepEqual(await everything(), ['Six?']);
  assert.equal(new Set(channel.appends.map((entries) => JSON.stringify(entries))).size, 1);
  assert.equal(channel.appends.length, 3);
});

test('it looks for it from the entry on that was the last before, not from the beginning', async () => {
  const { ada, channel } = setting(['ok', 'ok', 'ok', 'stored']);
  for (const text of ['1', '2', '3', '4']) assertStored(await ada.send(contentOf(text)));
  assert.deepEqual(channel.readsAfter, [3]);
});

test('a rate limit is waited for, as long as the channel says', async () => {
  const troubles = [new ChannelError('rate-limited', 'Too soon.', { retryAfterMs: 12_345 })];
  const { ada, clock, everything } = setting(troubles);
  const progress: Progress[] = [];
  assertStored(await ada.send(contentOf('Six?'), { onProgress: (each) => progress.push(each) }));
  assert.ok(clock.waits.includes(12_345));
  assert.deepEqual(
    progress.map(({ kind }) => kind),
    ['accepted', 'waiting'],
  );
  assert.deepEqual(await everything(), ['Six?']);
});

test('what does not go out in time is kept, and goes out first with the next command', async () => {
  const { ada, channel, store, clock, everything } = setting(Array.from({ length: 99 }, unreachable));
  const start = clock.now();
  const first = await ada.send(contentOf('one'));
  assert.equal(first.status, 'kept');
  assert.ok(first.status === 'kept' && isChannelError(first.reason, 'unreachable'));
  assert.ok(clock.now() - start <= 30_000);
  assert.ok(clock.now() - start > 20_000);
  channel.troubles.length = 0;
  const second = await ada.send(contentOf('two'));
  assertStored(second);
  assert.deepEqual(await everything(), ['one', 'two']);
  assert.deepEqual(
    second.earlier.map(({ status, sealed }) => [status, sealed]),
    [['stored', first.sealed]],
  );
  assert.equal(await left(store, channel), 0);
});

test('flush sends what is kept, and tells what it still has to keep', async () => {
  const { ada, channel, everything } = setting([unreachable(), unreachable()]);
  const { sealed } = await ada.send(contentOf('one'), { timeoutMs: 1 });
  const [kept] = await ada.flush({ timeoutMs: 1 });
  assert.deepEqual([kept?.status, kept?.sealed], ['kept', sealed]);
  const [stored] = await ada.flush();
  assert.deepEqual([stored?.status, stored?.sealed], ['stored', sealed]);
  assert.deepEqual(await ada.flush(), []);
  assert.deepEqual(await everything(), ['one']);
  assert.equal(channel.appends.length, 3);
});

test('what the channel refuses for good is an error, and is not kept', async () => {
  const { ada, channel, store } = setting([new ChannelError('refused', 'Not here.', { hint: 'Elsewhere.' })]);
  await assert.rejects(
    ada.send(contentOf('Six?')),
    (error) => isConversationError(error, 'refused') && error.message === 'Not here.' && error.hint === 'Elsewhere.',
  );
  assert.equal(await left(store, channel), 0);
});

test('what cannot fit is refused before anything goes out', async () => {
  const { ada, channel, store } = setting([], NARROW);
  await assert.rejects(ada.send({ bytes: new Uint8Array(300_000) }), (error) => isConversationError(error, 'refused'));
  assert.equal(channel.appends.length, 0);
  assert.equal(await left(store, channel), 0);
});

test('a message that was refused does not stand before the others', async () => {
  const { ada, channel, everything } = setting([unreachable()]);
  const first = await ada.send(contentOf('one'), { timeoutMs: 1 });
  channel.troubles.push(new ChannelError('refused', 'Not here.'));
  const second = await ada.send(contentOf('two'));
  assertStored(second);
  assert.deepEqual(
    second.earlier.map(({ status, sealed }) => [status, sealed]),
    [['refused', first.sealed]],
  );
  assert.deepEqual(await everything(), ['two']);
});

test('a wrong write key is an error at once, and the message is not kept', async () => {
  const { ada, channel, store, clock } = setting([unauthorized()]);
  const start = clock.now();
  await assert.rejects(ada.send(contentOf('Six?')), (error) => isChannelError(error, 'unauthorized'));
  assert.equal(clock.now(), start);
  assert.equal(await left(store, channel), 0);
});

test('a wrong write key does not cost what earlier runs kept', async () => {
  const { ada, channel, everything } = setting([unreachable()]);
  const first = await ada.send(contentOf('one'), { timeoutMs: 1 });
  channel.troubles.push(unauthorized(), unauthorized());
  await assert.rejects(ada.send(contentOf('two')), (error) => isChannelError(error, 'unauthorized'));
  const [kept, ...others] = await ada.flush();
  assert.deepEqual([kept?.status, kept?.sealed, others], ['kept', first.sealed, []]);
  assertStored(await ada.send(contentOf('three')));
  assert.deepEqual(await everything(), ['one', 'three']);
});

test('a wrong write key after an unclear answer keeps the message: it may be there', async () => {
  const { ada, everything } = setting(['lost', unauthorized()]);
  const sent = await ada.send(contentOf('Six?'));
  assert.equal(sent.status, 'kept');
  assert.deepEqual(
    (await ada.flush()).map(({ status }) => status),
    ['stored'],
  );
  assert.deepEqual(await everything(), ['Six?']);
});

test('an abort ends it at once; what was accepted is kept', async () => {
  const { ada, channel, everything } = setting(Array.from({ length: 99 }, unreachable));
  const interrupt = new AbortController();
  const progress: string[] = [];
  const onProgress = ({ kind }: Progress): void => {
    progress.push(kind);
    if (kind === 'waiting') interrupt.abort(new Error('Ctrl-C'));
  };
  await assert.rejects(ada.send(contentOf('Six?'), { signal: interrupt.signal, onProgress }), /Ctrl-C/);
  assert.deepEqual(progress, ['accepted', 'waiting']);
  channel.troubles.length = 0;
  assert.deepEqual(
    (await ada.flush()).map(({ status }) => status),
    ['stored'],
  );
  assert.deepEqual(await everything(), ['Six?']);
});

test('an abort before it was accepted keeps nothing', async () => {
  const { channel, store } = setting([]);
  const interrupt = new AbortController();
  const { seal, ...rest } = plainSeal(KEY);
  const slow = {
    ...rest,
    seal: (content: Content) => {
      interrupt.abort(new Error('Ctrl-C'));
      return seal(content);
    },
  };
  const ada = new Conversation({ channel, seal: slow, store });
  const onProgress = (): void => assert.fail('it was accepted');
  await assert.rejects(ada.send(contentOf('Six?'), { signal: interrupt.signal, onProgress }), /Ctrl-C/);
  assert.deepEqual(await store.items(channel.address), []);
});

test('a long message goes out in parts, as slowly as the channel asks, longer than the time-out', async () => {
  const { ada, clock, everything } = setting([], NARROW);
  const start = clock.now();
  const progress: Progress[] = [];
  const sent = await ada.send(contentOf(LONG), { onProgress: (each) => progress.push(each) });
  assertStored(sent);
  assert.deepEqual(await everything(), [LONG]);
  assert.deepEqual(sent.entries, [1, 2, 3, 4]);
  assert.equal(clock.now() - start, 45_000);
  assert.deepEqual(progress.at(-1), { kind: 'partial', stored: 4, total: 4 });
});

test('parts that are there already are not sent again', async () => {
  const { ada, channel, everything } = setting(['ok', 'stored', 'lost'], NARROW);
  assertStored(await ada.send(contentOf(LONG)));
  assert.deepEqual(await everything(), [LONG]);
  assert.equal((await all(channel.read({ after: 0 }))).length, 4);
});

test('the rest of a bulk request that was stored in half is sent', async () => {
  const { ada, channel, everything } = setting(['half'], { ...NARROW, bulkEntries: 960 });
  assertStored(await ada.send(contentOf(LONG)));
  assert.deepEqual(
    channel.appends.map((entries) => entries.length),
    [4, 3],
  );
  assert.deepEqual(await everything(), [LONG]);
});

test('a message whose parts somebody spoils is sent again with a fresh id', async () => {
  const { ada, channel, everything } = setting([], NARROW);
  channel.onAppended = async () => {
    channel.onAppended = async () => {};
    const [first] = channel.appends[0] ?? [];
    const { id, count } = readPart(first ?? []) ?? { id: '', count: 0 };
    await channel.inner.append([[`~${id}.2.${count}~junk`]]);
  };
  const sent = await ada.send(contentOf(LONG), { timeoutMs: 120_000 });
  assertStored(sent);
  const shown = await everything();
  assert.equal(shown.filter((text) => text === LONG).length, 1);
  assert.deepEqual(sent.entries, [6, 7, 8, 9]);
});

test('a message that somebody keeps spoiling is given up, and stands in nobody’s way', async () => {
  const { ada, channel, store } = setting([], { ...NARROW, minIntervalMs: 0 });
  channel.onAppended = async () => {
    const part = readPart(channel.appends.at(-1)?.[0] ?? []);
    if (part?.index === 1) await channel.inner.append([[`~${part.id}.2.${part.count}~junk`]]);
  };
  await assert.rejects(ada.send(contentOf(LONG)), (error) => isConversationError(error, 'refused'));
  assert.equal(await left(store, channel), 0);
  assertStored(await ada.send(contentOf('short')));
});

test('a channel that was cleared since is looked through from its beginning', async () => {
  const clock = virtualClock();
  const inner = new MemoryChannel();
  const channel = new TroubledChannel(inner, ['ok', 'ok', 'ok', 'stored']);
  const ada = person(channel, { clock });
  for (const text of ['1', '2', '3']) assertStored(await ada.send(contentOf(text)));
  channel.onAppended = async () => {
    const entries = await all(inner.read({ last: 1 }));
    inner.clear();
    await inner.append(entries.map(({ fields }) => fields));
  };
  const sent = await ada.send(contentOf('4'));
  assertStored(sent);
  assert.equal(sent.entryId, 1);
  assert.deepEqual(await texts(ada.history({ after: 0 })), ['4']);
});

test('twelve at once on one store are each stored once, in the order in which they were accepted', async () => {
  const { channel, store, clock } = setting(['lost', 'stored', rateLimited(), 'stored', 'lost', rateLimited()]);
  const wishes = Array.from({ length: 12 }, (_, index) => `message ${index}`);
  const sent = await Promise.all(wishes.map((wish) => person(channel, { store, clock }).send(contentOf(wish))));
  for (const each of sent) assertStored(each);
  assert.deepEqual(await texts(person(channel).history({ after: 0 })), wishes);
  assert.deepEqual(
    sent.map((each) => each.status === 'stored' && each.entryId),
    wishes.map((_, index) => index + 1),
  );
  // nobody is told of others' messages, since those tell of them themselves
  assert.deepEqual(
    sent.flatMap(({ earlier }) => earlier),
    [],
  );
  assert.equal(await left(store, channel), 0);
});

test('what another process settled is told by the next run when its own is gone', async () => {
  const { ada, channel, store, clock } = setting();
  const id = await store.accept(channel.address, { sealed: 'gAAAAA', attendedUntil: clock.now() + 1000 });
  const sent = await ada.send(contentOf('mine'));
  assert.deepEqual(sent.earlier, []);
  await clock.wait(2000, new AbortController().signal);
  const [delivery, ...others] = await ada.flush();
  assert.deepEqual([delivery?.status, delivery?.sealed, others], ['stored', 'gAAAAA', []]);
  // its own run may only have slept, and can still see what became of it
  assert.equal((await store.item(id))?.outcome?.status, 'stored');
  assert.deepEqual(await ada.flush(), []);
});

test('messages of different channels do not wait for each other', async () => {
  const store = memoryStore();
  const blocked = new TroubledChannel(new MemoryChannel(), Array.from({ length: 9 }, unreachable));
  await person(blocked, { store }).send(contentOf('one'), { timeoutMs: 1 });
  assertStored(await person(new MemoryChannel(), { store }).send(contentOf('two')));
});
