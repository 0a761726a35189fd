import { stripVTControlCharacters } from 'node:util';
import {
  isLoud,
  textOf,
  type ConversationMember,
  type Finding,
  type FramedMessage,
  type Member,
} from '@fernspeak/conversation';
import { isUnchecked } from '../catch-up.ts';
import { isMe } from '../listen/record.ts';
import { fileSentence } from '../receive/framed-text.ts';
import { shellWord } from '../terminal/shell-word.ts';
import type { Style } from '../terminal/style.ts';
import { visible, visibleLine } from '../terminal/visible.ts';
import { fitted, widthOf, wrapped } from './width.ts';

/** More of a message is not shown: one could fill the screen for minutes. */
const SHOWN_CHARACTERS = 4000;
const SHOWN_LINES = 50;
/** A tab would jump by as much as the terminal likes. */
const TAB = '    ';
const EXCERPT = 40;
/** Before whatever does not begin a message: nothing that somebody wrote stands at the beginning of a line. */
const MARGIN = '       ';
const NO_TIME = '--:--';
/** Lines of a pipe have no end to wrap them at. */
const ENDLESS = 1_000_000;
const LEAST_COLUMNS = 20;

/** How a conversation looks, line by line; everything that others wrote is harmless by then. */
export class ChatText {
  readonly #style: Style;
  readonly #name: string;
  readonly #columns: () => number;
  #day = '';

  /** @param columns of the terminal now; 0: there is none */
  constructor({ style, name, columns }: { style: Style; name: string; columns: () => number }) {
    this.#style = style;
    this.#name = name;
    this.#columns = columns;
  }

  /** Lines with their line ends. */
  message(message: FramedMessage): string {
    const lines = [...this.#newDay(message), ...this.#message(message)];
    return joined([...lines, ...message.findings.flatMap((finding) => this.#finding(finding, isLoud(finding.code)))]);
  }

  /** About the log, and not about one message. */
  finding(finding: Finding): string {
    return joined(this.#finding(finding, isLoud(finding.code) || isUnchecked(finding)));
  }

  /** What the program itself says, also of several lines. */
  note(text: string): string {
    return joined(this.#paragraph(text, '· ', '  ', this.#style.dim));
  }

  /** What went wrong. */
  trouble(text: string): string {
    return joined(this.#paragraph(text, '! ', '  ', this.#style.yellow));
  }

  #message(message: FramedMessage): string[] {
    const { kind, readable, content, sender, title, priority, entryId } = message;
    const { dim, yellow, bold } = this.#style;
    const time = `${dim(timeOf(message))}  `;
    if (kind === 'hello') return [time + dim(`${plainName(sender)} is here now`)];
    if (kind === 'file') {
      const where = dim(`fernspeak receive ${shellWord(this.#name)} --files DIR`);
      return this.#withBody(time + [this.#nameOf(sender), where].join('  '), `a file: ${fileSentence(message)}`);
    }
    const about = [
      ...(readable ? [yellow('(not sealed, readable by anyone)')] : []),
      ...(kind === 'plain' && !readable ? [yellow('(not signed)')] : []),
      ...(title === undefined ? [] : [bold(excerptOf(title))]),
      ...(priority === undefined ? [] : [dim(`[${excerptOf(String(priority))}]`)]),
    ];
    if (kind === 'newer') about.push(dim('(a newer kind of message: a newer fernspeak shows it)'));
    else if (content === null) return [time + dim(`entry ${entryId}`)];
    const head = time + [this.#nameOf(sender), ...about].join('  ');
    if (content === null || kind === 'newer') return [head];
    return this.#withBody(head, textOf(content) ?? `(${content.bytes.length} bytes that are not text)`);
  }

  /** On the same line where it is short; else under it, behind a bar. */
  #withBody(head: string, text: string): string[] {
    const { dim } = this.#style;
    const { lines, more } = cut(text);
    const [first = '', ...others] = lines;
    const room = this.#width() - widthOf(stripVTControlCharacters(head));
    if (others.length === 0 && more === 0 && widthOf(first) + 2 <= room) return [`${head}  ${first}`];
    const bar = `${MARGIN}${dim('│')} `;
    const pieces = lines.flatMap((line) => wrapped(line, this.#width() - MARGIN.length - 2, SHOWN_LINES));
    const left = more > 0 || pieces.length > SHOWN_LINES;
    return [
      head,
      ...pieces.slice(0, SHOWN_LINES).map((piece) => bar + piece.trimEnd()),
      ...(left ? [bar + dim(`… ${text.length} characters in all; fernspeak export ${this.#name} has them`)] : []),
    ];
  }

  #finding({ code, sentence }: Finding, loud: boolean): string[] {
    const look = loud ? this.#style.red : this.#style.dim;
    return this.#paragraph(`${sentence} [${code}]`, `${MARGIN}${loud ? '!' : '·'} `, `${MARGIN}  `, look);
  }

  #paragraph(text: string, first: string, margin: string, look: (text: string) => string): string[] {
    const lines = visible(text).replaceAll('\t', TAB).replace(/\r/g, '').split('\n');
    const pieces = lines.flatMap((line) => wrapped(line, this.#width() - first.length, ENDLESS));
    return pieces.map((piece, at) => look((at === 0 ? first : margin) + piece.trimEnd()));
  }

  /** "— Tuesday 24 November 2026 —", where another day begins. */
  #newDay({ storedAt }: FramedMessage): string[] {
    const date = new Date(storedAt);
    if (Number.isNaN(date.getTime())) return [];
    const day = date.toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
    if (day === this.#day) return [];
    this.#day = day;
    return [this.#style.dim(`— ${day} —`)];
  }

  #nameOf(sender: Member | undefined): string {
    const { bold, yellow, member } = this.#style;
    if (sender === undefined) return yellow('somebody');
    const name = nameOf(sender);
    const { sameAs } = sender;
    const other =
      sameAs === undefined ? '' : sameAs.verified === true ? ' (not the verified one)' : ' (another device)';
    return (isMe(sender) ? bold(name) : member(sender.id, name)) + yellow(other);
  }

  #width(): number {
    const columns = this.#columns();
    return columns === 0 ? ENDLESS : Math.max(columns - 1, LEAST_COLUMNS);
  }
}

function plainName(sender: Member | undefined): string {
  return sender === undefined ? 'somebody' : nameOf(sender);
}

/** A member as it stands before messages. */
export function nameOf(member: Member | ConversationMember): string {
  const SHORT_KEY = 8;
  if (member.name !== null) return visibleLine(member.name);
  return isMe(member) ? 'you' : member.id.slice(0, SHORT_KEY);
}

/** The beginning of a text, on one line. */
export function excerptOf(text: string): string {
  return fitted(visibleLine(text.slice(0, SHOWN_CHARACTERS)), EXCERPT);
}

function cut(text: string): { lines: string[]; more: number } {
  // a surrogate of which only one half is left would be no character
  const head = text.slice(0, SHOWN_CHARACTERS).replace(/[\ud800-\udbff]$/, '');
  const all = visible(head).replaceAll('\t', TAB).replaceAll('\r\n', '\n').replace(/\n$/, '').split('\n');
  const lines = all.slice(0, SHOWN_LINES);
  return { lines, more: text.length - head.length + all.length - lines.length };
}

function timeOf({ storedAt }: FramedMessage): string {
  const date = new Date(storedAt);
  if (Number.isNaN(date.getTime())) return NO_TIME;
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
