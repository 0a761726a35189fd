import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import {
  JOIN_WINDOW,
  MemoryChannel,
  fit,
  type Channel,
  type Entry,
  type Fields,
  type ReadOptions,
} from '@fernspeak/channel';
import fc from 'fast-check';
import { contentOf, memoryStore, plainSeal, type Conversation, type Store, type Unread } from '../src/index.ts';
import { virtualClock } from './support/clock.ts';
import { KEY, OTHER_KEY, person, text, texts } from './support/people.ts';

const seal = plainSeal(KEY);
const sealed = (message: string): Promise<string> => seal.seal(contentOf(message));

async function write(channel: Channel, ...messages: string[]): Promise<void> {
  for (const message of messages) await channel.append([[await sealed(message)]]);
}

/** Receives as the command does: everything, then the cursor moves. */
async function receive(
  conversation: Conversation,
): Promise<{ shown: (string | null)[]; codes: string[]; unread: Unread }> {
  const unread = conversation.unread();
  const shown = await texts(unread);
  await unread.commit();
  return { shown, codes: unread.findings.map(({ code }) => code), unread };
}

/** A log as the channel gives it out at this moment. */
class GivenChannel extends MemoryChannel {
  given: Entry[] = [];
  /** What it says its last entry is; null: the last that it gives. */
  last: number | null = null;
  reads = 0;
  override async *read(range: { after: number } | { last: number }, options?: ReadOptions): AsyncGenerator<Entry> {
    options?.signal?.throwIfAborted();
    this.reads += 1;
    for (const entry of this.given) if (!('after' in range) || entry.id > range.after) yield entry;
  }
  override async info(): ReturnType<MemoryChannel['info']> {
    return { ...(await super.info()), lastEntryId: this.last ?? this.given.at(-1)?.id ?? 0 };
  }
}

async function entry(id: number, message: string, createdAt = '2026-11-24T05:00:00Z'): Promise<Entry> {
  return { id, createdAt, fields: [await sealed(message)] };
}

test('each message is given out once, oldest first', async () => {
  const channel = new MemoryChannel();
  const bob = person(channel);
  await write(channel, 'one', 'two');
  assert.deepEqual((await receive(bob)).shown, ['one', 'two']);
  await write(channel, 'three');
  assert.deepEqual((await receive(bob)).shown, ['three']);
  const { shown, codes, unread } = await receive(bob);
  assert.deepEqual([shown, codes, unread.received], [[], [], 3]);
});

test('without a commit it is given out again', async () => {
  const channel = new MemoryChannel();
  const bob = person(channel);
  await write(channel, 'one');
  await texts(bob.unread());
  assert.deepEqual((await receive(bob)).shown, ['one']);
});

test('a commit in between counts what was given out by then', async () => {
  const channel = new MemoryChannel();
  const bob = person(channel);
  await write(channel, 'one', 'two', 'three');
  const unread = bob.unread();
  for await (const message of unread) {
    if (text(message) !== 'two') continue;
    await unread.commit();
    break;
  }
  assert.deepEqual((await receive(bob)).shown, ['three']);
});

test('an entry of several messages counts as received with its last', async () => {
  const channel = new MemoryChannel();
  const bob = person(channel);
  await write(channel, 'before');
  await channel.append([[await sealed('21.5'), await sealed('48')]]);
  const unread = bob.unread();
  for await (const message of unread) {
    if (text(message) !== '21.5') continue;
    await unread.commit();
    break;
  }
  assert.deepEqual((await receive(bob)).shown, ['21.5', '48']);
});

test('a mistyped key moves nothing', async () => {
  const channel = new MemoryChannel();
  const store = memoryStore();
  await write(channel, 'one');
  const wrong = await receive(person(channel, { store, key: OTHER_KEY }));
  assert.deepEqual([wrong.shown, wrong.unread.sealed, wrong.unread.opened], [[null], 1, 0]);
  assert.deepEqual((await receive(person(channel, { store }))).shown, ['one']);
});

test('what does not open is passed once something else opened, and so is what was not sealed at all', async () => {
  const channel = new MemoryChannel();
  const bob = person(channel);
  await channel.append([['hello everybody']]);
  assert.deepEqual((await receive(bob)).shown, ['hello everybody']);
  await channel.append([[await plainSeal(OTHER_KEY).seal(contentOf('x'))]]);
  await write(channel, 'two');
  assert.deepEqual((await receive(bob)).shown, [null, 'two']);
  assert.deepEqual((await receive(bob)).shown, []);
});

test('a message whose parts straddle the cursor is given out whole, once', async () => {
  const channel = new MemoryChannel({ limits: { fieldBytes: 255, entryBytes: 510 } });
  const bob = person(channel);
  const { limits } = await channel.info();
  const long = 'long '.repeat(200);
  const parts = fit(await sealed(long), limits);
  await write(channel, 'first');
  for (const part of parts) {
    assert.deepEqual((await receive(bob)).shown, part === parts[0] ? ['first'] : []);
    await channel.append([part]);
  }
  assert.deepEqual((await receive(bob)).shown, [long]);
  assert.deepEqual((await receive(bob)).shown, []);
});

