import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { tokenShape } from './support/token-shape.ts';
import { makeKey, type FreshKey } from '../src/keys.ts';
import { PAGE_BYTES } from '../src/limits.ts';
import type {
  Append,
  Appended,
  Channel,
  ChannelSettings,
  Entry,
  NewEntry,
  Selection,
  Store,
} from '../src/store/store.ts';

/** A way to open a store on the same place twice. */
export interface StoreUnderTest {
  open(): Promise<Store>;
}

const SETTINGS: ChannelSettings = {
  name: 'Ada',
  description: null,
  latitude: null,
  longitude: null,
  elevation: null,
  labels: ['one', null, null, null, null, null, null, null],
  isPublic: true,
  url: null,
  githubUrl: null,
  metadata: null,
  tags: null,
};

/** Values with these fields; the rest absent. */
function values(...fields: (string | null)[]): (string | null)[] {
  return [...fields, ...Array.from({ length: 12 - fields.length }, () => null)];
}

async function made(
  store: Store,
  { sealed = false, keepDays = null }: Partial<Pick<Channel, 'sealed' | 'keepDays'>> = {},
): Promise<{ channel: Channel; key: FreshKey; readKey: FreshKey }> {
  const [key, readKey] = [makeKey(true), makeKey(false)];
  const channel = await store.createChannel({
    settings: SETTINGS,
    sealed,
    keepDays,
    keys: [key, readKey],
    now: 1000,
    most: 1000,
  });
  assert.ok(channel !== null);
  return { channel, key, readKey };
}

function appendOf(key: FreshKey, entries: readonly NewEntry[], more: Partial<Append> = {}): Append {
  return { keyHash: key.hash, channel: null, entries, nowMs: 1_000_000, minIntervalMs: 0, ...more };
}

function text(createdAt: number, ...fields: (string | null)[]): NewEntry {
  return { createdAt, values: values(...fields) };
}

async function read(store: Store, channel: number, selection: Selection): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const page of store.entries(channel, selection)) entries.push(...page);
  return entries;
}

async function numbers(store: Store, channel: number, selection: Selection): Promise<number[]> {
  return (await read(store, channel, selection)).map(({ entry }) => entry);
}

const ALL: Selection = { by: 'after', after: 0, limit: 8000 };

/** A store with one channel that has entries. */
interface Filled {
  readonly store: Store;
  readonly id: number;
  readonly key: FreshKey;
}

