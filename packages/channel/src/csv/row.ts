import type { Entry, Extra } from '../channel.ts';
import type { Cell } from '../format/csv.ts';
import { csvRow, splitRow } from '../format/csv.ts';
import type { Fields } from '../format/fields.ts';
import { csvTime, isoSeconds } from '../format/time.ts';
import { trimFields } from '../limits.ts';
import type { Header } from './header.ts';

/** ThingSpeak's API (`2018-01-26 20:35:15 UTC`, `… -0500`) and the export of its web site (`2026-03-21T09:53:25+00:00`). */
const TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)? ?(UTC|Z|[+-]\d\d:?\d\d)?$/;
/** Its digits stand for any. */
const OUR_TIME = '0000-00-00 00:00:00 UTC';
const COMMA = 0x2c;
const ZERO = 0x30;
/** Digits of a number that is exact in JavaScript, whatever they are. */
const LONGEST_NUMBER = 15;

/** A line that is no entry: a note, or what a spreadsheet has rewritten. */
export interface Stray {
  /** What is wrong with it. */
  readonly stray: string;
  /** The number that it has all the same; null = none. */
  readonly id: number | null;
}

/** The entry in a row; null for a blank line. `extras`: with what stands in other columns. */
export function readRow(bytes: Buffer, header: Header, extras = false): Entry | Stray | null {
  const text = bytes.toString();
  if (text.trim() === '') return null;
  const cells = splitRow(text);
  const id = Number(cells[header.entryId]);
  if (!Number.isSafeInteger(id) || id < 1) return { stray: 'its entry_id is not a number', id: null };
  const createdAt = readTime(cells[header.createdAt] ?? '');
  if (createdAt === null) return { stray: 'its created_at is not a time', id };
  const entry = { id, createdAt, fields: trimFields(header.fields.map((column) => cells[column] ?? null)) };
  const beside = extras ? otherCells(cells, header) : [];
  return beside.length === 0 ? entry : { ...entry, extras: beside };
}

function otherCells(cells: readonly Cell[], { columns, createdAt, entryId, fields }: Header): Extra[] {
  const known = new Set([createdAt, entryId, ...fields]);
  return cells.flatMap((text, at) =>
    text === null || text === '' || known.has(at) ? [] : [{ name: columns[at] || `column ${at + 1}`, text }],
  );
}

/** The same for whoever needs no more than the number. */
export function readRowId(bytes: Buffer, header: Header): number | Stray | null {
  const plain = header.createdAt === 0 && header.entryId === 1 && bytes[OUR_TIME.length] === COMMA && hasOurTime(bytes);
  const id = plain ? plainNumber(bytes, OUR_TIME.length + 1) : 0;
  if (id > 0) return id;
  const entry = readRow(bytes, header);
  return entry === null || 'stray' in entry ? entry : entry.id;
}

/** Whether a row begins with a time as we and ThingSpeak's API write it. */
function hasOurTime(bytes: Buffer): boolean {
  for (let at = 0; at < OUR_TIME.length; at++) {
    const byte = bytes[at] ?? 0;
    const wanted = OUR_TIME.charCodeAt(at);
    if (wanted === ZERO ? byte < ZERO || byte > ZERO + 9 : byte !== wanted) return false;
  }
  return true;
}

/** Digits from `start` to the next comma or the end; 0 for anything else. */
function plainNumber(bytes: Buffer, start: number): number {
  let value = 0;
  for (const byte of bytes.subarray(start, start + LONGEST_NUMBER)) {
    if (byte === COMMA) return value;
    if (byte < ZERO || byte > ZERO + 9) return 0;
    value = value * 10 + byte - ZERO;
  }
  return bytes.length - start > LONGEST_NUMBER ? 0 : value;
}

function readTime(text: string): string | null {
  const [whole, date, time, zone = 'UTC'] = TIME.exec(text) ?? [];
  if (whole === undefined) return null;
  const parsed = new Date(
    `${date}T${time}${zone === 'UTC' || zone === 'Z' ? 'Z' : zone.replace(/(\d\d)(\d\d)$/, '$1:$2')}`,
  );
  return Number.isNaN(parsed.getTime()) ? null : isoSeconds(parsed);
}

/** A row with its line end, in the columns of the file. */
export function writeRow(entry: { id: number; createdAt: string; fields: Fields }, header: Header): string {
  const cells: Cell[] = Array.from({ length: header.columns.length }, () => null);
  cells[header.createdAt] = csvTime(entry.createdAt);
  cells[header.entryId] = String(entry.id);
  for (const [index, value] of entry.fields.entries()) {
    const column = header.fields[index] ?? -1;
    if (column >= 0) cells[column] = value;
  }
  return `${csvRow(cells)}\n`;
}
