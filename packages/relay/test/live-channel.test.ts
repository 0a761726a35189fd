import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '@fernspeak/test';
import { makeKey } from '../src/keys.ts';
import { PAGE_ENTRIES } from '../src/limits.ts';
import { LiveChannel, type LiveParts } from '../src/live/live-channel.ts';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import type { Channel, Store } from '../src/store/store.ts';

/** Steps of the engine between an answer of the store and the end of a look: more than there are. */
const STEPS = 40;

/** A channel on a real store. */
interface Log {
  readonly store: Store;
  readonly channel: Channel;
  append(count: number): Promise<void>;
}

async function emptyLog(t: TestContext): Promise<Log> {
  const store = await openSqliteStore({ folder: temporaryFolder(t) });
  t.after(() => store.close());
  const none = { name: null, description: null, latitude: null, longitude: null, elevation: null };
  const settings = { ...none, labels: Array(8).fill(null), isPublic: true, url: null, githubUrl: null };
  const key = makeKey(true);
  const channel = await store.createChannel({
    settings: { ...settings, metadata: null, tags: null },
    sealed: false,
    keepDays: null,
    keys: [key],
    now: 1,
    most: 10,
  });
  assert.ok(channel !== null);
  const append = async (count: number): Promise<void> => {
    const entry = { createdAt: 1, values: ['x', ...Array(11).fill(null)] };
    const entries = Array.from({ length: count }, () => entry);
    const appended = await store.append({ keyHash: key.hash, channel: null, entries, nowMs: 1, minIntervalMs: 0 });
    assert.equal(appended.refused, null);
  };
  return { store, channel, append };
}

/** A reader's connection as the relay has it, and what arrives at its other end. */
interface Reader {
  readonly relayEnd: Socket;
  ids(): number[];
  /** Returns once this is the last entry that came. */
  last(id: number): Promise<void>;
}

async function readerOn(t: TestContext): Promise<Reader> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [relayEnd] = (await once(server, 'connection')) as [Socket];
  t.after(() => {
    socket.destroy();
    relayEnd.destroy();
    server.close();
  });
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
  const ids = (): number[] => Array.from(text.matchAll(/^id: (\d+)\ndata: .*\n\n/gm), ([, id]) => Number(id));
  const last = async (id: number): Promise<void> => {
    while (ids().at(-1) !== id) await once(socket, 'data');
  };
  return { relayEnd, ids, last };
}

/** A store whose next answer is held back until `release`; `reached`: it is known to the store, and waits. */
interface Hold {
  readonly reached: PromiseWithResolvers<void>;
  readonly release: PromiseWithResolvers<void>;
}

function hold(): Hold {
  return { reached: Promise.withResolvers<void>(), release: Promise.withResolvers<void>() };
}

async function pass(held: Hold | null): Promise<void> {
  held?.reached.resolve();
  await held?.release.promise;
}

const onFault = (error: unknown): void => assert.fail(String(error));
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

test('a signal is not lost at whatever moment of a look it comes', { timeout: 60_000 }, async (t) => {
  const { store, channel, append } = await emptyLog(t);
  let held: Hold | null = null;
  let signal = (): void => {};
  const watched: LiveParts['store'] = {
    channel: async (id) => {
      const now = await store.channel(id);
      const mine = held;
      held = null;
      await pass(mine);
      return now;
    },
    entries: (id, selection) => store.entries(id, selection),
    watch: (_, wake) => {
      signal = wake;
      return () => {};
    },
  };
  const live = new LiveChannel(channel, { store: watched, onFault });
  t.after(() => live.end());
  const reader = await readerOn(t);
  await live.look();
  await live.join(reader.relayEnd, channel, 0);
  for (let entry = 1; entry <= 2 * STEPS; entry++) {
    const holding = (held = hold());
    signal();
    // the look has its answer, in which the entry that comes now is missing
    await holding.reached.promise;
    await append(1);
    // every other time a second look follows, and the signal comes during that
    if (entry % 2 === 0) signal();
    holding.release.resolve();
    for (let step = 0; step < entry / 2; step++) await Promise.resolve();
    signal();
    await reader.last(entry);
  }
  assert.deepEqual(reader.ids(), upTo(2 * STEPS));
});

test('who joins between two pages of a delivery gets each entry once', { timeout: 60_000 }, async (t) => {
  const { store, channel, append } = await emptyLog(t);
  let held: Hold | null = null;
  const paged: LiveParts['store'] = {
    channel: (id) => store.channel(id),
    entries: async function* (id, selection) {
      const mine = held;
      held = null;
      for await (const page of store.entries(id, selection)) {
        yield page;
        await pass(mine);
      }
    },
    watch: (id, wake) => store.watch(id, wake),
  };
  const live = new LiveChannel(channel, { store: paged, onFault });
  t.after(() => live.end());
  const readers = await Promise.all([readerOn(t), readerOn(t), readerOn(t), readerOn(t)]);
  const [early, fromStart, fromPage, ahead] = readers;
  await live.look();
  await live.join(early.relayEnd, channel, 0);
  const holding = (held = hold());
  const total = PAGE_ENTRIES + 1;
  await append(total);
  await holding.reached.promise;
  // the first page is with the reader who was there, the second is not
  const joining = [
    live.join(fromStart.relayEnd, channel, 0),
    live.join(fromPage.relayEnd, channel, PAGE_ENTRIES),
    live.join(ahead.relayEnd, channel, total),
  ];
  await Promise.all(joining.slice(0, 2));
  holding.release.resolve();
  await joining[2];
  // what came twice would come before this one
  await append(1);
  for (const reader of readers) await reader.last(total + 1);
  const all = upTo(total + 1);
  assert.deepEqual(
    readers.map((reader) => reader.ids()),
    [all, all, all.slice(PAGE_ENTRIES), all.slice(total)],
  );
});