/** What every store must do. `makeStore` gives a new empty place for each test. */
export function behavesAsStore(name: string, makeStore: (t: TestContext) => StoreUnderTest): void {
  const opened = async (t: TestContext): Promise<Store> => {
    const store = await makeStore(t).open();
    t.after(() => store.close());
    return store;
  };

  describe(`${name}: writing`, () => {
    test('entries are numbered from 1 without holes', async (t) => {
      const store = await opened(t);
      const { channel, key } = await made(store);
      const first = await store.append(appendOf(key, [text(5, 'a'), text(6, 'b')]));
      const second = await store.append(appendOf(key, [text(7, 'c')]));
      assert.deepEqual(first, { refused: null, channel: channel.id, first: 1 });
      assert.deepEqual(second, { refused: null, channel: channel.id, first: 3 });
      assert.deepEqual(await numbers(store, channel.id, ALL), [1, 2, 3]);
    });

    test('what was written comes back as it was', async (t) => {
      const store = await opened(t);
      const { channel, key } = await made(store);
      const written = [
        '',
        'ü €  \u{1F600} "\'\n',
        null,
        'x'.repeat(65_536),
        null,
        null,
        null,
        'e',
        '1.5',
        '-2',
        '3',
        'fine',
      ];
      await store.append(appendOf(key, [{ createdAt: -5, values: written }]));
      assert.deepEqual(await store.entry(channel.id, 1), { entry: 1, createdAt: -5, values: written });
    });

    test('writes of one moment get numbers of their own', async (t) => {
      const store = await opened(t);
      const { channel, key } = await made(store);
      const all = Array.from({ length: 200 }, (_, index) => store.append(appendOf(key, [text(1, String(index))])));
      const firsts = (await Promise.all(all)).map((appended) => (appended.refused === null ? appended.first : 0));
      assert.deepEqual(
        firsts.sort((a, b) => a - b),
        Array.from({ length: 200 }, (_, index) => index + 1),
      );
      assert.equal((await read(store, channel.id, ALL)).length, 200);
    });

    test('a read that follows an answer sees the entry', async (t) => {
      const store = await opened(t);
      const { channel, key } = await made(store);
      for (let number = 1; number <= 20; number++) {
        await store.append(appendOf(key, [text(1, 'a')]));
        assert.equal((await store.channel(channel.id))?.lastEntry, number);
      }
    });

    test('channels do not share numbers', async (t) => {
      const store = await opened(t);
      const one = await made(store);
      const two = await made(store);
      await store.append(appendOf(one.key, [text(1, 'a'), text(1, 'b')]));
      assert.deepEqual(await store.append(appendOf(two.key, [text(1, 'c')])), {
        refused: null,
        channel: two.channel.id,
        first: 1,
      });
      assert.deepEqual(await numbers(store, two.channel.id, ALL), [1]);
    });

    test('an unknown key, a read key and the key of another channel store nothing', async (t) => {
      const store = await opened(t);
      const { channel, key, readKey } = await made(store);
      const other = await made(store);
      const attempts = [
        appendOf(makeKey(true), [text(1, 'a')]),
        appendOf(readKey, [text(1, 'a')]),
        appendOf(key, [text(1, 'a')], { channel: other.channel.id }),
      ];
      for (const attempt of attempts) assert.deepEqual(await store.append(attempt), { refused: 'key' });
      assert.equal((await store.channel(channel.id))?.lastEntry, 0);
    });

    test('two appends within the interval: the second is refused and says how long to wait', async (t) => {
      const store = await opened(t);
      const { key } = await made(store);
      const at = (nowMs: number): Promise<Appended> =>
        store.append(appendOf(key, [text(1, 'a')], { nowMs, minIntervalMs: 15_000 }));
      assert.equal((await at(1_000_000)).refused, null);
      assert.deepEqual(await at(1_014_999), { refused: 'too-soon', retryAfterMs: 1 });
      assert.equal((await at(1_015_000)).refused, null);
    });

    test('the interval holds between two appends of one moment', async (t) => {
      const store = await opened(t);
      const { key } = await made(store);
      const both = [1, 2].map(() => store.append(appendOf(key, [text(1, 'a')], { minIntervalMs: 15_000 })));
      assert.deepEqual(
        (await Promise.all(both)).map(({ refused }) => refused),
        [null, 'too-soon'],
      );
    });

    test('a clock that was set back does not close the channel', async (t) => {
      const store = await opened(t);
      const { key } = await made(store);
      await store.append(appendOf(key, [text(1, 'a')], { nowMs: 9_000_000 }));
      const later = await store.append(appendOf(key, [text(1, 'a')], { nowMs: 1_000_000, minIntervalMs: 15_000 }));
      assert.equal(later.refused, null);
    });

    test('a sealed channel refuses an append that holds one readable entry, all of it', async (t) => {
      const store = await opened(t);
      const { channel, key } = await made(store, { sealed: true });
      const sealed = tokenShape();
      assert.equal((await store.append(appendOf(key, [text(1, sealed)]))).refused, null);
      assert.deepEqual(await store.append(appendOf(key, [text(1, sealed), text(1, 'hello')])), {
        refused: 'not-sealed',
      });
      assert.equal((await store.channel(channel.id))?.lastEntry, 1);
    });
  });

  describe(`${name}: reading`, () => {
    const filled = async (t: TestContext, times: readonly number[]): Promise<Filled> => {
      const store = await opened(t);
      const { channel, key } = await made(store);
      await store.append(
        appendOf(
          key,
          times.map((time) => text(time, `at ${time}`)),
        ),
      );
      return { store, id: channel.id, key };
    };

    test('the newest by time come oldest first', async (t) => {
      const { store, id } = await filled(t, [10, 20, 30, 40]);
      assert.deepEqual(await numbers(store, id, { by: 'time', from: null, to: null, limit: 2 }), [3, 4]);
    });

    test('entries are ordered by their time, of one second by number', async (t) => {
      const { store, id } = await filled(t, [30, 10, 20, 10]);
      assert.deepEqual(await numbers(store, id, { by: 'time', from: null, to: null, limit: 8000 }), [2, 4, 3, 1]);
    });

    test('bounds of time are inclusive, and of more the newest win', async (t) => {
      const { store, id } = await filled(t, [10, 20, 30, 40, 50]);
      assert.deepEqual(await numbers(store, id, { by: 'time', from: 20, to: 40, limit: 8000 }), [2, 3, 4]);
      assert.deepEqual(await numbers(store, id, { by: 'time', from: 20, to: 40, limit: 2 }), [3, 4]);
    });

    test('bounds of numbers are inclusive, and of more the newest win', async (t) => {
      const { store, id } = await filled(t, [50, 40, 30, 20, 10]);
      assert.deepEqual(await numbers(store, id, { by: 'entry', from: 2, to: 4, limit: 8000 }), [2, 3, 4]);
      assert.deepEqual(await numbers(store, id, { by: 'entry', from: 2, to: 4, limit: 2 }), [3, 4]);
    });

    test('after a number come the oldest', async (t) => {
      const { store, id } = await filled(t, [50, 40, 30, 20, 10]);
      assert.deepEqual(await numbers(store, id, { by: 'after', after: 2, limit: 2 }), [3, 4]);
      assert.deepEqual(await numbers(store, id, { by: 'after', after: 5, limit: 2 }), []);
    });

    test('a limit of 0 gives nothing', async (t) => {
      const { store, id } = await filled(t, [1, 2]);
      assert.deepEqual(await numbers(store, id, { by: 'time', from: null, to: null, limit: 0 }), []);
      assert.deepEqual(await numbers(store, id, { by: 'after', after: 0, limit: 0 }), []);
    });

    test('thousands of entries come whole, each once, over several pages', async (t) => {
      const times = Array.from({ length: 3000 }, (_, index) => Math.floor(index / 700));
      const { store, id } = await filled(t, times);
      const expected = Array.from({ length: 2500 }, (_, index) => index + 501);
      assert.deepEqual(await numbers(store, id, { by: 'time', from: null, to: null, limit: 2500 }), expected);
      assert.deepEqual(await numbers(store, id, { by: 'entry', from: 1, to: 3000, limit: 2500 }), expected);
    });

    test('a page of large entries ends early', async (t) => {
      const store = await opened(t);
      const { channel, key } = await made(store);
      const large = text(1, 'x'.repeat(PAGE_BYTES / 4));
      await store.append(
        appendOf(
          key,
          Array.from({ length: 10 }, () => large),
        ),
      );
      const sizes: number[] = [];
      for await (const page of store.entries(channel.id, ALL)) sizes.push(page.length);
      assert.deepEqual(sizes, [4, 4, 2]);
    });

    test('what is written while a feed is read does not come into it', async (t) => {
      const store = await opened(t);
      const { channel, key } = await made(store);
      await store.append(
        appendOf(
          key,
          Array.from({ length: 1200 }, () => text(1, 'a')),
        ),
      );
      const seen: number[] = [];
      for await (const page of store.entries(channel.id, { by: 'time', from: null, to: null, limit: 8000 })) {
        seen.push(...page.map(({ entry }) => entry));
        await store.append(appendOf(key, [text(0, 'late'), text(1, 'late'), text(2, 'late')]));
      }
      assert.deepEqual(
        seen,
        Array.from({ length: 1200 }, (_, index) => index + 1),
      );
    });

    test('no more entries come than were asked for, whatever is written into their time meanwhile', async (t) => {
      const { store, id, key } = await filled(
        t,
        Array.from({ length: 1200 }, (_, index) => index),
      );
      let seen = 0;
      for await (const page of store.entries(id, { by: 'time', from: null, to: null, limit: 1100 })) {
        seen += page.length;
        await store.append(appendOf(key, [text(1198, 'late')]));
      }
      assert.equal(seen, 1100);
    });

    test('the last entry with a field is found behind thousands without it', async (t) => {
      const store = await opened(t);
      const { channel, key } = await made(store);
      await store.append(appendOf(key, [text(1, 'a', 'needle'), ...Array.from({ length: 2000 }, () => text(2, 'b'))]));
      assert.equal((await store.lastWithField(channel.id, 2))?.entry, 1);
      assert.equal((await store.lastWithField(channel.id, 1))?.entry, 2001);
      assert.equal(await store.lastWithField(channel.id, 3), null);
    });

    test('an unknown channel has nothing', async (t) => {
      const store = await opened(t);
      assert.equal(await store.channel(7), null);
      assert.equal(await store.entry(7, 1), null);
      assert.equal(await store.lastWithField(7, 1), null);
      assert.deepEqual(await numbers(store, 7, ALL), []);
    });
  });

  describe(`${name}: channels`, () => {
    test('a channel has what it was made with', async (t) => {
      const store = await opened(t);
      const { channel, key, readKey } = await made(store);
      const keys = [key, readKey].map(({ hash, tail, write }) => ({ hash, tail, write }));
      const fieldsOn = [true, false, false, false, false, false, false, false];
      const state = {
        fieldsOn,
        sealed: false,
        keepDays: null,
        createdAt: 1000,
        updatedAt: 1000,
        lastEntry: 0,
        clearings: 0,
        keys,
      };
      assert.deepEqual(channel, { ...SETTINGS, id: 1, ...state });
      assert.deepEqual(await store.channel(1), channel);
      assert.deepEqual(await store.channels(), [channel]);
    });

    test('changed settings stay, and move the time of change only', async (t) => {
      const store = await opened(t);
      const { channel } = await made(store);
      const changed = await store.changeChannel(channel.id, { ...SETTINGS, name: 'Bob', isPublic: false }, 2000);
      assert.deepEqual(changed, { ...channel, name: 'Bob', isPublic: false, updatedAt: 2000 });
      assert.deepEqual(await store.channel(channel.id), changed);
    });

    test('an added key writes to its channel and to no other', async (t) => {
      const store = await opened(t);
      const [{ channel }, other] = [await made(store), await made(store)];
      const key = makeKey(true);
      assert.equal(await store.addChannelKey(channel.id, key), true);
      assert.equal(await store.addChannelKey(channel.id, key), true);
      assert.equal(await store.addChannelKey(other.channel.id, key), false);
      assert.equal(await store.addChannelKey(77, makeKey(true)), false);
      assert.equal((await store.channel(channel.id))?.keys.length, 3);
      const appended = await store.append(appendOf(key, [text(1, 'a')]));
      assert.deepEqual(appended, { refused: null, channel: channel.id, first: 1 });
    });

    test('a channel has at most 16 keys', async (t) => {
      const store = await opened(t);
      const { channel } = await made(store);
      const added = [];
      for (let count = 0; count < 16; count++) added.push(await store.addChannelKey(channel.id, makeKey(true)));
      assert.deepEqual(added, [...Array<boolean>(14).fill(true), false, false]);
    });

    test('a cleared channel is empty, counts its clearings and numbers from 1', async (t) => {
      const store = await opened(t);
      const { channel, key } = await made(store);
      await store.append(appendOf(key, [text(1, 'a'), text(1, 'b')]));
      const cleared = await store.clearChannel(channel.id);
      assert.equal(cleared?.lastEntry, 0);
      assert.equal(cleared.clearings, 1);
      assert.equal(await store.lastWithField(channel.id, 1), null);
      assert.deepEqual(await store.append(appendOf(key, [text(1, 'c')])), {
        refused: null,
        channel: channel.id,
        first: 1,
      });
      assert.deepEqual(
        (await read(store, channel.id, ALL)).map((entry) => entry.values[0]),
        ['c'],
      );
    });

    test('clearing one channel leaves the next one alone', async (t) => {
      const store = await opened(t);
      const one = await made(store);
      const two = await made(store);
      await store.append(appendOf(one.key, [text(1, 'a')]));
      await store.append(appendOf(two.key, [text(1, 'b')]));
      await store.clearChannel(one.channel.id);
      assert.deepEqual(await numbers(store, two.channel.id, ALL), [1]);
    });

    test('appends and a clearing of one moment keep their order', async (t) => {
      const store = await opened(t);
      const { channel, key } = await made(store);
      const before = store.append(appendOf(key, [text(1, 'a')]));
      const clearing = store.clearChannel(channel.id);
      const after = store.append(appendOf(key, [text(1, 'b')]));
      await Promise.all([before, clearing, after]);
      assert.deepEqual(
        (await read(store, channel.id, ALL)).map(({ entry, values }) => [entry, values[0]]),
        [[1, 'b']],
      );
    });

    test('a deleted channel is gone with its entries and keys, and its number is never given again', async (t) => {
      const store = await opened(t);
      const { channel, key } = await made(store);
      await store.append(appendOf(key, [text(1, 'a')]));
      assert.equal((await store.deleteChannel(channel.id))?.lastEntry, 1);
      assert.equal(await store.channel(channel.id), null);
      assert.deepEqual(await numbers(store, channel.id, ALL), []);
      assert.deepEqual(await store.append(appendOf(key, [text(1, 'a')])), { refused: 'key' });
      assert.equal((await made(store)).channel.id, channel.id + 1);
    });

    test('there are no more channels than may be', async (t) => {
      const store = await opened(t);
      const { channel } = await made(store);
      const more = { settings: SETTINGS, sealed: false, keepDays: null, keys: [], now: 1, most: 1 };
      assert.equal(await store.createChannel(more), null);
      await store.deleteChannel(channel.id);
      assert.notEqual(await store.createChannel(more), null);
    });

    test('changing, clearing or deleting what is not there gives null', async (t) => {
      const store = await opened(t);
      assert.equal(await store.changeChannel(7, SETTINGS, 1), null);
      assert.equal(await store.clearChannel(7), null);
      assert.equal(await store.deleteChannel(7), null);
    });
  });

  describe(`${name}: old entries`, () => {
    const HOUR = 3_600_000;
    const AGES = { nowMs: 400 * HOUR, beforeMs: null, keep: null, most: 100 };

    test('all but the newest go, oldest first and in steps, and numbers go on', async (t) => {
      const store = await opened(t);
      const { channel, key } = await made(store);
      const other = await made(store);
      await store.append(
        appendOf(
          key,
          Array.from({ length: 10 }, () => text(1, 'a')),
        ),
      );
      await store.append(appendOf(other.key, [text(1, 'b'), text(1, 'b')]));
      const step = { ...AGES, keep: 3, most: 5 };
      assert.equal(await store.removeOld(step), 5);
      assert.deepEqual(await numbers(store, channel.id, ALL), [6, 7, 8, 9, 10]);
      assert.equal(await store.removeOld(step), 2);
      assert.equal(await store.removeOld(step), 0);
      assert.deepEqual(await numbers(store, channel.id, ALL), [8, 9, 10]);
      assert.deepEqual(await numbers(store, other.channel.id, ALL), [1, 2]);
      assert.equal((await store.channel(channel.id))?.lastEntry, 10);
      const appended = await store.append(appendOf(key, [text(1, 'a')]));
      assert.deepEqual(appended, { refused: null, channel: channel.id, first: 11 });
    });

    test("age is the relay's, not the writer's, and is known to the hour", async (t) => {
      const store = await opened(t);
      const { channel, key } = await made(store);
      for (const [hour, createdAt] of [9_999_999, 1, 5, 1].entries()) {
        await store.append(appendOf(key, [text(createdAt, 'a')], { nowMs: (100 + hour) * HOUR + 7 }));
      }
      assert.equal(await store.removeOld({ ...AGES, beforeMs: 100 * HOUR }), 0);
      assert.equal(await store.removeOld({ ...AGES, beforeMs: 102 * HOUR - 1 }), 1);
      assert.deepEqual(await numbers(store, channel.id, ALL), [2, 3, 4]);
      assert.equal(await store.removeOld({ ...AGES, beforeMs: 102 * HOUR }), 1);
      assert.deepEqual(await numbers(store, channel.id, ALL), [3, 4]);
    });

    test('a log that rests loses all its entries and not its number', async (t) => {
      const store = await opened(t);
      const { channel, key } = await made(store);
      await store.append(appendOf(key, [text(1, 'a'), text(1, 'b')], { nowMs: 100 * HOUR }));
      assert.equal(await store.removeOld({ ...AGES, beforeMs: 100 * HOUR }), 0);
      assert.equal(await store.removeOld({ ...AGES, beforeMs: 100 * HOUR + 1 }), 2);
      assert.deepEqual(await numbers(store, channel.id, ALL), []);
      assert.equal((await store.channel(channel.id))?.lastEntry, 2);
      await store.append(appendOf(key, [text(1, 'c')], { nowMs: 300 * HOUR }));
      assert.deepEqual(await numbers(store, channel.id, ALL), [3]);
      assert.equal(await store.removeOld({ ...AGES, beforeMs: 300 * HOUR }), 0);
    });

    test("a channel's own time counts where it is shorter than the relay's, and for no other channel", async (t) => {
      const store = await opened(t);
      const [own, other] = [await made(store, { keepDays: 2 }), await made(store)];
      assert.deepEqual([own.channel.keepDays, other.channel.keepDays], [2, null]);
      for (const { key } of [own, other]) {
        for (const hour of [100, 110, 120]) {
          await store.append(appendOf(key, [text(1, 'a')], { nowMs: hour * HOUR + 7 }));
        }
      }
      const left = async (): Promise<number[][]> => {
        return [await numbers(store, own.channel.id, ALL), await numbers(store, other.channel.id, ALL)];
      };
      assert.equal(await store.removeOld({ ...AGES, nowMs: (110 + 48) * HOUR - 1 }), 0);
      assert.equal(await store.removeOld({ ...AGES, nowMs: (110 + 48) * HOUR }), 1);
      assert.deepEqual(await left(), [
        [2, 3],
        [1, 2, 3],
      ]);
      // the relay keeps ten hours: now that is the shorter one
      assert.equal(await store.removeOld({ ...AGES, nowMs: 130 * HOUR, beforeMs: 120 * HOUR }), 3);
      assert.deepEqual(await left(), [[3], [3]]);
      assert.equal(await store.removeOld({ ...AGES, nowMs: 300 * HOUR, beforeMs: 50 * HOUR }), 1);
      assert.deepEqual(await left(), [[], [3]]);
    });

    test('a cleared channel begins anew', async (t) => {
      const store = await opened(t);
      const { channel, key } = await made(store);
      await store.append(appendOf(key, [text(1, 'a'), text(1, 'b')], { nowMs: 100 * HOUR }));
      await store.removeOld({ ...AGES, keep: 1 });
      await store.clearChannel(channel.id);
      await store.append(appendOf(key, [text(1, 'a'), text(1, 'b')], { nowMs: 200 * HOUR }));
      assert.equal(await store.removeOld({ ...AGES, keep: 1, beforeMs: 150 * HOUR }), 1);
      assert.deepEqual(await numbers(store, channel.id, ALL), [2]);
    });
  });

  describe(`${name}: watching and staying`, () => {
    test('a watcher is woken by what is written to its channel, and not by another', async (t) => {
      const store = await opened(t);
      const one = await made(store);
      const two = await made(store);
      let woken = 0;
      const unwatch = store.watch(one.channel.id, () => woken++);
      await store.append(appendOf(two.key, [text(1, 'a')]));
      assert.equal(woken, 0);
      await store.append(appendOf(one.key, [text(1, 'a')]));
      await store.clearChannel(one.channel.id);
      assert.equal(woken, 2);
      unwatch();
      await store.append(appendOf(one.key, [text(1, 'a')]));
      assert.equal(woken, 2);
    });

    test('everything is there after closing and opening again', async (t) => {
      const place = makeStore(t);
      const before = await place.open();
      const { channel, key } = await made(before);
      const userKey = makeKey(true);
      await before.append(appendOf(key, [text(1, 'a'), text(2, 'b')]));
      await before.addUserKey({ hash: userKey.hash, tail: userKey.tail, write: true });
      await before.close();
      const after = await place.open();
      t.after(() => after.close());
      assert.equal((await after.channel(channel.id))?.lastEntry, 2);
      assert.deepEqual(
        (await read(after, channel.id, ALL)).map(({ values }) => values[0]),
        ['a', 'b'],
      );
      assert.deepEqual(await after.userKeys(), [{ hash: userKey.hash, tail: userKey.tail, write: true }]);
    });

    test('closing waits for what was begun, takes nothing new, and may be asked for twice', async (t) => {
      const place = makeStore(t);
      const store = await place.open();
      const { channel, key } = await made(store);
      const running = store.append(appendOf(key, [text(1, 'a')]));
      const closing = Promise.all([store.close(), store.close()]);
      await assert.rejects(store.append(appendOf(key, [text(1, 'b')])), { code: 'store-failed' });
      assert.equal((await running).refused, null);
      await closing;
      const again = await place.open();
      t.after(() => again.close());
      assert.equal((await again.channel(channel.id))?.lastEntry, 1);
    });
  });
}
