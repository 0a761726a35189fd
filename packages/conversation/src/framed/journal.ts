import { ConversationError } from '../errors.ts';
import type { Attempt } from '../store.ts';

/**
 * What framed conversations keep. A conversation is the fold of its journal: what was read and what was made here, in the
 * order in which it was saved. One implementation for each platform, which seals what it is given; all texts are JSON that
 * only the caller understands. Every promise resolves when the change outlives the loss of power (where the platform can
 * promise that). All may be called by several processes at once.
 */
export interface Journal {
  /** All conversations of this profile, in the order in which they were made. */
  conversations(): Promise<readonly Kept[]>;
  /**
   * Adds a conversation; gives its number, which no other will have. `identity` says which one it is: one that is there
   * already stays as it is, and its number is given. A device that had it twice would use its numbers twice.
   */
  create(identity: string, about: string): Promise<number>;
  /** Replaces what `create` was given. */
  describe(id: number, about: string): Promise<void>;
  /**
   * Deletes all of it, its outbox too. What is `remembered` is all that is left: when the same conversation is made again, it
   * gets its number again, and these as its first entries of what was made here.
   */
  forget(id: number, remembered: readonly string[]): Promise<void>;
  /**
   * What was saved since. `null`: everything.
   *
   * @throws ConversationError `forgotten`: there is no such conversation any more
   */
  load(id: number, since: Since | null): Promise<News>;
  /**
   * One transaction, which has the store for itself: `change` is given what others saved since, and says at once what is to
   * be saved. Nothing is saved if it throws.
   *
   * @throws ConversationError `forgotten`
   */
  update<T>(id: number, since: Since | null, change: (news: News) => Change<T>): Promise<Updated<T>>;
  /** What is shown, oldest first. */
  shown(id: number, range: ShownRange): Promise<readonly Shown[]>;
  /** Up to which position messages were received here; 0: none. */
  received(id: number): Promise<number>;
  /** Moves it forward; never back. */
  saveReceived(id: number, position: number): Promise<void>;
}

export interface Kept {
  readonly id: number;
  readonly about: string;
}

/** A state of a conversation: what `load` and `update` are given to tell what is new. */
export interface Since {
  readonly entry: number;
  readonly epoch: number;
  readonly checkpoint: number;
}

export interface News {
  readonly now: Since;
  /** True: what was known before does not hold any more; `entries` and `checkpoint` are all there is. */
  readonly anew: boolean;
  /** Undefined: as it was. Null: there is none. */
  readonly checkpoint: string | null | undefined;
  readonly entries: readonly string[];
}

/** What one transaction saves. */
export interface Changes {
  /** True: what earlier readings brought is dropped first, and everybody begins anew with what is left. */
  readonly anew?: boolean;
  readonly checkpoint?: string;
  /** What follows from reading the log, and would be the same if it were read again. */
  readonly read?: readonly string[];
  /** What happened here, and nowhere else is known. */
  readonly made?: readonly string[];
  /** Put behind what is shown. */
  readonly shown?: readonly Showing[];
  /** Put in place of what was shown at these positions. */
  readonly reshown?: readonly Shown[];
  /** A message for the end of the outbox (see `Store.accept`). */
  readonly draft?: { readonly address: string; readonly sealed: string; readonly attendedUntil: number };
  /** The outbox item that is finished: exactly these bytes go out, and how. */
  readonly finished?: { readonly item: number; readonly sealed: string; readonly attempt: Attempt };
}

export interface Change<T> {
  readonly changes: Changes | null;
  readonly result: T;
}

export interface Updated<T> {
  readonly result: T;
  readonly now: Since;
}

export interface Showing {
  readonly text: string;
  /** Whether it is among what `loud` finds. */
  readonly loud: boolean;
}

export interface Shown extends Showing {
  /** Grows; says nothing but the order. */
  readonly position: number;
}

/** Those behind a position, at most `limit`; the last ones; or the loud ones. */
export type ShownRange =
  { readonly after: number; readonly limit: number } | { readonly last: number } | { readonly loud: true };

/** The name under which a conversation's outbox is filed: its own, for two may share a channel. */
export function queueOf(id: number): string {
  return `conversation:${id}`;
}

export function forgotten(): ConversationError {
  return new ConversationError('forgotten', 'There is no such conversation any more: it was forgotten.');
}
