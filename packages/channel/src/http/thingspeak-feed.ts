import type { Entry, ReadOptions, ReadRange } from '../channel.ts';
import { cleared } from '../cleared.ts';
import type { Feed } from './answers.ts';
import type { Connection } from './connection.ts';
import { readFeed, readFeedOnce } from './feed.ts';
import { isPassing } from '../errors.ts';
import { pauseAfter, sleep } from './retry.ts';

/** What a read gives without parameters, and enough for whoever was away for a moment. */
const FIRST_RESULTS = 100;
/** Most entries of one read (thingspeak-api 1.6); more are capped, not refused. */
const MOST_RESULTS = 8000;
/** Most entries that one read puts in order in memory: 20 pages, about two weeks at one update every 15 seconds and more. */
const MOST_ENTRIES = 160_000;

interface Gathered {
  readonly entries: ReadonlyMap<number, Entry>;
  /** Entries up to this number may exist, but are not given out; 0 = all were reached. */
  readonly unreachableTo: number;
  readonly reason: string;
}

/**
 * Reads a range from a server of which only the newest entries can be asked for, newest by `created_at`, which
 * whoever writes may have set: gathers until no number is missing, or everything was seen, and gives it in the order
 * of the numbers.
 */
export async function* readThingSpeak(
  connection: Connection,
  range: ReadRange,
  options: ReadOptions,
): AsyncGenerator<Entry> {
  const asked = firstResults(range);
  const first = await readFeed(connection, { results: asked, signal: options.signal, extras: options.extras });
  yield* finish(connection, { range, options, first, asked });
}

function firstResults(range: ReadRange): number {
  return 'last' in range ? Math.min(range.last, MOST_RESULTS) : FIRST_RESULTS;
}

interface Finishing {
  readonly range: ReadRange;
  readonly options: ReadOptions;
  readonly first: Feed;
  /** Entries that were asked for in `first`. */
  readonly asked: number;
}

async function* finish(connection: Connection, { range, options, first, asked }: Finishing): AsyncGenerator<Entry> {
  const lowest = 'after' in range ? range.after + 1 : Math.max(1, first.lastEntryId - range.last + 1);
  const { entries, unreachableTo, reason } = await gather(connection, { lowest, first, asked, options });
  const ordered = [...entries.values()].sort((a, b) => a.id - b.id);
  const chosen =
    'after' in range
      ? ordered.filter(({ id }) => id > range.after)
      : ordered.slice(Math.max(0, ordered.length - range.last));
  if (unreachableTo >= lowest) options.onUnreachable?.({ from: lowest, to: unreachableTo, reason });
  for (const entry of chosen) {
    options.signal?.throwIfAborted();
    yield entry;
  }
}

interface Gathering {
  readonly lowest: number;
  readonly first: Feed;
  readonly asked: number;
  readonly options: ReadOptions;
}

/** Pages back in time. `end` is inclusive, so the oldest second of a page comes twice. */
async function gather(connection: Connection, { lowest, first, asked, options }: Gathering): Promise<Gathered> {
  const { signal, extras } = options;
  const entries = new Map(first.entries.map((entry) => [entry.id, entry]));
  let page = first;
  let results = asked;
  let end: string | undefined;
  while (!isComplete(entries, lowest, first.lastEntryId)) {
    // fewer than were asked for: there are no older ones
    if (page.entries.length < results) break;
    if (entries.size >= MOST_ENTRIES) return { entries, unreachableTo: lowestId(entries) - 1, reason: TOO_MANY };
    if (results === MOST_RESULTS) {
      const oldest = oldestTime(page);
      // a whole page of one second, or a server that does not know `end`
      if (oldest === end) return { entries, unreachableTo: lowestId(entries) - 1, reason: NO_OLDER };
      end = oldest;
    }
    results = MOST_RESULTS;
    page = await readFeed(connection, { results, signal, extras, ...(end === undefined ? {} : { end }) });
    for (const entry of page.entries) if (!entries.has(entry.id)) entries.set(entry.id, entry);
  }
  return { entries, unreachableTo: 0, reason: '' };
}

const TOO_MANY = `More than ${MOST_ENTRIES} entries are not read at once from this server.`;
const NO_OLDER = `The server gives only its newest ${MOST_RESULTS} entries; older ones cannot be asked for.`;

function isComplete(entries: ReadonlyMap<number, Entry>, lowest: number, highest: number): boolean {
  if (entries.size < highest - lowest + 1) return false;
  for (let id = highest; id >= lowest; id--) if (!entries.has(id)) return false;
  return true;
}

function lowestId(entries: ReadonlyMap<number, Entry>): number {
  let lowest = Infinity;
  for (const id of entries.keys()) lowest = Math.min(lowest, id);
  return lowest;
}

function oldestTime(page: Feed): string {
  return page.entries.reduce(
    (oldest, { createdAt }) => (createdAt < oldest ? createdAt : oldest),
    page.entries[0]?.createdAt ?? '',
  );
}

/** Follows by asking now and then. */
export async function* followThingSpeak(
  connection: Connection,
  after: number,
  options: ReadOptions,
): AsyncGenerator<Entry> {
  const { signal, onTrouble } = options;
  const { pollMs } = connection;
  const stops = [signal, connection.closed];
  const stopped = (): boolean => stops.some((stop) => stop?.aborted === true);
  let position = after;
  let failures = 0;
  let wasBehind = false;
  while (!stopped()) {
    let error: unknown = null;
    try {
      const range = { after: position };
      const first = await readFeedOnce(connection, { results: FIRST_RESULTS, signal });
      // twice in a row: one of several servers behind an address may lag
      if (first.lastEntryId < position && wasBehind) throw cleared(first.lastEntryId, position);
      wasBehind = first.lastEntryId < position;
      for await (const entry of finish(connection, { range, options, first, asked: FIRST_RESULTS })) {
        position = entry.id;
        yield entry;
      }
      failures = 0;
    } catch (caught) {
      error = caught;
    }
    if (stopped()) return;
    if (error !== null && !isPassing(error)) throw error;
    if (isPassing(error)) onTrouble?.(error);
    await sleep(isPassing(error) ? Math.max(pollMs, pauseAfter(++failures, error)) : pollMs, stops);
  }
}
