import type { FileHandle } from 'node:fs/promises';
import type { Header } from './header.ts';
import { readRowId } from './row.ts';
import type { Row } from './rows.ts';
import { LF, LineNumbers, MAX_ROW_BYTES, readBytes, rowsBackward, rowsForward } from './rows.ts';
import type { StrayLines } from './strays.ts';
import { NOTICED_STRAYS, withStray } from './strays.ts';

/** So much of the end is checked at least: a short file that somebody has edited is seen through as a whole. */
const CHECKED_BYTES: number = 16 * 1024;

/** What a file holds, as far as it matters for the next step. */
export interface Extent {
  /** Behind the last complete row. */
  readonly end: number;
  /**
   * Highest entry number, 0 = none. Each line behind it that is no entry and has no number counts as one more: it may
   * be one that somebody has spoilt, whose number no other entry must get.
   */
  readonly lastId: number;
  /** Where the wanted rows begin. */
  readonly from: number;
  /** False when the rows are not in the order of their numbers (somebody sorted them, or put two files together). */
  readonly ordered: boolean;
  /** Lines that are no entries, as far as they were met: the first few. */
  readonly strays: readonly StrayLines[];
}

/** Which rows are wanted; counts and numbers as in `ReadRange`. */
export type Wanted = { readonly after: number } | { readonly last: number };

/**
 * Finds the rows that are wanted from the end of the file backwards, at a cost that depends on how many they are and
 * not on the file's length. Null when what it meets does not look as it should: then only `surveyAll` can tell.
 */
export async function surveyTail(
  file: FileHandle,
  header: Header,
  size: number,
  wanted: Wanted,
): Promise<Extent | null> {
  // where a line is half written, only from the front can be told whether the last line end stands inside of quotes
  if ((await readBytes(file, size - 1, 1))[0] !== LF) return null;
  let from = size;
  let lastId = 0;
  let previous = Infinity;
  let count = 0;
  let found = false;
  for await (const row of rowsBackward(file, header.end, size)) {
    if (row === null) return null;
    const id = readRowId(row.bytes, header);
    if (id === null) continue;
    if (typeof id !== 'number' || id >= previous) return null;
    previous = id;
    lastId = Math.max(lastId, id);
    if (!found && !enough(wanted, id, count)) {
      count++;
      from = row.start;
      continue;
    }
    found = true;
    if (size - row.start > CHECKED_BYTES) break;
  }
  const first = await firstId(file, header, size);
  return first > lastId ? null : { end: size, lastId, from, ordered: true, strays: [] };
}

function enough(wanted: Wanted, id: number, count: number): boolean {
  return 'after' in wanted ? id <= wanted.after : count >= wanted.last;
}

/** The first row's number; 0: it is blank or long, Infinity: it is no entry. */
async function firstId(file: FileHandle, header: Header, end: number): Promise<number> {
  for await (const [first] of rowsForward(file, header.end, Math.min(end, header.end + 4096))) {
    const id = first === undefined ? null : readRowId(first.bytes, header);
    return typeof id === 'number' ? id : id === null ? 0 : Infinity;
  }
  return 0;
}

/** Reads every row's number, from the front, where quotes can be told for certain. */
export async function surveyAll(file: FileHandle, header: Header, size: number, wanted: Wanted): Promise<Extent> {
  let end = header.end;
  let lastId = 0;
  let ordered = true;
  let rows = 0;
  let unnumbered = 0;
  const strays: StrayLines[] = [];
  let current: StrayLines | null = null;
  const endOfStrays = (): void => {
    if (current !== null && strays.length <= NOTICED_STRAYS) strays.push(current);
    current = null;
  };
  for await (const row of eachRow(file, header.end, size)) {
    end = row.end;
    const id = readRowId(row.bytes, header);
    if (id === null) continue;
    if (typeof id !== 'number') {
      current = withStray(current, row, id);
      unnumbered = id.id === null ? unnumbered + 1 : 0;
      lastId = Math.max(lastId, id.id ?? 0);
      continue;
    }
    endOfStrays();
    unnumbered = 0;
    rows++;
    if (id <= lastId) ordered = false;
    lastId = Math.max(lastId, id);
  }
  endOfStrays();
  const skip = 'last' in wanted ? Math.max(0, rows - wanted.last) : 0;
  const from = ordered ? await skipRows({ file, header, end, skip }) : header.end;
  return { end, lastId: lastId + unnumbered, ordered, from, strays };
}

async function skipRows(input: { file: FileHandle; header: Header; end: number; skip: number }): Promise<number> {
  let left = input.skip;
  if (left === 0) return input.header.end;
  for await (const row of eachRow(input.file, input.header.end, input.end)) {
    if (typeof readRowId(row.bytes, input.header) === 'number' && --left === 0) return row.end;
  }
  return input.end;
}

/**
 * What is wrong with the bytes behind the last complete row; null when there are none, or when they are what a process
 * that was killed while it wrote leaves behind, which ends anywhere and is no longer than a row.
 */
export async function unendedLine(file: FileHandle, end: number, size: number): Promise<string | null> {
  if (size === end) return null;
  if (size - end <= MAX_ROW_BYTES && (await readBytes(file, size - 1, 1))[0] !== LF) return null;
  return `Line ${await new LineNumbers(file).of(end)} of the file does not end: a quote (") or a line end is missing, and what follows cannot be read.`;
}

/** Complete rows one by one. */
export async function* eachRow(file: FileHandle, from: number, to: number): AsyncGenerator<Row> {
  for await (const rows of rowsForward(file, from, to)) yield* rows;
}
