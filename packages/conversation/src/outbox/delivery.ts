import type { ChannelError } from '@fernspeak/channel';

/** Known to be on the channel. */
export interface Stored {
  readonly status: 'stored';
  /** The entry that completes it. */
  readonly entryId: number;
  /** All entries that it consists of, in the order of its parts. */
  readonly entries: readonly number[];
  readonly sealed: string;
}

/** Not known to be stored; it stays in the outbox and goes out with the next `send` or `flush` of this channel. */
export interface Kept {
  readonly status: 'kept';
  readonly sealed: string;
  /** Why the last try failed. */
  readonly reason: ChannelError;
}

/** The channel never takes it; it is not in the outbox any more. */
export interface Refused {
  readonly status: 'refused';
  readonly sealed: string;
  readonly reason: ChannelError;
}

/** What became of a message that an earlier run had left. */
export type Delivery = Stored | Kept | Refused;

/** What became of this run's message, and of those that earlier runs had left, which go first. */
export type Sent = (Stored | Kept) & { readonly earlier: readonly Delivery[] };

/**
 * What happens while `send` works. `accepted`: the message is in the outbox, and is kept from now on, also when this run
 * is killed. `waiting`: the last try failed with `reason` in a way that can pass, the next one
 * comes after `waitMs`. `partial`: so many of the entries of a long message are stored.
 */
export type Progress =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'waiting'; readonly waitMs: number; readonly reason: ChannelError }
  | { readonly kind: 'partial'; readonly stored: number; readonly total: number };

export interface SendOptions {
  /** How long it tries without getting on, in milliseconds (default 30,000); then the message is kept. */
  readonly timeoutMs?: number | undefined;
  /** Ends the trying at once: the promise rejects with the signal's reason, what was accepted is kept. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}
