import type { Entry } from '../channel.ts';
import type { Cell } from '../format/csv.ts';
import { csvRow, splitRow } from '../format/csv.ts';
import type { Fields } from '../format/fields.ts';
import { csvTime, isoSeconds } from '../format/time.ts';
import { trimFields } from '../limits.ts';
import type { Header } from './header.ts';

/** ThingSpeak's API (`2018-01-26 20:35:15 UTC`, `… -0500`) and the export of its web site (`2026-03-21T09:53:25+00:00`). */
const TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)? ?(UTC|Z|[+-]\d\d:?\d\d)?$/;
const COMMA = 0x2c;
const QUOTE = 0x22;
const ZERO = 0x30;
/** Digits of a number that is exact in JavaScript, whatever they are. */
const LONGEST_NUMBER = 15;

/** The entry in a row, null for a blank line, or what is wrong with it. */
export function readRow(bytes: Buffer, header: Header): Entry | string | null {
  const text = bytes.toString();
  if (text.trim() === '') return null;
  const cells = splitRow(text);
  const id = Number(cells[header.entryId]);
  if (!Number.isSafeInteger(id) || id < 1) return 'its entry_id is not a number';
  const createdAt = readTime(cells[header.createdAt] ?? '');
  if (createdAt === null) return 'its created_at is not a time';
  return { id, createdAt, fields: trimFields(header.fields.map((column) => cells[column] ?? null)) };
}

/** The number of a row's entry alone; 0 for a blank line, -1 when it has none. */
export function readRowId(bytes: Buffer, header: Header): number {
  const comma = bytes.indexOf(COMMA);
  if (header.createdAt === 0 && header.entryId === 1 && bytes[0] !== QUOTE && comma > 0) {
    const id = plainNumber(bytes, comma + 1);
    if (id > 0) return id;
  }
  const entry = readRow(bytes, header);
  if (entry === null) return 0;
  return typeof entry === 'string' ? -1 : entry.id;
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
