import type { Entry, ReadOptions } from '../channel.ts';
import { cleared } from '../cleared.ts';
import type { Connection } from './connection.ts';
import { readFeedOnce } from './feed.ts';
import { liveStream, StreamSpoilt } from './live-stream.ts';
import { Pages, removedUpTo } from './relay-feed.ts';
import { isPassing } from '../errors.ts';
import { pauseAfter, sleep } from './retry.ts';

/** How long a follower's request waits at the relay: below the 30 or 60 seconds after which proxies cut idle ones. */
const LONG_POLL_SECONDS = 25;
/** An empty answer that came sooner than this did not wait, so the follower does. */
const LEAST_POLL_MS = 1_000;
/** A stream that lives shorter than this was cut early: a relay that restarts does that, or a proxy that allows none. */
const EARLY_MS = 20_000;
/** Streams cut early, one after the other, until the long poll is tried instead. */
const EARLY_CUTS = 3;
/** How long the long poll is used until the stream gets its next chance, in milliseconds: at first, and at most. */
const SPOILT_MS = 30_000;
const LONGEST_SPOILT_MS = 600_000;

export interface FollowOptions extends ReadOptions {
  /** The relay has a live stream. */
  readonly live: boolean;
}

/**
 * Follows our relay by its live stream, or by long poll where there is none or somebody in between spoils it. Survives
 * restarts of the relay and cut connections: each new request begins after the last entry that was given.
 */
export async function* followRelay(
  connection: Connection,
  after: number,
  options: FollowOptions,
): AsyncGenerator<Entry> {
  const { signal, onTrouble } = options;
  const stops = [signal, connection.closed];
  const stopped = (): boolean => stops.some((stop) => stop?.aborted === true);
  const pages = new Pages(connection);
  const way = new Way(options.live);
  let position = after;
  let failures = 0;
  const passOver = (to: number): void => {
    options.onUnreachable?.(removedUpTo(to, position));
    position = to;
  };
  while (!stopped()) {
    const streaming = way.isLive();
    let trouble: unknown = null;
    try {
      const entries = streaming
        ? liveStream(connection, { after: position, signal, onBegin: () => way.begin() })
        : longPoll({ pages, after: position, signal, stops, passOver });
      for await (const entry of entries) {
        if (stopped()) return;
        failures = 0;
        if (entry.id > position + 1) passOver(entry.id - 1);
        position = entry.id;
        yield entry;
      }
    } catch (error) {
      trouble = error;
    }
    if (stopped()) return;
    if (trouble !== null && !isPassing(trouble)) throw trouble;
    if (streaming ? way.ended(trouble) : trouble === null) failures = 0;
    // a proxy that holds the stream back is no trouble: the other way is open
    if (trouble instanceof StreamSpoilt) continue;
    const error = isPassing(trouble) ? trouble : null;
    if (error !== null) onTrouble?.(error);
    if (error !== null || streaming) await sleep(pauseAfter(++failures, error), stops);
  }
}

/** Which way a follower takes now. */
class Way {
  readonly #live: boolean;
  #begun: number | null = null;
  #cuts = 0;
  #spoiltMs = SPOILT_MS;
  #spoiltUntil = -Infinity;

  constructor(live: boolean) {
    this.#live = live;
  }

  isLive(): boolean {
    return this.#live && performance.now() >= this.#spoiltUntil;
  }

  /** The relay, or somebody in its place, has answered. */
  begin(): void {
    this.#begun = performance.now();
  }

  /** A stream ended. Returns true when it was a good one. */
  ended(trouble: unknown): boolean {
    const now = performance.now();
    const lived = this.#begun === null ? null : now - this.#begun;
    this.#begun = null;
    const good = lived !== null && lived >= EARLY_MS;
    if (good) this.#cuts = 0;
    if (good) this.#spoiltMs = SPOILT_MS;
    // a relay that is away says nothing about the way to it
    else if (lived !== null) this.#cuts++;
    if (trouble instanceof StreamSpoilt || this.#cuts >= EARLY_CUTS) {
      this.#spoiltUntil = now + this.#spoiltMs;
      this.#spoiltMs = Math.min(this.#spoiltMs * 2, LONGEST_SPOILT_MS);
      this.#cuts = 0;
    }
    return good;
  }
}

interface LongPoll {
  readonly pages: Pages;
  readonly after: number;
  readonly signal: AbortSignal | undefined;
  readonly stops: readonly (AbortSignal | undefined)[];
  /** Told up to which entry nothing is left. */
  readonly passOver: (to: number) => void;
}

/** The entries of one answer, which the relay holds back until there are some. */
async function* longPoll(asked: LongPoll): AsyncGenerator<Entry> {
  const { after, signal } = asked;
  const start = performance.now();
  const page = await asked.pages.next(readFeedOnce, { after, waitSeconds: LONG_POLL_SECONDS, signal });
  if (page.lastEntryId < after) throw cleared(page.lastEntryId, after);
  yield* page.entries;
  if (page.entries.length > 0) return;
  if (page.lastEntryId > after) asked.passOver(page.lastEntryId);
  const rest = LEAST_POLL_MS - (performance.now() - start);
  if (rest > 0) await sleep(rest, asked.stops);
}
