import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { Channel, Entry, Fields } from '@fernspeak/channel';
import { emptyJoining, fit, isChannelError, join } from '@fernspeak/channel';

/** A fresh, empty channel under test; what is opened here is closed after the test. */
export interface Subject {
  readonly channel: Channel;
  /** The same channel, opened once more, as another process has it. */
  readonly again: () => Channel;
  /** Empties it, so that numbers begin at 1 again. */
  readonly clear: () => Promise<void>;
}

export type OpenSubject = (t: TestContext) => Promise<Subject>;

/** field1 of everything that is there. */
async function texts(channel: Channel): Promise<(string | null | undefined)[]> {
  return (await Array.fromAsync(channel.read({ after: 0 }))).map(({ fields }) => fields[0]);
}

/** The first `count` entries of a follower, which is then stopped. */
async function firstOf(entries: AsyncIterable<Entry>, count: number): Promise<Entry[]> {
  const found: Entry[] = [];
  for await (const entry of entries) if (found.push(entry) === count) break;
  return found;
}

/** Appends in as many steps as the channel needs. */
async function appendAll(channel: Channel, entries: readonly Fields[]): Promise<number[]> {
  const { bulkEntries } = (await channel.info()).limits;
  const ids: number[] = [];
  for (let at = 0; at < entries.length; at += bulkEntries)
    ids.push(...(await channel.append(entries.slice(at, at + bulkEntries))));
  return ids;
}

function token(length: number): string {
  return `gAAAA${'Ab-_9'.repeat(Math.ceil(length / 5))}`.slice(0, length);
}

/** What every carrier has to do. A new carrier runs this; that is how it knows that it is one. */
export function channelBehaviour(name: string, open: OpenSubject): void {
  describe(`${name} is a channel`, () => {
    describe('appending', () => appending(open));
    describe('reading', () => reading(open));
    describe('following', () => following(open));
    describe('refusing', () => refusing(open));
  });
}

