import type { Entry, ReadOptions, ReadRange, Unreachable } from '../channel.ts';
import type { Feed } from './answers.ts';
import type { Connection } from './connection.ts';
import type { FeedRequest } from './feed.ts';
import { readFeed } from './feed.ts';
import { AnswerTooLong } from './request.ts';

/** Entries of one page: 250 kB of short messages. Where entries are long, pages shrink. */
const PAGE_ENTRIES = 1000;
const SHRINK = 8;

/** Pages of our relay: entries after a number, oldest first. */
export class Pages {
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
  { signal, onUnreachable, extras }: ReadOptions,
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
      if ('after' in range && entry.id > position + 1) onUnreachable?.(removedUpTo(entry.id - 1, position));
      yield entry;
      position = entry.id;
    }
    if (page.entries.length > 0) continue;
    if ('after' in range && position < newest) onUnreachable?.(removedUpTo(newest, position));
    return;
  }
}

/** A gap in what a relay gives. Its numbers have no holes: it keeps only its newest entries, or has lost some. */
export function removedUpTo(to: number, position: number): Unreachable {
  const from = position + 1;
  const which = from === to ? `entry ${to}` : `the entries ${from} to ${to}`;
  const reason =
    position === 0 ? 'The relay no longer keeps entries that old.' : `The relay does not give out ${which}.`;
  return { from, to, reason };
}
