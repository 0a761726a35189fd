import type { FramedConversation, Progress } from '@fernspeak/conversation';

export interface OutgoingOptions {
  readonly conversation: FramedConversation;
  readonly signal: AbortSignal;
  /** `pending` or `trouble` is another now. */
  readonly onChange: () => void;
  /** It does not go out at all. `text` null: one of those that wait. */
  readonly onFailure: (text: string | null, error: Error) => void;
}

/** Tries do not end while the chat is open: what cannot go out now waits. */
const FOR_EVER_MS = 0x7fff_ffff;

/** What this process sends: accepted one after the other as it was entered, so that a kill loses nothing of it. */
export class Outgoing {
  /** Texts that were entered here and are not known to be stored, in their order. */
  readonly pending: string[] = [];
  /** Why the last try failed; empty: it has not. */
  trouble = '';
  readonly #options: OutgoingOptions;
  readonly #stop = new AbortController();
  #sending: Promise<void> | null = null;
  /** Something was accepted since the sending began. */
  #more = false;

  constructor(options: OutgoingOptions) {
    this.#options = options;
  }

  /** Resolves when it is in the outbox, or cannot get there. */
  async send(text: string): Promise<void> {
    const { conversation, onFailure } = this.#options;
    this.pending.push(text);
    this.#options.onChange();
    try {
      await conversation.accept({ text });
    } catch (error) {
      this.stored(text);
      onFailure(text, error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.sendWaiting();
  }

  /** Sends what waits in the outbox, also from earlier programs. */
  sendWaiting(): void {
    this.#more = true;
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = null));
  }

  /** A message of this text came back: it is stored. */
  stored(text: string): void {
    const at = this.pending.indexOf(text);
    if (at < 0) return;
    this.pending.splice(at, 1);
    this.#options.onChange();
  }

  /** Waits until all is stored, at most so long. How many messages are kept then. */
  async finish(timeoutMs: number): Promise<number> {
    const late = setTimeout(() => this.#stop.abort(), timeoutMs);
    await this.#sending;
    clearTimeout(late);
    return this.#options.conversation.waiting();
  }

  async #sendAll(): Promise<void> {
    const { conversation, onFailure, onChange } = this.#options;
    const signal = AbortSignal.any([this.#options.signal, this.#stop.signal]);
    const onProgress = (step: Progress): void => {
      if (step.kind !== 'waiting') return;
      this.trouble = step.reason.message;
      onChange();
    };
    while (this.#more) {
      this.#more = false;
      try {
        for (const each of await conversation.flush({ timeoutMs: FOR_EVER_MS, signal, onProgress })) {
          this.trouble = each.status === 'kept' ? each.reason.message : '';
          if (each.status === 'refused') onFailure(null, each.reason);
        }
        // what did not come back yet has been stored or refused all the same
        if ((await conversation.waiting()) === 0 && !this.#more) this.pending.length = 0;
      } catch (error) {
        if (signal.aborted) return;
        onFailure(null, error instanceof Error ? error : new Error(String(error)));
      }
      onChange();
    }
  }
}