test('open windows too large to save are found again', async () => {
  const channel = new MemoryChannel();
  const bob = person(channel);
  const huge = 'huge '.repeat(400_000);
  const parts = fit(await sealed(huge), { ...(await channel.info()).limits, entryBytes: 65_536 });
  await write(channel, 'first');
  for (const part of parts.slice(0, -1)) await channel.append([part]);
  assert.deepEqual((await receive(bob)).shown, ['first']);
  await channel.append(parts.slice(-1));
  assert.deepEqual((await receive(bob)).shown, [huge]);
});

test('a channel that was cleared is told of, and read anew', async () => {
  const channel = new MemoryChannel();
  const bob = person(channel);
  await write(channel, 'one', 'two', 'three');
  await receive(bob);
  channel.clear();
  await write(channel, 'new');
  const { shown, codes, unread } = await receive(bob);
  assert.deepEqual([shown, codes, unread.received], [['new'], ['rolled-back'], 0]);
  assert.deepEqual((await receive(bob)).codes, []);
});

test('a channel that was cleared and is empty is told of once', async () => {
  const channel = new MemoryChannel();
  const bob = person(channel);
  await write(channel, 'one');
  await receive(bob);
  channel.clear();
  assert.deepEqual((await receive(bob)).codes, ['rolled-back']);
  assert.deepEqual((await receive(bob)).codes, []);
  await write(channel, 'new');
  const { shown, codes } = await receive(bob);
  assert.deepEqual([shown, codes], [['new'], []]);
});

test('another entry in the place of the last one that was read is told of, and the log is read anew', async () => {
  const channel = new MemoryChannel();
  const bob = person(channel);
  await write(channel, 'one', 'two');
  await receive(bob);
  channel.clear();
  await write(channel, 'other', 'another', 'a third');
  const { shown, codes } = await receive(bob);
  assert.deepEqual([shown, codes], [['other', 'another', 'a third'], ['rolled-back']]);
});

test('a log that keeps only newer entries has expired; they are given out', async () => {
  const channel = new GivenChannel();
  const bob = person(channel);
  channel.given = [await entry(1, 'one'), await entry(2, 'two')];
  await receive(bob);
  channel.given = [await entry(4, 'four'), await entry(5, 'five')];
  const { shown, codes, unread } = await receive(bob);
  assert.deepEqual([shown, codes, unread.received], [['four', 'five'], ['expired'], 2]);
  assert.deepEqual((await receive(bob)).codes, []);
});

test('a log that lost the last entry that was read but not older ones was rolled back', async () => {
  const channel = new GivenChannel();
  const bob = person(channel);
  channel.given = [await entry(1, 'one'), await entry(2, 'two')];
  await receive(bob);
  channel.given = [channel.given[0] as Entry, await entry(3, 'three')];
  assert.deepEqual((await receive(bob)).codes, ['rolled-back']);
});

test('another entry in the place of the last one that was read was not there before, though all others expired', async () => {
  const channel = new GivenChannel();
  const bob = person(channel);
  channel.given = [await entry(1, 'one'), await entry(2, 'two')];
  await receive(bob);
  channel.given = [await entry(2, 'another two'), await entry(3, 'three')];
  assert.deepEqual((await receive(bob)).codes, ['rolled-back']);
});

test('nothing is told while all that was read has expired and nothing came since', async () => {
  const channel = new GivenChannel();
  const bob = person(channel);
  channel.given = [await entry(1, 'one'), await entry(2, 'two')];
  await receive(bob);
  [channel.given, channel.last] = [[], 2];
  const { shown, codes } = await receive(bob);
  assert.deepEqual([shown, codes], [[], []]);
  [channel.given, channel.last] = [[await entry(3, 'three')], null];
  assert.deepEqual((await receive(bob)).codes, ['expired']);
});

test('an entry that is missing is waited for, and not passed', async () => {
  const clock = virtualClock(Date.parse('2026-11-24T06:00:30Z'));
  const channel = new GivenChannel();
  const bob = person(channel, { clock });
  const [one, two, three] = [
    await entry(1, 'one'),
    await entry(2, 'two'),
    await entry(3, 'three', '2026-11-24T06:00:00Z'),
  ];
  channel.given = [one, three];
  assert.deepEqual((await receive(bob)).shown, ['one']);
  channel.given = [one, two, three];
  assert.deepEqual((await receive(bob)).shown, ['two', 'three']);
});

test('one that is missing for a minute is passed, and given out when it turns up within a day', async () => {
  const clock = virtualClock(Date.parse('2026-11-24T06:01:00Z'));
  const channel = new GivenChannel();
  const bob = person(channel, { clock });
  const [one, two, three] = [
    await entry(1, 'one'),
    await entry(2, 'two'),
    await entry(3, 'three', '2026-11-24T06:00:00Z'),
  ];
  channel.given = [one, three];
  assert.deepEqual((await receive(bob)).shown, ['one', 'three']);
  assert.deepEqual((await receive(bob)).shown, []);
  channel.given = [one, two, three, await entry(4, 'four')];
  assert.deepEqual((await receive(bob)).shown, ['two', 'four']);
  const { shown, codes } = await receive(bob);
  assert.deepEqual([shown, codes], [[], []]);
});

