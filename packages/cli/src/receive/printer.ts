import type { Message } from '@fernspeak/conversation';

/** One way to show what was received. A message is shown when `print` resolves. */
export interface Printer<M extends Message = Message> {
  print(message: M): Promise<void>;
  /** Everything has been read: what was held back, and what is said once. `opened`: at least one message opened. */
  finish(opened: boolean): Promise<void>;
}

/** The messages that could not be opened: named once, behind the others. */
export class Unreadable {
  readonly #entries: number[] = [];

  add(message: Message): void {
    if (this.#entries.at(-1) !== message.entryId) this.#entries.push(message.entryId);
  }

  /** The sentence for people and forgets them; null when there is none. */
  take(): string | null {
    const entries = this.#entries.splice(0);
    if (entries.length === 0) return null;
    const LISTED = 5;
    const listed = entries.slice(0, LISTED).join(', ') + (entries.length > LISTED ? ', …' : '');
    const subject = entries.length === 1 ? `Entry ${listed} does` : `${entries.length} entries (${listed}) do`;
    return `${subject} not open with this key: junk, altered, or another key. inspect shows what is there.`;
  }
}
