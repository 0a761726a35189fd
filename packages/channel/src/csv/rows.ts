import type { FileHandle } from 'node:fs/promises';

/** A row of a file. */
export interface Row {
  /** Without its line end; of a row that is not `whole` the cells that are complete in its beginning. */
  readonly bytes: Buffer;
  /** False: it is longer than MAX_ROW_BYTES. */
  readonly whole: boolean;
  readonly start: number;
  /** Behind its line end. */
  readonly end: number;
}

export const LF = 0x0a;
export const CR = 0x0d;
const QUOTE = 0x22;
const COMMA = 0x2c;
/** Bytes of one read: enough for a thousand messages, little enough to keep many files open. */
const CHUNK_BYTES = 256 * 1024;
/** The first read from the end, which doubles: ten messages lie in it. */
const TAIL_BYTES = 16 * 1024;
/** Longest row that is read, with its line end: more than eight of the longest fields that we write. */
export const MAX_ROW_BYTES: number = 4 * 1024 * 1024;
/** So much of a longer one is looked at: its time and number stand in front. */
const HEAD_BYTES = 4096;
const EMPTY: Buffer = Buffer.alloc(0);

/** Up to `length` bytes from `position` on; fewer where the file ends. */
export async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** Counts the lines of a file from 1, as editors do; goes on where it stopped. */
export class LineNumbers {
  readonly #file: FileHandle;
  #at = 0;
  #line = 1;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** The number of the line in which an offset lies, which is not before the one that was asked for last. */
  async of(offset: number): Promise<number> {
    while (this.#at < offset) {
      const chunk = await readBytes(this.#file, this.#at, Math.min(CHUNK_BYTES, offset - this.#at));
      if (chunk.length === 0) break;
      for (let lf = chunk.indexOf(LF); lf >= 0; lf = chunk.indexOf(LF, lf + 1)) this.#line++;
      this.#at += chunk.length;
    }
    return this.#line;
  }
}

/** `bytes`: the row with its line end, or of one that is too long at least its beginning. */
function rowOf(bytes: Buffer, start: number, end: number): Row {
  if (end - start > MAX_ROW_BYTES) {
    const head = bytes.subarray(0, HEAD_BYTES);
    return { bytes: head.subarray(0, head.lastIndexOf(COMMA)), whole: false, start, end };
  }
  const lineEnd = bytes.at(-2) === CR ? 2 : 1;
  return { bytes: bytes.subarray(0, -lineEnd), whole: true, start, end };
}

/**
 * Finds the line ends of rows, chunk after chunk, beginning at the start of a row. A quote opens a cell only where the
 * cell begins, as in `splitRow`: a stray one (`5" disk`) must not swallow the rows behind it.
 */
class LineEnds {
  #quoted = false;
  /** What stands before the chunk, and where in it the last closing quote was (-1: it ended the chunk before). */
  #before = LF;
  #closed = NaN;

  *in(chunk: Buffer): Generator<number> {
    let quote = chunk.indexOf(QUOTE);
    for (let lf = chunk.indexOf(LF); ; lf = chunk.indexOf(LF, lf + 1)) {
      const limit = lf < 0 ? chunk.length : lf;
      for (; quote >= 0 && quote < limit; quote = chunk.indexOf(QUOTE, quote + 1)) this.#meet(chunk, quote);
      if (lf < 0) break;
      if (!this.#quoted) yield lf;
    }
    this.#before = chunk.at(-1) ?? this.#before;
    this.#closed -= chunk.length;
  }

  #meet(chunk: Buffer, at: number): void {
    const before = at === 0 ? this.#before : chunk[at - 1];
    // a quote right behind a closing one: the two stand for one quote in the cell, which goes on
    const opens = before === COMMA || before === LF || at === this.#closed + 1;
    if (this.#quoted) this.#closed = at;
    this.#quoted = !this.#quoted && opens;
  }
}

/**
 * Complete rows from `from` (which must be the start of a row) to `to`, some at a time, in memory for little more than
 * the longest row that is read. What follows the last line end that stands outside of quotes is not given: it is half
 * written, now or for ever.
 */
export async function* rowsForward(file: FileHandle, from: number, to: number): AsyncGenerator<Row[]> {
  const lineEnds = new LineEnds();
  let start = from;
  let pieces: Buffer[] = [];
  for (let at = from; at < to;) {
    const chunk = await readBytes(file, at, Math.min(CHUNK_BYTES, to - at));
    if (chunk.length === 0) return;
    const rows: Row[] = [];
    for (const lf of lineEnds.in(chunk)) {
      const end = at + lf + 1;
      const last = chunk.subarray(Math.max(0, start - at), lf + 1);
      rows.push(rowOf(pieces.length === 0 ? last : Buffer.concat([...pieces, last]), start, end));
      pieces = [];
      start = end;
    }
    if (rows.length > 0) yield rows;
    // of a row that is too long its beginning is enough
    if (at - start <= MAX_ROW_BYTES) pieces.push(chunk.subarray(Math.max(0, start - at)));
    at += chunk.length;
  }
}

/**
 * Rows from `to` (which must be behind a line end) back to `floor`, the last one first. Quotes are counted from `to`, so
 * the rows are right if `to` is outside of quotes; the caller checks them. Null, and no more, where the quotes do not come
 * out even, or a row with quotes cannot be checked because it is too long.
 */
export async function* rowsBackward(file: FileHandle, floor: number, to: number): AsyncGenerator<Row | null> {
  let end = to;
  let base = to;
  let buffer = EMPTY;
  let quoted = false;
  let quotes = false;
  for (let size = TAIL_BYTES; base > floor; size = Math.min(size * 2, CHUNK_BYTES)) {
    const length = Math.min(size, base - floor);
    const chunk = await readBytes(file, base - length, length);
    if (chunk.length < length) return;
    // of a row that is too long nothing is kept
    const rest = end - base > MAX_ROW_BYTES ? EMPTY : buffer.subarray(0, end - base);
    base -= length;
    buffer = Buffer.concat([chunk, rest]);
    for (let at = length - 1; at >= -1; at--) {
      // the floor is the start of a row
      if (at < 0 && base > floor) break;
      if (at >= 0 && buffer[at] === QUOTE) {
        quoted = !quoted;
        quotes = true;
      }
      const start = base + at + 1;
      // the line end at `end - 1` is the row's own
      if (start === end || (at >= 0 && (buffer[at] !== LF || quoted))) continue;
      const whole = end - start <= MAX_ROW_BYTES;
      const bytes = whole ? buffer.subarray(at + 1, end - base) : await readBytes(file, start, HEAD_BYTES);
      if (quotes && !(whole && isOneRow(bytes))) {
        yield null;
        return;
      }
      yield rowOf(bytes, start, end);
      end = start;
      quotes = false;
    }
  }
}

/** Whether what was found backwards, with its line end, is one row as well when it is read from its start. */
function isOneRow(bytes: Buffer): boolean {
  const [first] = new LineEnds().in(bytes);
  return first === bytes.length - 1;
}
