import type { FileHandle } from 'node:fs/promises';
import { ChannelError } from '../errors.ts';

/** Bytes of a file that are one row: `bytes` without its line end, `end` behind it. */
export interface Row {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
/** Bytes of one read: enough for a thousand messages, little enough to keep many files open. */
const CHUNK_BYTES = 256 * 1024;
/** The first read from the end, which doubles: ten messages lie in it. */
const TAIL_BYTES = 16 * 1024;
/** Longest row: more than eight of the longest fields that we write, so beyond it a quote never closes. */
const MAX_ROW_BYTES: number = 4 * 1024 * 1024;

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

function rowTooLong(): ChannelError {
  return new ChannelError('damaged', `A row of the file is longer than ${MAX_ROW_BYTES} bytes: a quote never closes.`, {
    hint: 'Look at the file in a text editor: a quote (") is missing or too many.',
  });
}

function withoutCr(bytes: Buffer): Buffer {
  return bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
}

/**
 * Complete rows from `from` (which must be the start of a row) to `to`, some at a time. What follows the last line end
 * that stands outside of quotes is not given: it is half written, now or for ever.
 */
export async function* rowsForward(file: FileHandle, from: number, to: number): AsyncGenerator<Row[]> {
  let base = from;
  let rest: Buffer = Buffer.alloc(0);
  let quoted = false;
  while (base + rest.length < to) {
    const scanned = rest.length;
    const at = base + scanned;
    const chunk = await readBytes(file, at, Math.min(CHUNK_BYTES, to - at));
    if (chunk.length === 0) return;
    const buffer = scanned === 0 ? chunk : Buffer.concat([rest, chunk]);
    const cut = cutRows({ buffer, scanned, quoted, base });
    if (cut.rows.length > 0) yield cut.rows;
    quoted = cut.quoted;
    rest = buffer.subarray(cut.used);
    base += cut.used;
    if (rest.length > MAX_ROW_BYTES) throw rowTooLong();
  }
}

/** Cuts complete rows off the front of a buffer whose first `scanned` bytes were looked at before. */
function cutRows(input: { buffer: Buffer; scanned: number; quoted: boolean; base: number }): {
  rows: Row[];
  used: number;
  quoted: boolean;
} {
  const { buffer, base } = input;
  const rows: Row[] = [];
  let { quoted } = input;
  let start = 0;
  let quote = buffer.indexOf(QUOTE, input.scanned);
  for (let lf = buffer.indexOf(LF, input.scanned); ; lf = buffer.indexOf(LF, lf + 1)) {
    const limit = lf < 0 ? buffer.length : lf;
    for (; quote >= 0 && quote < limit; quote = buffer.indexOf(QUOTE, quote + 1)) quoted = !quoted;
    if (lf < 0) return { rows, used: start, quoted };
    if (quoted) continue;
    rows.push({ bytes: withoutCr(buffer.subarray(start, lf)), start: base + start, end: base + lf + 1 });
    start = lf + 1;
  }
}

/**
 * Rows from `to` (which must be behind a row's line end) back to `floor`, the last one first. Quotes are counted from
 * `to`, so the rows are right if `to` is outside of quotes; the caller checks them.
 */
export async function* rowsBackward(file: FileHandle, floor: number, to: number): AsyncGenerator<Row> {
  let end = to;
  let base = to;
  let buffer: Buffer = Buffer.alloc(0);
  let quoted = false;
  for (let size = TAIL_BYTES; base > floor; size = Math.min(size * 2, CHUNK_BYTES)) {
    const length = Math.min(size, base - floor);
    const chunk = await readBytes(file, base - length, length);
    if (chunk.length < length) return;
    base -= length;
    buffer = Buffer.concat([chunk, buffer.subarray(0, end - (base + length))]);
    for (let at = length - 1; at >= 0; at--) {
      const byte = buffer[at];
      if (byte === QUOTE) quoted = !quoted;
      // the line end at `end - 1` is the row's own
      if (byte !== LF || quoted || base + at === end - 1) continue;
      yield { bytes: withoutCr(buffer.subarray(at + 1, end - base - 1)), start: base + at + 1, end };
      end = base + at + 1;
    }
    if (end - base > MAX_ROW_BYTES) throw rowTooLong();
  }
  if (end > floor) yield { bytes: withoutCr(buffer.subarray(0, end - base - 1)), start: floor, end };
}

/** The offset behind the last line end at or before `size`, or `floor` when there is none. */
export async function lastLineEnd(file: FileHandle, floor: number, size: number): Promise<number> {
  for (let end = size; end > floor;) {
    const length = Math.min(CHUNK_BYTES, end - floor);
    const chunk = await readBytes(file, end - length, length);
    const lf = chunk.lastIndexOf(LF);
    if (lf >= 0) return end - length + lf + 1;
    end -= length;
  }
  return floor;
}
