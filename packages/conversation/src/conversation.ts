import type { Channel, ChannelError } from '@fernspeak/channel';
import type { Content } from './content.ts';
import type { Finding } from './finding.ts';
import type { Message } from './message.ts';
import type { Seal } from './seal.ts';
import type { Store } from './store.ts';

export interface ConversationOptions {
  readonly channel: Channel;
  readonly seal: Seal;
  readonly store: Store;
}

/** Stored: known to be on the channel. */
export interface Stored {
  readonly status: 'stored';
  readonly entryId: number;
  readonly entries: readonly number[];
  readonly sealed: string;
}

/** Not stored yet; kept in the outbox, goes out with the next `send` or `flush` of this channel. */
export interface Kept {
  readonly status: 'kept';
  readonly sealed: string;
  readonly reason: ChannelError;
}

/** An earlier run's message that the channel refuses for good: it is not in the outbox any more. */
export interface Refused {
  readonly status: 'refused';
  readonly sealed: string;
  readonly reason: ChannelError;
}

export type Delivery = Stored | Kept | Refused;

/** What became of this message, and of those that an earlier run had left, which go first. */
export type Sent = (Stored | Kept) & { readonly earlier: readonly Delivery[] };

/** `waiting`: the channel asks for patience or cannot be reached; tried again after `waitMs`. `partial`: entries of a long message. */
export type Progress =
  | { readonly kind: 'waiting'; readonly waitMs: number; readonly reason: ChannelError }
  | { readonly kind: 'partial'; readonly stored: number; readonly total: number };

export interface SendOptions {
  /** How long it tries, in milliseconds: 30,000 unless said; then the message is kept. */
  readonly timeoutMs?: number;
  /** An abort ends the trying; the message is kept, and `send` rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
}

/** Which messages: all, the last n, those stored at or after a moment. */
export type HistoryRange = { readonly after: number } | { readonly last: number } | { readonly since: Date };

/** What this profile has not received yet, oldest first. Iterate once; the counts and findings grow meanwhile. */
export interface Unread extends AsyncIterable<Message> {
  /** What was noticed about the log: `rolled-back`, `expired`, `unreachable`. */
  readonly findings: readonly Finding[];
  /** Messages that were received from here before this run (0 after a log was rolled back). */
  readonly received: number;
  /** Sealed strings met in this run, and how many of them opened. */
  readonly sealed: number;
  readonly opened: number;
  /**
   * Saves that everything given out so far was received: the next run begins behind it. Saves nothing as long as
   * sealed messages were met and none opened (a mistyped key must not mark them as received).
   */
  commit(): Promise<void>;
}

export interface FollowOptions extends ReadOptions {
  /** Called at once for each finding about the log. */
  readonly onFinding?: (finding: Finding) => void;
}

export declare class Conversation {
  constructor(options: ConversationOptions);
  /** @throws ConversationError 'refused' | 'unauthorized' */
  send(content: Content, options?: SendOptions): Promise<Sent>;
  flush(options?: SendOptions): Promise<readonly Delivery[]>;
  unread(options?: FollowOptions): Unread;
  history(range: HistoryRange, options?: ReadOptions): AsyncIterable<Message>;
  follow(options?: FollowOptions): Unread;
}
