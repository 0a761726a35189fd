import type { FileHandle } from 'node:fs/promises';
import { ChannelError } from '../errors.ts';
import { csvRow, splitRow } from '../format/csv.ts';
import { MAX_FIELDS } from '../format/fields.ts';
import { readBytes } from './rows.ts';

/** The first line of a CSV file: which column is what. */
export interface Header {
  readonly columns: readonly string[];
  readonly createdAt: number;
  readonly entryId: number;
  /** Column of field1 … field8; -1 = the file has none. */
  readonly fields: readonly number[];
  /** Offset of the first row. */
  readonly end: number;
}

/** More than any header of ThingSpeak's has. */
const MAX_HEADER_BYTES = 4096;

/** `created_at,entry_id,field1` with as many fields. */
function headerColumns(fields: number): string[] {
  return ['created_at', 'entry_id', ...Array.from({ length: fields }, (_, index) => `field${index + 1}`)];
}

/** The header of a new file for entries with `fields` fields, and its first line. */
export function newHeader(fields: number): { header: Header; line: string } {
  const line = `${csvRow(headerColumns(fields))}\n`;
  return { header: { ...indexColumns(headerColumns(fields)), end: line.length }, line };
}

/**
 * Reads the header. Null when the file is empty, or holds nothing but the beginning of a header of ours (the process
 * that made it was killed). Throws `not-a-channel` when the file is something else.
 */
export async function readHeader(file: FileHandle): Promise<Header | null> {
  const head = await readBytes(file, 0, MAX_HEADER_BYTES);
  const lineEnd = head.indexOf(0x0a);
  if (lineEnd < 0) {
    if (csvRow(headerColumns(MAX_FIELDS)).startsWith(head.toString())) return null;
    throw notOurs('it has no header line');
  }
  // a spreadsheet may have written a byte order mark and CRLF
  const line = head
    .subarray(0, lineEnd)
    .toString()
    .replace(/^\uFEFF/, '')
    .replace(/\r$/, '');
  return { ...columnsOf(line), end: lineEnd + 1 };
}

function columnsOf(line: string): Omit<Header, 'end'> {
  const columns = splitRow(line).map((cell) => cell?.trim() ?? '');
  if (/created_at"?[;\t]/.test(line)) throw notOurs('its columns are not separated by commas');
  for (const name of ['created_at', 'entry_id']) {
    if (!columns.includes(name)) throw notOurs(`its first line has no column ${name}`);
  }
  return indexColumns(columns);
}

function indexColumns(columns: readonly string[]): Omit<Header, 'end'> {
  const fields = Array.from({ length: MAX_FIELDS }, (_, index) => columns.indexOf(`field${index + 1}`));
  return { columns, createdAt: columns.indexOf('created_at'), entryId: columns.indexOf('entry_id'), fields };
}

/** The same header with more columns at its end. */
export function widerHeader(header: Header, columns: readonly string[]): Header {
  return { ...header, ...indexColumns([...header.columns, ...columns]) };
}

function notOurs(what: string): ChannelError {
  return new ChannelError('not-a-channel', `The file is not a channel: ${what}. Nothing was written to it.`, {
    hint: 'Name a file that does not exist yet, or one that begins with created_at,entry_id,field1.',
  });
}

/** Columns that entries with `fields` fields need and the file lacks. */
export function missingColumns(header: Header, fields: number): string[] {
  return header.fields.slice(0, fields).flatMap((column, index) => (column < 0 ? [`field${index + 1}`] : []));
}
