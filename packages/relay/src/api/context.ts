import type { Limits } from '../limits.ts';
import type { LiveReaders } from '../live/live-readers.ts';
import type { Store } from '../store/store.ts';

/** What the relay's owner may be shown of a stored entry: nothing of what it says. */
export interface StoredEntry {
  readonly channel: number;
  readonly entry: number;
  /** Characters of all its fields. */
  readonly characters: number;
  /** True when nothing in it can be read without a key, judged by its shape. */
  readonly sealed: boolean;
}

/** What the handlers of one relay share. */
export interface RelayContext {
  readonly store: Store;
  readonly limits: Limits;
  readonly readers: LiveReaders;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** True: a request without a key that comes straight from this computer administers the relay. */
  readonly trustsLoopback: () => boolean;
  /** Aborted when the relay stops: nobody waits any longer. */
  readonly draining: AbortSignal;
  /** Called for each entry, once it is on disk. */
  readonly onStored: ((stored: StoredEntry) => void) | null;
}
