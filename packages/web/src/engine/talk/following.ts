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
  /** What came; all that came while the last ones were taken comes at once. */
  readonly onMessages: (messages: readonly FramedMessage[]) => Promise<void>;
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
    const { conversation, signal, acknowledge, onFinding, onMessages } = this.#options;
    const unread = conversation.follow({ signal, acknowledge, onFinding, parts: true });
    this.#commit = () => unread.commit();
    const coming: FramedMessage[] = [];
    const failed = new AbortController();
    let taking = false;
    const take = async (): Promise<void> => {
      taking = true;
      try {
        while (coming.length > 0 && !this.#ended) await onMessages(coming.splice(0));
      } catch (error) {
        failed.abort(error);
      } finally {
        taking = false; // in the same turn as the last look: nothing can come in between
      }
    };
    for await (const message of unread) {
      alive();
      failed.signal.throwIfAborted();
      coming.push(message);
      if (!taking) void take();
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
