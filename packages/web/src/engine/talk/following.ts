import type { Channel } from '@fernspeak/channel';
import type { Finding, FramedConversation, FramedMessage } from '@fernspeak/conversation';
import { signal, type ReadonlySignal } from '@preact/signals';
import type { Connection } from '../model.ts';
import { problemOf } from '../problem.ts';

/** Waiting times after a connection that ended, in milliseconds. */
const RETRY_MS = [500, 1000, 2000, 5000, 10_000, 30_000] as const;

export interface FollowingOptions {
  readonly channel: Channel;
  readonly conversation: FramedConversation;
  readonly acknowledge: boolean;
  readonly signal: AbortSignal;
  readonly onMessage: (message: FramedMessage) => Promise<void>;
  /** Of the log as a whole. */
  readonly onFinding: (finding: Finding) => void;
  /** The channel answers again. */
  readonly onLive: () => void;
}

/** Follows a conversation's channel for as long as it is open, and says whether the channel answers. */
export class Following {
  readonly connection: ReadonlySignal<Connection>;
  readonly #connection = signal<Connection>('connecting');
  readonly #options: FollowingOptions;
  #commit: () => Promise<void> = async () => {};
  #wake: () => void = () => {};

  constructor(options: FollowingOptions) {
    this.#options = options;
    this.connection = this.#connection;
    options.signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  /** Ends with the signal. */
  async run(): Promise<void> {
    for (let failures = 0; !this.#ended; failures++) {
      try {
        await this.#once(() => (failures = 0));
      } catch (error) {
        if (this.#ended) return;
        const { code } = problemOf(error);
        this.#connection.value = code === 'unauthorized' || code === 'not-found' ? 'stopped' : 'offline';
      }
      await this.#pause(failures);
    }
  }

  /** What came so far is received. */
  commit(): Promise<void> {
    return this.#commit();
  }

  /** Tries again at once. */
  wake(): void {
    this.#wake();
  }

  /** The follower has lost the channel, and tries again by itself; here only until it answers. */
  async lost(): Promise<void> {
    if (this.#connection.value === 'offline') return;
    this.#connection.value = 'offline';
    for (let tries = 0; !this.#ended; tries++) {
      await this.#pause(tries);
      try {
        return await this.#answers();
      } catch {
        // still away
      }
    }
  }

  get #ended(): boolean {
    return this.#options.signal.aborted;
  }

  async #once(alive: () => void): Promise<void> {
    // an answer of the channel is what makes it live: following alone waits in silence
    await this.#answers();
    alive();
    const { conversation, signal, acknowledge, onFinding, onMessage } = this.#options;
    const unread = conversation.follow({ signal, acknowledge, onFinding, parts: true });
    this.#commit = () => unread.commit();
    for await (const message of unread) {
      alive();
      await onMessage(message);
    }
  }

  async #answers(): Promise<void> {
    const { channel, signal, onLive } = this.#options;
    await channel.info({ signal });
    this.#connection.value = 'live';
    onLive();
  }

  #pause(failures: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
