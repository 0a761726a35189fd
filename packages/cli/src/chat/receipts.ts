import { setTimeout as after } from 'node:timers/promises';
import type { FramedConversation, FramedMessage } from '@fernspeak/conversation';
import { textOf } from '@fernspeak/conversation';
import { isMe } from '../listen/record.ts';
import { excerptOf, nameOf } from './text.ts';

/** Others say what they have with messages that are not shown: so it is looked for, in milliseconds. */
const LOOK_MS = 1000;

/** What became of the last own message that is stored: whose devices have it. */
export class Receipts {
  #id: string | null = null;
  #excerpt = '';
  #shown = '';
  readonly #conversation: FramedConversation;
  readonly #onChange: (state: string) => void;

  constructor(conversation: FramedConversation, onChange: (state: string) => void) {
    this.#conversation = conversation;
    this.#onChange = onChange;
  }

  /** Takes a message that was shown. */
  take({ id, kind, sender, content }: FramedMessage): void {
    if (kind !== 'text' || id === null || !isMe(sender)) return;
    this.#id = id;
    this.#excerpt = excerptOf((content && textOf(content)) ?? '');
  }

  /** Looks until the signal. */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look();
      await after(LOOK_MS, null, { signal }).catch(() => {});
    }
  }

  async #look(): Promise<void> {
    const id = this.#id;
    if (id === null) return;
    const received = new Set(await this.#conversation.receivedBy(id));
    const others = (await this.#conversation.members()).filter((member) => !member.me && received.has(member.id));
    const state = others.length === 0 ? 'stored' : `✓ received by ${others.map((member) => nameOf(member)).join(', ')}`;
    const line = `${state} · ${this.#excerpt}`;
    if (id !== this.#id || line === this.#shown) return;
    this.#shown = line;
    this.#onChange(line);
  }
}
