import { stripVTControlCharacters } from 'node:util';
import { isLoud } from '@fernspeak/conversation';
import { widthOf, wrapped } from '../chat/width.ts';
import { shortKey } from '../members/key.ts';
import type { Style } from '../terminal/style.ts';
import { visible, visibleLine } from '../terminal/visible.ts';
import type { OpenedView } from './opening.ts';

/** The view of anyone takes so much beside the other one. */
const LEFT = 72;
const LEAST_RIGHT = 42;
const BETWEEN = ' │ ';
const LABEL = 10;
/** Of a text so much is shown. */
const SHOWN_CHARACTERS = 1000;
const SHOWN_LINES = 20;

/** Whether both views fit side by side. */
export function fitBeside(columns: number): boolean {
  return columns >= LEFT + BETWEEN.length + LEAST_RIGHT;
}

/** What an entry is to whoever has the key: lines of at most `width` columns. */
export function openedLines(views: readonly OpenedView[], { style, width }: { style: Style; width: number }): string[] {
  return views.flatMap((view, at) => [...(at === 0 ? [] : ['']), ...new OpenedText(style, width).lines(view)]);
}

class OpenedText {
  readonly #style: Style;
  readonly #width: number;

  constructor(style: Style, width: number) {
    this.#style = style;
    this.#width = width;
  }

  lines(view: OpenedView): string[] {
    const { kind, sender, n, seen, sentAt, title, bytes, text, findings } = view;
    const { bold } = this.#style;
    const from =
      sender === null
        ? 'nobody signed it'
        : `${sender.shown} (key ${shortKey(sender.key)}…)${sender.verified ? ', verified' : ''}`;
    return [
      bold('with the key'),
      ...(kind === 'none'
        ? this.#row('', 'it does not open, or does not count')
        : [
            ...this.#row('from', from),
            ...(n === null ? [] : this.#row('n', `${n}`)),
            ...(sender === null ? [] : this.#row('seen', seenText(seen))),
            ...(sentAt === null ? [] : this.#row('sent at', `${sentAt}, by the sender's clock`)),
            ...this.#row('kind', `${kind}, ${bytes} bytes`),
            ...(title === null ? [] : this.#row('title', visibleLine(title))),
            ...(bytes === 0 ? [] : this.#body(text)),
          ]),
      ...this.#findings(findings),
    ];
  }

  #body(text: string | null): string[] {
    if (text === null) return this.#row('text', 'it is none');
    const shown = visible(text.slice(0, SHOWN_CHARACTERS).replace(/[\ud800-\udbff]$/, '')).replaceAll('\t', '    ');
    const lines = this.#row('text', shown);
    const left = text.length > SHOWN_CHARACTERS || lines.length > SHOWN_LINES;
    return left ? [...lines.slice(0, SHOWN_LINES), ...this.#row('', `… (${text.length} characters)`)] : lines;
  }

  #findings(findings: OpenedView['findings']): string[] {
    const { red, dim } = this.#style;
    if (findings === null) return this.#row('findings', 'not received here yet: receive or check tells', dim);
    if (findings.length === 0) return this.#row('findings', 'none', dim);
    return findings.flatMap(({ code, sentence }) =>
      this.#row(isLoud(code) ? '!' : '·', `${sentence} [${code}]`, isLoud(code) ? red : dim),
    );
  }

  #row(label: string, value: string, look: (text: string) => string = (text) => text): string[] {
    const room = this.#width - LABEL - 1;
    const pieces = value.split(/\r?\n/).flatMap((line) => wrapped(line, room, Infinity));
    return pieces.map((piece, at) => `${(at === 0 ? label : '').padEnd(LABEL)} ${look(piece.trimEnd())}`.trimEnd());
  }
}

function seenText(seen: OpenedView['seen']): string {
  if (seen === null) return 'says nothing';
  const { t, message } = seen;
  if (/^0+$/.test(t)) return 'nothing yet';
  return message === null ? `up to ${t.slice(0, 8)}…` : `up to ${message.sender}'s number ${message.n}`;
}

/** Two columns of lines, with their line ends. A line that is too long for the left one has the right one to itself. */
export function beside(left: readonly string[], right: readonly string[]): string {
  const rows: string[] = [];
  const rest = [...right];
  for (const line of left) {
    const width = widthOf(stripVTControlCharacters(line));
    rows.push(width > LEFT ? line : `${line}${' '.repeat(LEFT - width)}${BETWEEN}${rest.shift() ?? ''}`);
  }
  for (const line of rest) rows.push(`${' '.repeat(LEFT)}${BETWEEN}${line}`);
  return rows.map((row) => `${row.trimEnd()}\n`).join('');
}

/** The width of the right column. */
export function rightWidth(columns: number): number {
  return columns - LEFT - BETWEEN.length - 1;
}
