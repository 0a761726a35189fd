import type { Channel } from '@fernspeak/channel';
import { systemClock, type Clock } from './clock.ts';
import type { Content } from './content.ts';
import type { Delivery, SendOptions, Sent } from './outbox/delivery.ts';
import { ConversationError } from './errors.ts';
import { history, type HistoryRange } from './reading/history.ts';
import type { Message } from './message.ts';
import { Outbox, delivery } from './outbox/outbox.ts';
import type { Seal } from './seal.ts';
import type { Store } from './store.ts';
import { UnreadMessages, type ReadingOptions, type Unread } from './reading/unread.ts';

export interface ConversationOptions {
  readonly channel: Channel;
  readonly seal: Seal;
  /** Outbox and cursor: a profile's `store`, or `memoryStore()`. */
  readonly store: Store;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
}

/** Those who share a key on one channel, and what they write. */
export class Conversation {
  readonly #parts: { channel: Channel; seal: Seal; store: Store; clock: Clock };

  constructor({ channel, seal, store, clock = systemClock }: ConversationOptions) {
    this.#parts = { channel, seal, store, clock };
  }

  /**
   * Seals, accepts into the outbox, and sends: after everything that waits there already. `stored` only when it is
   * known to be on the channel; `kept` when that was not to be had in time.
   *
   * @throws ConversationError `refused`: the channel never takes it; it is not kept (`cause`: the ChannelError)
   * @throws ChannelError when the channel cannot be written to (`unauthorized`, `not-found` …); it is not kept
   * @throws the signal's reason; it is kept if it was accepted by then, which `onProgress` tells
   */
  async send(content: Content, options: SendOptions = {}): Promise<Sent> {
    const sealed = await this.#parts.seal.seal(content);
    options.signal?.throwIfAborted();
    const outbox = new Outbox(this.#parts, options);
    const fate = await outbox.send(sealed);
    const { earlier } = outbox;
    if (fate.status === 'kept') return { ...fate, sealed, earlier };
    const delivered = delivery(fate, sealed);
    if (delivered.status === 'stored') return { ...delivered, earlier };
    const { message, hint } = delivered.reason;
    throw new ConversationError('refused', message, {
      ...(hint === undefined ? {} : { hint }),
      cause: delivered.reason,
    });
  }

  /**
   * Sends what earlier runs left in the outbox, and tells what became of it: one look into the store when nothing was
   * left. What cannot go out now is told as kept, never thrown.
   */
  async flush(options: SendOptions = {}): Promise<readonly Delivery[]> {
    const outbox = new Outbox(this.#parts, options);
    await outbox.flush();
    return outbox.earlier;
  }

  /** What was not received here yet. */
  unread(options: ReadingOptions = {}): Unread {
    return new UnreadMessages({ ...this.#parts, follow: false }, options);
  }

  /** The same, and then what comes, at once; ends only by the signal (quietly), or by an error that lasts. */
  follow(options: ReadingOptions = {}): Unread {
    return new UnreadMessages({ ...this.#parts, follow: true }, options);
  }

  /** What is on the channel, received or not; moves no cursor. */
  history(range: HistoryRange, options: ReadingOptions = {}): AsyncIterable<Message> {
    return history(range, { ...this.#parts, ...options });
  }
}
