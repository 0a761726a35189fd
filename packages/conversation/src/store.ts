import type { Joining } from '@fernspeak/channel';
import type { Journal } from './framed/journal.ts';
import type { Cursor } from './reading/cursor.ts';
import type { Hole } from './reading/hole.ts';

/**
 * What a conversation keeps between runs, filed under the channel's full address. One implementation for each platform;
 * every promise resolves when the change outlives the loss of power (where the platform can promise that).
 * All may be called by several processes at once.
 */
export interface Store extends Journal {
  /** Puts a sealed string at the end of the channel's outbox and gives its number; numbers only grow. */
  accept(address: string, item: Accepted): Promise<number>;
  item(id: number): Promise<OutboxItem | null>;
  /** The first that has no outcome yet; null: nothing waits. */
  head(address: string): Promise<OutboxItem | null>;
  /** All that are in the outbox, first in, first out. */
  items(address: string): Promise<readonly OutboxItem[]>;
  /** Records, before anything of it goes out, how an item is about to be sent. */
  attempt(id: number, attempt: Attempt): Promise<void>;
  settle(id: number, outcome: Outcome): Promise<void>;
  /**
   * Whoever accepted it still waits for its outcome until then (milliseconds of the epoch); 0: nobody does any more.
   * TOLD: another run has told its outcome; the store forgets such an item a day later.
   */
  attend(id: number, until: number): Promise<void>;
  remove(id: number): Promise<void>;
  /**
   * One try for the right to send to this channel, which one holder at a time has among all programs of this device, and
   * which ends with its process at the latest. Null: another has it.
   */
  lock(address: string): Promise<Lock | null>;

  checkpoint(address: string): Promise<Checkpoint | null>;
  /** Replaces the checkpoint if it still is `version` (0: there is none); false: another process saved meanwhile. */
  saveCheckpoint(address: string, checkpoint: Checkpoint): Promise<boolean>;
}

/** What goes into an outbox. */
export interface Accepted {
  readonly sealed: string;
  readonly attendedUntil: number;
  /** True: `sealed` is only what the message is made of; it is finished at the head of the outbox. */
  readonly draft?: boolean;
}

/** In place of the time until which an item is attended. */
export const TOLD = -1;

export interface Lock {
  release(): void;
}

/** A message between its acceptance and the moment when its fate was told. */
export interface OutboxItem {
  readonly id: number;
  /** Exactly what goes out; of a draft, what it is made of. */
  readonly sealed: string;
  readonly draft: boolean;
  readonly attendedUntil: number;
  /** Null: nothing of it ever went out. */
  readonly attempt: Attempt | null;
  /** Null: it waits. */
  readonly outcome: Outcome | null;
}

/** How an item was about to be sent, whether or not it then was. */
export interface Attempt {
  /** The channel's last entry before: what the item left can only stand behind it. */
  readonly after: number;
  /** The id of its parts, should it need parts. */
  readonly partId: string;
  /** How often others' parts spoilt it, so that it was sent anew. */
  readonly spoilt: number;
}

/** The end of an item. `refused`: the channel never takes it. */
export type Outcome =
  | { readonly status: 'stored'; readonly entries: readonly number[] }
  | { readonly status: 'refused'; readonly message: string; readonly hint: string | null };

/** Where a reader stopped. */
export interface Checkpoint {
  /** Counts its savings; `saveCheckpoint` is given the version that was read. */
  readonly version: number;
  /** Null: nothing was read yet, or the channel was empty when reading started over. */
  readonly cursor: Cursor | null;
  /** Open windows at the cursor; null: too large to keep, the reader starts JOIN_WINDOW entries earlier. */
  readonly joining: Joining | null;
  /** Missing entries that are looked at again. */
  readonly holes: readonly Hole[];
  /** How many messages were received from here. */
  readonly received: number;
}
