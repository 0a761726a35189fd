import { fileName, shownName, textOf, type FramedMessage, type Member } from '@fernspeak/conversation';
import type { Io } from '../io.ts';
import { byteCount } from '../terminal/amount.ts';
import { write } from '../terminal/output.ts';
import { visible, visibleLine } from '../terminal/visible.ts';
import { Unreadable, type Printer } from './printer.ts';

/** Before every line of a message but its first: so that no message can pass for two, of two senders. */
const MARGIN = '    ';

/** Signed messages as text, each with its sender; everything about them goes to stderr. */
export class FramedTextPrinter implements Printer<FramedMessage> {
  readonly #io: Io;
  readonly #unreadable = new Unreadable();

  constructor(io: Io) {
    this.#io = io;
  }

  async print(message: FramedMessage): Promise<void> {
    const { kind, sender } = message;
    const name = sender === undefined ? '' : namedAs(sender);
    if (kind === 'text') return this.#printText(message, name);
    if (kind === 'plain') return this.#printPlain(message);
    if (kind === 'none') return this.#unreadable.add(message);
    if (kind === 'file') return write(`${this.#io.style.bold(name)} sent a file: ${fileSentence(message)}\n`);
    if (kind === 'hello') return this.#io.note(`${name} is here now${joinedBy(sender)}.`);
    if (kind === 'newer') this.#io.note(`${name} wrote a newer kind of message: a newer fernspeak shows it.`);
  }

  async finish(): Promise<void> {
    const unreadable = this.#unreadable.take();
    if (unreadable !== null) this.#io.warn('unreadable', unreadable);
  }

  #printText({ content, title, priority, entryId }: FramedMessage, name: string): Promise<void> {
    const { bold, dim } = this.#io.style;
    const text = content === null ? null : textOf(content);
    if (text === null) {
      const size = content?.bytes.length ?? 0;
      this.#io.note(
        `Entry ${entryId}, from ${name}, holds ${size} bytes that are not text: --raw gives them as they are.`,
      );
      return Promise.resolve();
    }
    const head = [
      `${bold(name)}:`,
      ...(title === undefined ? [] : [bold(visibleLine(title))]),
      ...(priority === undefined ? [] : [dim(`[${visibleLine(String(priority))}]`)]),
    ].join(' ');
    const under = title === undefined && priority === undefined ? ' ' : `\n${MARGIN}`;
    return write(`${head}${under}${indented(text)}\n`);
  }

  /** In a line of its own, so that it can never pass for one that a member signed. */
  #printPlain({ content, readable }: FramedMessage): Promise<void> {
    const mark = readable
      ? '(not sealed, readable by anyone)'
      : '(not signed: anyone with the key may have written it)';
    const text = content === null ? null : textOf(content);
    return write(`${this.#io.style.yellow(mark)} ${text === null ? 'not text' : visibleLine(text)}\n`);
  }
}

/** "photo.jpg (2.1 MB)". */
export function fileSentence({ file }: FramedMessage): string {
  return file && 'name' in file ? `${visibleLine(fileName(file.name))} (${byteCount(file.size)})` : '';
}

/** A colon would end the name where its owner likes. */
function namedAs(sender: Member): string {
  const name = visibleLine(shownName(sender));
  return name.includes(':') || name.startsWith('(') ? `“${name}”` : name;
}

function joinedBy(sender: Member | undefined): string {
  const label = sender !== undefined && 'label' in sender ? sender.label : null;
  return typeof label === 'string' ? `, with the link for ${visibleLine(label)}` : '';
}

function indented(text: string): string {
  return visible(text)
    .replace(/\r?\n$/, '')
    .replaceAll('\n', `\n${MARGIN}`);
}