test('a part that turns up late completes its message', async () => {
  const clock = virtualClock(Date.parse('2026-11-24T06:01:00Z'));
  const channel = new GivenChannel();
  const bob = person(channel, { clock });
  const parts = fit(await sealed('long '.repeat(100)), {
    ...(await channel.info()).limits,
    fieldBytes: 255,
    entryBytes: 510,
  });
  const all = parts.map((fields, at): Entry => ({ id: at + 1, createdAt: '2026-11-24T06:00:00Z', fields }));
  channel.given = [...all.slice(0, 1), ...all.slice(2)];
  assert.deepEqual((await receive(bob)).shown, []);
  channel.given = all;
  assert.deepEqual((await receive(bob)).shown, ['long '.repeat(100)]);
});

test('entries that the channel says it does not give out are a finding, not a hole', async () => {
  const channel = new GivenChannel();
  const gap = { from: 2, to: 900, reason: 'Entries 2 to 900 cannot be reached.' };
  const read = channel.read.bind(channel);
  channel.read = (range, options) => {
    if ('after' in range && range.after <= gap.to) options?.onUnreachable?.(gap);
    return read(range, options);
  };
  const clock = virtualClock(Date.parse('2026-11-24T06:00:00Z'));
  channel.given = [await entry(1, 'one'), await entry(901, 'two', '2026-11-24T05:59:59Z')];
  const { shown, unread } = await receive(person(channel, { clock }));
  assert.deepEqual(shown, ['one', 'two']);
  assert.deepEqual(unread.findings, [{ code: 'unreachable', sentence: gap.reason }]);
});

test('two that receive at once: whoever read further is right', async () => {
  const channel = new MemoryChannel();
  const store = memoryStore();
  const [one, other] = [person(channel, { store }), person(channel, { store })];
  await write(channel, 'one');
  const slow = one.unread();
  await texts(slow);
  await write(channel, 'two');
  await receive(other);
  await slow.commit();
  assert.deepEqual((await receive(one)).shown, []);
});

test('reading begins at the cursor: what is before it is not asked for', async () => {
  const channel = new MemoryChannel();
  const bob = person(channel);
  await write(channel, ...Array.from({ length: 50 }, (_, at) => `${at}`));
  await receive(bob);
  const asked: unknown[] = [];
  const read = channel.read.bind(channel);
  channel.read = (range, options) => {
    asked.push(range);
    return read(range, options);
  };
  await write(channel, 'new');
  assert.deepEqual((await receive(bob)).shown, ['new']);
  assert.deepEqual(asked, [{ after: 49 }]);
});

test('however a log is written and read in pieces, each message is given out once, whole, in order', async () => {
  const step = fc.oneof(
    fc.record({ write: fc.constantFrom('short', 'long') }),
    fc.record({ read: fc.nat(5), forget: fc.boolean() }),
  );
  const property = fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
    const channel = new MemoryChannel({ limits: { fieldBytes: 255, entryBytes: 255 } });
    const { limits } = await channel.info();
    const store = memoryStore();
    const wanted: string[] = [];
    const shown: (string | null)[] = [];
    const waiting: Fields[] = [];
    for (const [number, step] of steps.entries()) {
      if ('write' in step) {
        const message = `${number}`.padEnd(step.write === 'long' ? 400 : 1, '.');
        wanted.push(message);
        waiting.push(...fit(await sealed(message), limits));
        // parts arrive one by one between the readings
        const arrived = waiting.splice(0, 2);
        if (arrived.length > 0) await channel.append(arrived);
        continue;
      }
      shown.push(...(await readSome(channel, { store, limit: step.read, forget: step.forget })));
    }
    if (waiting.length > 0) await channel.append(waiting);
    shown.push(...(await receive(person(channel, { store }))).shown);
    assert.deepEqual(shown, wanted);
  });
  await fc.assert(property, { numRuns: 200 });
});

async function readSome(
  channel: Channel,
  { store, limit, forget }: { store: Store; limit: number; forget: boolean },
): Promise<(string | null)[]> {
  // a reader without saved windows finds them again
  const saved = await store.checkpoint(channel.address);
  if (saved && forget) await store.saveCheckpoint(channel.address, { ...saved, joining: null });
  const unread = person(channel, { store }).unread();
  const shown: (string | null)[] = [];
  for await (const message of unread) {
    shown.push(text(message));
    if (shown.length >= limit) break;
  }
  await unread.commit();
  return shown;
}

test('a reader without saved windows begins a window earlier and shows nothing twice', async () => {
  const channel = new MemoryChannel();
  const store = memoryStore();
  await write(channel, ...Array.from({ length: JOIN_WINDOW + 10 }, () => 'x'));
  await receive(person(channel, { store }));
  const saved = await store.checkpoint(channel.address);
  assert.ok(saved && (await store.saveCheckpoint(channel.address, { ...saved, joining: null })));
  await write(channel, 'new');
  assert.deepEqual((await receive(person(channel, { store }))).shown, ['new']);
});
