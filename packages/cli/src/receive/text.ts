import { alertOf, textOf, type Alert, type Message } from '@fernspeak/conversation';
import type { Io } from '../io.ts';
import { write } from '../terminal/output.ts';
import { visible, visibleLine } from '../terminal/visible.ts';
import { Unreadable, type Printer } from './printer.ts';

/** Messages as text, one after the other; everything about them goes to stderr. */
export class TextPrinter implements Printer {
  readonly #io: Io;
  readonly #unreadable = new Unreadable();
  #notSealed = 0;

  constructor(io: Io) {
    this.#io = io;
  }

  async print(message: Message): Promise<void> {
    if (message.content === null) return this.#unreadable.add(message);
    for (const { code, sentence } of message.findings) if (code !== 'not-sealed') this.#io.warn(code, sentence);
    const text = textOf(message.content);
    if (message.readable) return this.#printNotSealed(message, text);
    if (text === null) {
      const size = message.content.bytes.length;
      return this.#io.note(
        `Entry ${message.entryId} holds ${size} bytes that are not text: --raw gives them as they are.`,
      );
    }
    const alert = this.#io.terminal ? alertOf(message.content) : null;
    await write(withLineEnd(label(message, '') + (alert === null ? visible(text) : this.#alert(alert))));
  }

  async finish(opened: boolean): Promise<void> {
    const unreadable = this.#unreadable.take();
    if (opened && unreadable !== null) this.#io.warn('unreadable', unreadable);
    if (this.#notSealed > 0) {
      const one =
        'One value here was not sealed: anyone can read it, and anyone who may write here can have written it.';
      const several = `${this.#notSealed} values here were not sealed: anyone can read them, and anyone who may write here can have written them.`;
      this.#io.warn('not-sealed', this.#notSealed === 1 ? one : several);
      this.#notSealed = 0;
    }
  }

  /** It is marked in its own line, and kept to one line, so that it can never pass for a message that was sealed. */
  async #printNotSealed(message: Message, text: string | null): Promise<void> {
    this.#notSealed += 1;
    const shown = text === null ? 'not text' : visibleLine(text);
    await write(`${label(message, ' ')}${this.#io.style.yellow('(not sealed, readable by anyone)')} ${shown}\n`);
  }

  #alert({ title, message, priority }: Alert): string {
    const { bold, dim } = this.#io.style;
    const head = [
      title === undefined ? '' : bold(visibleLine(title)),
      priority === undefined ? '' : dim(`[${visibleLine(String(priority))}]`),
    ];
    const line = head.filter((part) => part !== '').join(' ');
    return `${line}\n${visible(message)}`;
  }
}

/** `temperature: ` where an entry holds several values. */
function label({ field }: Message, after: string): string {
  if (field === null) return '';
  return `${field.name === null ? `field${field.index}` : visibleLine(field.name)}:${after === '' ? ' ' : after}`;
}

function withLineEnd(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
