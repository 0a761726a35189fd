import type { ChannelError } from './errors.ts';
import type { Fields } from './format/fields.ts';

/** One update of a channel, as the channel gives it back. */
export interface Entry {
  /** Its number in the channel: 1, 2, 3 …; the order of a channel is the order of these, never of `createdAt`. */
  readonly id: number;
  /** When the channel says that it was stored: ISO 8601, UTC, whole seconds. Whoever writes may have set it. */
  readonly createdAt: string;
  /** field1 is index 0; null = the entry has no such field; at most eight. */
  readonly fields: Fields;
  /** What else anyone can read of it: given by a `read` with `extras`, absent where there is nothing. */
  readonly extras?: readonly Extra[];
}

/** A value that stands beside the fields, where nothing is sealed by us: `status`, `latitude`, another column of a CSV file. */
export interface Extra {
  readonly name: string;
  readonly text: string;
}

/** What a channel takes in one go, and what it can do. */
export interface Limits {
  /** Longest value of one field, in bytes of UTF-8. */
  readonly fieldBytes: number;
  readonly fieldsPerEntry: number;
  /** Longest sum of an entry's values, in bytes of UTF-8. */
  readonly entryBytes: number;
  /** Most entries of one `append`; 1 = one by one. */
  readonly bulkEntries: number;
  /** Least time between two appends, in milliseconds; 0 = none. */
  readonly minIntervalMs: number;
  /** A read can wait at the server for the next entry. */
  readonly longPoll: boolean;
  /** The server pushes entries: a follower has them as soon as they are stored. */
  readonly live: boolean;
  /** The channel refuses what is not sealed. */
  readonly sealed: boolean;
}

export interface ChannelInfo {
  readonly limits: Limits;
  readonly name: string | null;
  /** Labels of field1 … field8; null = unlabelled. */
  readonly fieldNames: readonly (string | null)[];
  /** Number of the newest entry; 0 = the channel is empty. */
  readonly lastEntryId: number;
  /** Readable without a key; absent when the carrier cannot know. */
  readonly public?: boolean;
  /** Sentences that a user of this channel should read (a conflict copy beside the file, for example). */
  readonly notices: readonly string[];
}

export interface CallOptions {
  /** Ends the call: promises reject with the signal's reason, iterations of `follow` return quietly. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Entries that exist or existed, but that the channel does not give out. Both ends are included; `to` below `from`: it
 * is something without a number.
 */
export interface Unreachable {
  readonly from: number;
  readonly to: number;
  /** A sentence for the user. */
  readonly reason: string;
}

export interface ReadOptions extends CallOptions {
  /** Told once for each gap, before the entry that follows it is given. */
  readonly onUnreachable?: ((gap: Unreachable) => void) | undefined;
  /** `read` only: entries come with their `extras`. */
  readonly extras?: boolean | undefined;
  /** Told each time that a follower has lost its channel and is going to try again. */
  readonly onTrouble?: ((error: ChannelError) => void) | undefined;
}

/** `after: 0` = everything; `last: n` = the newest n. */
export type ReadRange = { readonly after: number } | { readonly last: number };

/**
 * A numbered place that entries are appended to and read from; nobody trusts it. All calls fail with `ChannelError`
 * (or the signal's reason) and with nothing else that the outside can cause.
 */
export interface Channel {
  /** Full address under which cursor, outbox and keys are filed: `http://127.0.0.1:8130/channels/1`, `file:` + real path. */
  readonly address: string;
  /** Canonical place, which names the salt of a passphrase: `localhost/channels/1`, `file:notes.csv`. */
  readonly place: string;
  info(options?: CallOptions): Promise<ChannelInfo>;
  /**
   * Stores entries, all of them or none, in one request; never more than `limits.bulkEntries`. Resolves to their
   * numbers, in order, once they are stored. Never tries again by itself: where `ChannelError.stored` is `unknown`
   * the caller looks in the feed first.
   */
  append(entries: readonly Fields[], options?: CallOptions): Promise<number[]>;
  /** What is there now, in ascending order of entry numbers, each entry once. */
  read(range: ReadRange, options?: ReadOptions): AsyncIterable<Entry>;
  /**
   * Everything after `after`, then what comes. Ends only by its signal or `close` (quietly), or by an error that will
   * not pass. `damaged` says that the channel went back behind what was read: it was cleared or lost its data.
   */
  follow(after: number, options?: ReadOptions): AsyncIterable<Entry>;
  close(): Promise<void>;
}
