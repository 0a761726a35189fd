import type { Entry, ReadOptions, ReadRange } from '../channel.ts';
import { cleared } from '../cleared.ts';
import type { Feed } from './answers.ts';
import type { Connection } from './connection.ts';
import type { FeedRequest } from './feed.ts';
import { readFeed, readFeedOnce } from './feed.ts';
import { AnswerTooLong } from './request.ts';
import { isPassing, pauseAfter, sleep } from './retry.ts';

/** Entries of one page: 250 kB of short messages. Where entries are long, pages shrink. */
const PAGE_ENTRIES = 1000;
const SHRINK = 8;
/** How long a follower's request waits at the relay: below the 30 or 60 seconds after which proxies cut idle ones. */
const LONG_POLL_SECONDS = 25;
/** An empty answer that came sooner than this did not wait, so the follower does. */
const LEAST_POLL_MS = 1000;

/** Pages of our relay: entries after a number, oldest first. */
class Pages {
  readonly #connection: Connection;
  #size = PAGE_ENTRIES;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** One page; a page that is longer than an answer may be is asked for again in smaller pieces. */
  async next(read: typeof readFeed, asked: Omit<FeedRequest, 'results'> & { after: number }): Promise<Feed> {
    for (;;) {
      try {
        const feed = await read(this.#connection, { ...asked, results: this.#size });
        return { ...feed, entries: feed.entries.filter(({ id }) => id > asked.after) };
      } catch (error) {
        if (!(error instanceof AnswerTooLong) || this.#size === 1) throw error;
        this.#size = Math.max(1, Math.floor(this.#size / SHRINK));
      }
    }
  }
}

/** What the relay has of a range now; what is stored meanwhile is not part of it. */
export async function* readRelay(
  connection: Connection,
  range: ReadRange,
  { signal, extras }: ReadOptions,
): AsyncGenerator<Entry> {
  const pages = new Pages(connection);
  let newest: number | null = null;
  let position = 'after' in range ? range.after : 0;
  if ('last' in range) {
    newest = (await readFeed(connection, { results: 0, signal })).lastEntryId;
    position = Math.max(0, newest - range.last);
  }
  while (newest === null || position < newest) {
    const page = await pages.next(readFeed, { after: position, signal, extras });
    newest ??= page.lastEntryId;
    for (const entry of page.entries) {
      signal?.throwIfAborted();
      if (entry.id > newest) return;
      yield entry;
      position = entry.id;
    }
    if (page.entries.length === 0) return;
  }
}

/** Follows by long poll; survives restarts of the relay and cut connections. */
export async function* followRelay(connection: Connection, after: number, options: ReadOptions): AsyncGenerator<Entry> {
  const { signal, onTrouble } = options;
  const pages = new Pages(connection);
  const stops = [signal, connection.closed];
  const stopped = (): boolean => stops.some((stop) => stop?.aborted === true);
  let position = after;
  let failures = 0;
  while (!stopped()) {
    const start = performance.now();
    let page: Feed;
    try {
      page = await pages.next(readFeedOnce, { after: position, waitSeconds: LONG_POLL_SECONDS, signal });
      failures = 0;
    } catch (error) {
      if (stopped()) return;
      if (!isPassing(error)) throw error;
      onTrouble?.(error);
      await sleep(pauseAfter(++failures, error), stops);
      continue;
    }
    if (page.lastEntryId < position) throw cleared(page.lastEntryId, position);
    for (const entry of page.entries) {
      if (stopped()) return;
      position = entry.id;
      yield entry;
    }
    const rest = LEAST_POLL_MS - (performance.now() - start);
    if (page.entries.length === 0 && rest > 0) await sleep(rest, stops);
  }
}
