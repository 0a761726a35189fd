import { createInterface, type Interface } from 'node:readline';
import type { ReadStream } from 'node:tty';
import { write } from '../terminal/output.ts';
import { fitted } from './width.ts';

/** What somebody wants: a line that was entered, or the end. `end`: Ctrl-D or the end of the input. */
export type Typed = { readonly kind: 'line'; readonly text: string } | { readonly kind: 'end' | 'interrupt' };

/** Where a conversation appears and lines are entered. */
export interface Screen {
  /** What is under way can be shown beside the line being typed, and changed there. */
  readonly live: boolean;
  /** What is entered, one after the other; ends after `end` or `interrupt`. */
  typed(): AsyncIterable<Typed>;
  /** Puts whole lines above the line being typed. Resolves when they are written. */
  print(lines: string): Promise<void>;
  /** Shows these lines, each harmless and of one line, between what was printed and the line being typed. */
  status(lines: readonly string[]): void;
  /** Nothing more is entered; what is printed still appears. */
  close(): void;
}

/** Lines in, lines out: a pipe, or a terminal that cannot move its cursor. */
export class PlainScreen implements Screen {
  readonly live = false;
  readonly #lines: AsyncIterator<string>;
  readonly #editor: Interface;

  constructor(input: NodeJS.ReadableStream) {
    this.#editor = createInterface({ input, terminal: false, crlfDelay: Infinity });
    this.#lines = this.#editor[Symbol.asyncIterator](); // from now on no line is lost
  }

  async *typed(): AsyncGenerator<Typed> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) break;
      yield { kind: 'line', text: value };
    }
    yield { kind: 'end' };
  }

  print(lines: string): Promise<void> {
    return write(lines);
  }

  status(): void {}

  close(): void {
    this.#editor.close();
  }
}

const UP = (rows: number): string => (rows === 0 ? '' : `\u001b[${rows}A`);
const CLEAR_DOWN = '\r\u001b[J';
const PROMPT = '> ';
const DEFAULT_COLUMNS = 80;
/** A second Ctrl-C ends if it comes within this time. */
const TWICE_MS = 3000;
const HOW_TO_END = 'Ctrl-C again, Ctrl-D or /quit ends.';

/** A terminal: the line being typed stays below, and is drawn anew when something appears above it. */
export class TerminalScreen implements Screen {
  readonly live = true;
  readonly #editor: Interface;
  readonly #look: (text: string) => string;
  readonly #queue: Typed[] = [];
  #wake: () => void = () => {};
  #status: readonly string[] = [];
  /** Rows of the prompt and the line that is about to be entered. */
  #entered = 0;
  #interruptedAt = -Infinity;
  #closed = false;
  /** Set while it is shown how to end. */
  #hint: NodeJS.Timeout | null = null;

  /** @param look of what is not printed to stay */
  constructor(input: ReadStream, look: (text: string) => string) {
    this.#look = look;
    this.#editor = createInterface({ input, output: process.stdout, terminal: true, prompt: PROMPT });
    input.prependListener('keypress', (_: unknown, key: { name?: string } | undefined) => {
      if (key?.name === 'return' || key?.name === 'enter') this.#beforeEnter();
    });
    this.#editor
      .on('line', (text) => this.#enter(text))
      .on('SIGINT', () => this.#interrupt())
      .on('close', () => this.#onClose());
    process.stdout.prependListener('resize', this.#onResize); // the editor draws after it
    this.#editor.prompt();
  }

  async *typed(): AsyncGenerator<Typed> {
    for (;;) {
      const next = this.#queue.shift();
      if (next === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else yield next;
      if (next !== undefined && next.kind !== 'line') return;
    }
  }

  print(lines: string): Promise<void> {
    return this.#draw(lines);
  }

  status(lines: readonly string[]): void {
    if (lines.join('\n') === this.#status.join('\n')) return;
    this.#status = lines;
    this.#redraw();
  }

  close(): void {
    if (!this.#closed) this.#editor.close();
  }

  /** By Ctrl-D as well: the line being typed is taken away, and what is printed from now on just follows. */
  #onClose(): void {
    this.#closed = true;
    if (this.#hint !== null) clearTimeout(this.#hint);
    process.stdout.off('resize', this.#onResize);
    process.stdout.write(UP(this.#editor.getCursorPos().rows) + CLEAR_DOWN);
    this.#say({ kind: 'end' });
  }

  readonly #onResize = (): void => this.#setPrompt();

  /** Puts lines above everything that the editor has drawn, which it then draws again below them. */
  async #draw(lines: string): Promise<void> {
    if (this.#closed) return write(lines);
    const { rows } = this.#editor.getCursorPos();
    // the editor goes up by as many rows as it drew before: it is given them; what was pasted it has not counted
    Object.assign(this.#editor, { prevRows: rows });
    const written = write(UP(rows) + CLEAR_DOWN + lines + '\n'.repeat(rows));
    this.#setPrompt();
    this.#editor.prompt(true);
    await written;
  }

  #redraw(): void {
    this.#draw('').catch(() => {}); // the next print tells
  }

  /** Its length in rows must be known: no line of it is longer than the terminal. */
  #setPrompt(): void {
    const columns = process.stdout.columns || DEFAULT_COLUMNS;
    const lines = this.#hint === null ? this.#status : [...this.#status, HOW_TO_END];
    this.#editor.setPrompt([...lines.map((line) => this.#look(fitted(line, columns - 1))), PROMPT].join('\n'));
  }

  #beforeEnter(): void {
    this.#editor.write(null, { ctrl: true, name: 'e' }); // to the end of the line
    this.#entered = this.#editor.getCursorPos().rows;
  }

  /** What was entered is taken away: it appears again where the channel stored it. */
  #enter(text: string): void {
    process.stdout.write(UP(this.#entered + 1) + CLEAR_DOWN);
    this.#setPrompt();
    this.#editor.prompt();
    this.#say({ kind: 'line', text });
  }

  #interrupt(): void {
    const now = performance.now();
    const { line } = this.#editor;
    if (line === '' && now - this.#interruptedAt < TWICE_MS) return this.#say({ kind: 'interrupt' });
    this.#interruptedAt = now;
    this.#editor.write(null, { ctrl: true, name: 'e' });
    this.#editor.write(null, { ctrl: true, name: 'u' }); // clears it
    if (this.#hint !== null) clearTimeout(this.#hint);
    this.#hint = setTimeout(() => {
      this.#hint = null;
      this.#redraw();
    }, TWICE_MS);
    this.#redraw();
  }

  #say(typed: Typed): void {
    this.#queue.push(typed);
    this.#wake();
  }
}