function appending(open: OpenSubject): void {
  it('numbers entries 1, 2, 3', async (t) => {
    const { channel } = await open(t);
    assert.deepEqual(await channel.append([['one']]), [1]);
    assert.deepEqual(await channel.append([['two']]), [2]);
    assert.deepEqual(await channel.append([['three']]), [3]);
    assert.equal((await channel.info()).lastEntryId, 3);
  });

  it('stores several entries of one call in their order', async (t) => {
    const { channel } = await open(t);
    assert.deepEqual(await channel.append([['zero']]), [1]);
    const entries = Array.from({ length: 20 }, (_, index) => [`entry ${index}`, null, `third ${index}`]);
    const ids = await appendAll(channel, entries);
    assert.deepEqual(
      ids,
      entries.map((_, index) => index + 2),
    );
    const stored = await Array.fromAsync(channel.read({ after: 1 }));
    assert.deepEqual(
      stored.map(({ fields }) => fields),
      entries,
    );
  });

  it('finds the numbers of equal entries as well', async (t) => {
    const { channel } = await open(t);
    assert.deepEqual(await appendAll(channel, [['same'], ['same'], ['same']]), [1, 2, 3]);
    assert.deepEqual(await appendAll(channel, [['same'], ['same']]), [4, 5]);
  });

  it('shows at once what another one has stored', async (t) => {
    const { channel, again } = await open(t);
    const other = again();
    await channel.append([['from the first']]);
    assert.deepEqual(await texts(other), ['from the first']);
    assert.deepEqual(await other.append([['from the second']]), [2]);
    assert.deepEqual(await texts(channel), ['from the first', 'from the second']);
  });

  it('keeps every entry of many writers, once, with contiguous numbers', async (t) => {
    const { again } = await open(t);
    const writers = Array.from({ length: 12 }, (_, index) => ({ channel: again(), text: `writer ${index}` }));
    const ids = await Promise.all(writers.map(({ channel, text }) => channel.append([[text]])));
    assert.deepEqual(
      ids.flat().sort((a, b) => a - b),
      writers.map((_, index) => index + 1),
    );
    assert.deepEqual(new Set(await texts(again())), new Set(writers.map(({ text }) => text)));
  });

  it('says when each entry was stored, in UTC and whole seconds', async (t) => {
    const { channel } = await open(t);
    const before = Math.floor(Date.now() / 1000) * 1000;
    await channel.append([['now']]);
    const [entry] = await Array.fromAsync(channel.read({ after: 0 }));
    assert.match(entry?.createdAt ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const stored = Date.parse(entry?.createdAt ?? '');
    assert.ok(stored >= before && stored <= Date.now(), `${entry?.createdAt} is between the call and now`);
  });

  it('carries a sealed string of 1 MiB and more, cut and joined', async (t) => {
    const { channel } = await open(t);
    const sealed = token(1_398_196);
    await channel.append([['before']]);
    await appendAll(channel, fit(sealed, (await channel.info()).limits));
    let state = emptyJoining();
    const arrived: string[] = [];
    for await (const entry of channel.read({ after: 1 })) {
      const next = join(state, entry);
      state = next.state;
      for (const { text } of next.arrival?.strings ?? []) arrived.push(text);
    }
    assert.equal(arrived.length, 1);
    assert.ok(arrived[0] === sealed, 'the joined string is the one that was cut');
  });
}

function reading(open: OpenSubject): void {
  it('gives nothing from an empty channel', async (t) => {
    const { channel } = await open(t);
    assert.equal((await channel.info()).lastEntryId, 0);
    await channel.append([['x']]);
    assert.deepEqual(await Array.fromAsync(channel.read({ after: 1 })), []);
    assert.deepEqual(await Array.fromAsync(channel.read({ after: 100 })), []);
    assert.deepEqual(await Array.fromAsync(channel.read({ last: 0 })), []);
  });

  it('gives what follows a number, or the newest', async (t) => {
    const { channel } = await open(t);
    await appendAll(
      channel,
      Array.from({ length: 9 }, (_, index) => [`entry ${index + 1}`]),
    );
    const ids = async (range: { after: number } | { last: number }): Promise<number[]> =>
      (await Array.fromAsync(channel.read(range))).map(({ id }) => id);
    assert.deepEqual(await ids({ after: 0 }), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual(await ids({ after: 6 }), [7, 8, 9]);
    assert.deepEqual(await ids({ last: 2 }), [8, 9]);
    assert.deepEqual(await ids({ last: 100 }), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('gives every value back as it was, absent and empty ones apart', async (t) => {
    const { channel } = await open(t);
    const entries: Fields[] = [
      ['plain', null, '', 'comma, here', 'quote " here', 'line\nend', '\r\n', '  blanks  '],
      ['', "b'gAAAA=='"],
      [null, null, 'third'],
      ['ünïcödé', '🌱👩‍👩‍👧‍👦', '\u{10ffff}', '\ufeffmark', '"', '""', ',', "'"],
      ['created_at,entry_id,field1\n2026-11-24 06:00:00 UTC,9,fake'],
    ];
    await appendAll(channel, entries);
    const stored = await Array.fromAsync(channel.read({ after: 0 }));
    assert.deepEqual(
      stored.map(({ fields }) => fields),
      entries,
    );
  });

  it('gives any text back, but NUL', async (t) => {
    const { channel } = await open(t);
    const value = fc.oneof(
      fc.constant(null),
      fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\0', '')),
    );
    const fields = fc.array(value, { minLength: 1, maxLength: 8 }).filter((values) => values.at(-1) !== null);
    const batch = fc.array(fields, { minLength: 1, maxLength: 5 });
    let last = 0;
    await fc.assert(
      fc.asyncProperty(batch, async (entries) => {
        const after = last;
        last = (await appendAll(channel, entries)).at(-1) ?? last;
        const stored = await Array.fromAsync(channel.read({ after }));
        assert.deepEqual(
          stored.map(({ fields }) => fields),
          entries,
        );
      }),
      { numRuns: process.env['FERNSPEAK_LONG'] === '1' ? 500 : 25 },
    );
  });

  it('takes a field of the longest length', async (t) => {
    const { channel } = await open(t);
    const { fieldBytes } = (await channel.info()).limits;
    await channel.append([[token(fieldBytes)]]);
    const [entry] = await Array.fromAsync(channel.read({ after: 0 }));
    assert.ok(entry?.fields[0] === token(fieldBytes));
  });

  it('stops with the reason of its signal', async (t) => {
    const { channel } = await open(t);
    await channel.append([['x']]);
    const signal = AbortSignal.abort(new Error('enough'));
    await assert.rejects(Array.fromAsync(channel.read({ after: 0 }, { signal })), /enough/);
    await assert.rejects(channel.info({ signal }), /enough/);
    await assert.rejects(channel.append([['y']], { signal }), /enough/);
    assert.deepEqual(await texts(channel), ['x']);
  });
}

function following(open: OpenSubject): void {
  it('gives what is there, then what comes', async (t) => {
    const { channel, again } = await open(t);
    await appendAll(channel, [['one'], ['two']]);
    const other = again();
    const found: string[] = [];
    for await (const { fields } of channel.follow(1)) {
      found.push(fields[0] ?? '');
      if (found.length === 1) await other.append([['three']]);
      if (found.length === 2) await appendAll(other, [['four'], ['five']]);
      if (found.length === 4) break;
    }
    assert.deepEqual(found, ['two', 'three', 'four', 'five']);
  });

  it('gives the first entry of a channel that was empty', async (t) => {
    const { channel, again } = await open(t);
    const found = firstOf(channel.follow(0), 1);
    await again().append([['first']]);
    assert.deepEqual(
      (await found).map(({ id, fields }) => [id, fields]),
      [[1, ['first']]],
    );
  });

  it('loses nothing and gives nothing twice while others write', async (t) => {
    const { channel, again } = await open(t);
    const found = firstOf(channel.follow(0), 30);
    const writers = [again(), again(), again()];
    await Promise.all(
      writers.map(async (writer, index) => {
        for (let count = 0; count < 10; count++) await writer.append([[`${index} ${count}`]]);
      }),
    );
    assert.deepEqual(
      (await found).map(({ id }) => id),
      Array.from({ length: 30 }, (_, index) => index + 1),
    );
  });

  it('ends quietly with its signal', async (t) => {
    const { channel } = await open(t);
    await channel.append([['x']]);
    const controller = new AbortController();
    const found: Entry[] = [];
    for await (const entry of channel.follow(0, { signal: controller.signal })) {
      found.push(entry);
      controller.abort();
    }
    assert.equal(found.length, 1);
    assert.deepEqual(await Array.fromAsync(channel.follow(0, { signal: controller.signal })), []);
  });

  it('says so when the channel was cleared', async (t) => {
    const { channel, again, clear } = await open(t);
    await appendAll(channel, [['one'], ['two'], ['three']]);
    const other = again();
    await assert.rejects(
      async () => {
        for await (const { id } of channel.follow(0)) {
          if (id < 3) continue;
          await clear();
          await other.append([['one of the new ones']]);
        }
      },
      (error) => isChannelError(error, 'damaged') && /entry 3 was already there/.test(error.message),
    );
  });
}

function refusing(open: OpenSubject): void {
  it('refuses what does not fit, and stores nothing of it', async (t) => {
    const { channel } = await open(t);
    const { limits } = await channel.info();
    const tooLong = 'x'.repeat(limits.fieldBytes + 1);
    const refused = (entries: readonly Fields[]): Promise<void> =>
      assert.rejects(
        channel.append(entries),
        (error) => isChannelError(error, 'refused') && error.stored === 'no' && !error.message.includes('xxx'),
      );
    await refused([['good'], [tooLong]].slice(limits.bulkEntries > 1 ? 0 : 1));
    await refused([Array.from({ length: limits.fieldsPerEntry + 1 }, () => 'a')]);
    await refused([['half a pair \ud800']]);
    await refused([['a NUL \0']]);
    await refused([]);
    await channel.append([['after']]);
    assert.deepEqual(await texts(channel), ['after']);
  });
}
