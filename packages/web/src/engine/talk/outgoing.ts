import type { FramedConversation } from '@fernspeak/conversation';
import { signal, type ReadonlySignal } from '@preact/signals';
import type { Delivery, ShownMessage } from '../model.ts';
import { problemOf } from '../problem.ts';

/** Tries do not end while the app is open: what cannot go out now waits. */
const FOR_EVER_MS = 0x7fff_ffff;

/**
 * What this tab sends: accepted on this device one after the other, then sent in that order. The outbox is first in, first
 * out, so the next own message that comes back is the oldest that is on its way.
 */
export class Outgoing {
  readonly #conversation: FramedConversation;
  readonly #signal: AbortSignal;
  readonly #pending = signal<readonly ShownMessage[]>([]);
  #count = 0;
  #sending = false;
  #more = false;
  #retryNow = new AbortController();

  constructor(conversation: FramedConversation, ended: AbortSignal) {
    this.#conversation = conversation;
    this.#signal = ended;
  }

  /** On their way, in their order. */
  get pending(): ReadonlySignal<readonly ShownMessage[]> {
    return this.#pending;
  }

  /** Resolves when it is on this device's disk. @throws Problem it is not kept */
  async send(text: string): Promise<void> {
    const key = `sending ${++this.#count}`;
    this.#pending.value = [...this.#pending.value, waiting(key, text)];
    try {
      await this.#conversation.accept({ text });
    } catch (error) {
      this.#pending.value = this.#pending.value.filter((each) => each.key !== key);
      throw problemOf(error);
    }
    this.flush();
  }

  /** Sends what waits in the outbox, also from earlier visits; now, if it had been waiting for a better moment. */
  flush(): void {
    this.#more = true;
    this.#retryNow.abort();
    if (this.#sending) return;
    this.#sending = true;
    void this.#sendAll().finally(() => (this.#sending = false));
  }

  /** An own message came back. */
  cameBack(): void {
    const at = this.#pending.value.findIndex(({ delivery }) => delivery?.state === 'waiting');
    if (at >= 0) this.#pending.value = this.#pending.value.filter((_, index) => index !== at);
  }

  /** Takes away one that failed. */
  dismiss({ key }: ShownMessage): void {
    this.#pending.value = this.#pending.value.filter((each) => each.key !== key || each.delivery?.state === 'waiting');
  }

  /** What waits longest has failed. */
  #fail(error: unknown): void {
    const at = this.#pending.value.findIndex(({ delivery }) => delivery?.state === 'waiting');
    const delivery: Delivery = { state: 'failed', problem: problemOf(error) };
    this.#pending.value = this.#pending.value.map((each, index) => (index === at ? { ...each, delivery } : each));
  }

  async #sendAll(): Promise<void> {
    while (this.#more && !this.#signal.aborted) {
      this.#more = false;
      this.#retryNow = new AbortController();
      const both = AbortSignal.any([this.#signal, this.#retryNow.signal]);
      try {
        const told = await this.#conversation.flush({ timeoutMs: FOR_EVER_MS, signal: both });
        for (const each of told) if (each.status === 'refused') this.#fail(each.reason);
      } catch (error) {
        if (this.#signal.aborted) return;
        if (!this.#retryNow.signal.aborted) this.#fail(error);
      }
    }
  }
}

function waiting(key: string, text: string): ShownMessage {
  return {
    key,
    position: null,
    entries: [],
    findings: [],
    kind: 'text',
    mine: true,
    file: null,
    text,
    at: new Date(),
    id: null,
    delivery: { state: 'waiting' },
  };
}
