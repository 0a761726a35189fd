import type { StoredKey } from '../keys.ts';

/** The values of an entry in ThingSpeak's order; null = absent. */
export const VALUE_NAMES = [
  'field1',
  'field2',
  'field3',
  'field4',
  'field5',
  'field6',
  'field7',
  'field8',
  'latitude',
  'longitude',
  'elevation',
  'status',
] as const;

/** One string or null for each of {@link VALUE_NAMES}. */
export type Values = readonly (string | null)[];

/** What somebody wrote: the channel gives it its number. */
export interface NewEntry {
  /** Unix seconds; the writer may have chosen them. */
  readonly createdAt: number;
  readonly values: Values;
}

/** A stored entry. Numbers of a channel begin at 1 and have no holes; only the first ones may have been removed. */
export interface Entry extends NewEntry {
  readonly entry: number;
}

/** What the owner of a channel can set. Null = not set. */
export interface ChannelSettings {
  readonly name: string | null;
  readonly description: string | null;
  readonly latitude: string | null;
  readonly longitude: string | null;
  readonly elevation: string | null;
  /** Eight labels. */
  readonly labels: readonly (string | null)[];
  readonly isPublic: boolean;
  readonly url: string | null;
  readonly githubUrl: string | null;
  readonly metadata: string | null;
  /** As given: names with commas between them. */
  readonly tags: string | null;
}

/** A channel as it is now. */
export interface Channel extends ChannelSettings {
  readonly id: number;
  /**
   * Which of the eight fields feeds show: those with a label, and those that some entry has. ThingSpeak hides the latter;
   * here a message that was cut to eight fields must come back whole from any channel.
   */
  readonly fieldsOn: readonly boolean[];
  /** Refuses what is not sealed; for ever, from its creation. */
  readonly sealed: boolean;
  /** How many days its entries are kept, for ever from its creation; null: as long as the relay keeps any. */
  readonly keepDays: number | null;
  /** Unix seconds. */
  readonly createdAt: number;
  /** Unix seconds of the last change of its settings. */
  readonly updatedAt: number;
  /** 0 = empty. */
  readonly lastEntry: number;
  /** How often it was cleared: a reader who waited sees by it that the numbers began anew. */
  readonly clearings: number;
  readonly keys: readonly StoredKey[];
}

/** What a channel begins with. */
export interface NewChannel {
  readonly settings: ChannelSettings;
  readonly sealed: boolean;
  /** As in {@link Channel}. */
  readonly keepDays: number | null;
  readonly keys: readonly StoredKey[];
  /** Unix seconds. */
  readonly now: number;
  /** Channels that the relay has at most. */
  readonly most: number;
}

/** What of old entries is to go: oldest first, and the numbers of those that stay do not change. */
export interface Removal {
  /** The relay's clock, Unix milliseconds: from here count the days that a channel itself has chosen. */
  readonly nowMs: number;
  /** Those stored before this moment, by the relay's clock (to the hour): Unix milliseconds; null = of any age stay, but for channels with a time of their own. */
  readonly beforeMs: number | null;
  /** All but the newest so many of a channel; null = any number stays. */
  readonly keep: number | null;
  /** At most so many entries at once. */
  readonly most: number;
}

/** Entries for the channel to which a key belongs: all of them or none. */
export interface Append {
  /** `hashOf` the write key. */
  readonly keyHash: string;
  /** The channel that it must be; null: the key alone selects it. */
  readonly channel: number | null;
  readonly entries: readonly NewEntry[];
  /** The relay's clock, Unix milliseconds. */
  readonly nowMs: number;
  /** Milliseconds that must have passed since the channel's last append. */
  readonly minIntervalMs: number;
}

/** Why nothing of an {@link Append} was stored. */
export type Refusal =
  { readonly refused: 'key' | 'not-sealed' | 'full' } | { readonly refused: 'too-soon'; readonly retryAfterMs: number };

/** What became of an {@link Append}: the numbers `first`, `first` + 1, … */
export type Appended = { readonly refused: null; readonly channel: number; readonly first: number } | Refusal;

/** Which entries of a channel, and which of them first. */
export type Selection =
  /** By time: the newest `limit` between two instants (Unix seconds, inclusive, null = open), oldest first. */
  | { readonly by: 'time'; readonly from: number | null; readonly to: number | null; readonly limit: number }
  /** By number: the newest `limit` between two numbers (inclusive), oldest first. */
  | { readonly by: 'entry'; readonly from: number; readonly to: number; readonly limit: number }
  /** By number: the oldest `limit` after this one. */
  | { readonly by: 'after'; readonly after: number; readonly limit: number };

/**
 * What the relay needs of a database. Nothing else of the relay holds any truth, so several relays may share one store
 * later. What a call stored is on disk when its promise resolves; it rejects with a RelayError `store-failed`.
 */
export interface Store {
  /** Stores entries; returns when they are on disk. Calls of the same moment share one sync to disk. */
  append(append: Append): Promise<Appended>;
  /** Entries in pages of at most PAGE_ENTRIES and (beyond one entry) PAGE_BYTES; none for an unknown channel. */
  entries(channel: number, selection: Selection): AsyncIterable<readonly Entry[]>;
  /** One entry; null when there is none of this number. */
  entry(channel: number, entry: number): Promise<Entry | null>;
  /** The entry of the highest number whose field (1 … 8) is not null. */
  lastWithField(channel: number, field: number): Promise<Entry | null>;

  /** Null when there are as many as may be. */
  createChannel(channel: NewChannel): Promise<Channel | null>;
  /** All channels by number. */
  channels(): Promise<Channel[]>;
  channel(id: number): Promise<Channel | null>;
  /** Replaces the settings; `now` in Unix seconds. Null when there is no such channel, here and below. */
  changeChannel(id: number, settings: ChannelSettings, now: number): Promise<Channel | null>;
  /** Adds a key to a channel, if it has not got it yet. False when another channel has it, or this one has enough keys. */
  addChannelKey(id: number, key: StoredKey): Promise<boolean>;
  /** Removes all entries; numbers begin at 1 again. */
  clearChannel(id: number): Promise<Channel | null>;
  /** Removes old entries; returns how many. `lastEntry` stays what it was, and the next number with it. */
  removeOld(removal: Removal): Promise<number>;
  /** Removes a channel; its number is never given again. Returns what it was. */
  deleteChannel(id: number): Promise<Channel | null>;

  /** What is kept of the user keys. */
  userKeys(): Promise<StoredKey[]>;
  /** Adds a user key. */
  addUserKey(key: StoredKey): Promise<void>;

  /** Calls `wake` whenever a channel may have changed; the caller reads to see what. Returns the way to end it. */
  watch(channel: number, wake: () => void): () => void;
  /** Finishes what was begun. May be called twice. */
  close(): Promise<void>;
}
