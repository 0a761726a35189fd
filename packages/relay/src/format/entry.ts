import { csvRow } from '@fernspeak/channel/format';
import type { Channel, Entry, Values } from '../store/store.ts';
import { VALUE_NAMES } from '../store/store.ts';
import { csvTime, isoTime, type Zone } from './time.ts';

/** What of an entry is shown, and how. */
export interface EntryShape {
  readonly zone: Zone;
  /** Places in {@link VALUE_NAMES}, ascending. */
  readonly columns: readonly number[];
}

const FIRST_PLACE = VALUE_NAMES.indexOf('latitude');
/** The place of the status in {@link VALUE_NAMES}. */
export const STATUS: number = VALUE_NAMES.indexOf('status');

/**
 * The columns of an answer: fields that are on (of `only`, digits 1 … 8, where given), and on request location and status
 * (thingspeak-api 3.3).
 */
export function columnsOf(
  channel: Channel,
  only: string | null,
  extras: { location: boolean; status: boolean },
): number[] {
  const fields = channel.fieldsOn.flatMap((on, index) => {
    return on && (only === null || only.includes(String(index + 1))) ? [index] : [];
  });
  const place = extras.location ? [FIRST_PLACE, FIRST_PLACE + 1, FIRST_PLACE + 2] : [];
  return [...fields, ...place, ...(extras.status ? [STATUS] : [])];
}

/** An entry of a feed as JSON: values are strings or null. */
export function entryJson(entry: Entry, { zone, columns }: EntryShape): string {
  let json = `{"created_at":"${isoTime(entry.createdAt, zone)}","entry_id":${entry.entry}`;
  for (const column of columns) json += `,"${VALUE_NAMES[column]}":${jsonValue(entry.values, column)}`;
  return `${json}}`;
}

/** The line of names (thingspeak-api 3.4), with its line end. */
export function csvHeader({ columns }: EntryShape): string {
  return `${['created_at', 'entry_id', ...columns.map((column) => VALUE_NAMES[column])].join(',')}\n`;
}

/** An entry as a line, with its line end. */
export function entryCsv(entry: Entry, { zone, columns }: EntryShape): string {
  const cells = columns.map((column) => entry.values[column] ?? null);
  return `${csvRow([csvTime(entry.createdAt, zone), String(entry.entry), ...cells])}\n`;
}

/**
 * The answer to `/update.json` (thingspeak-api 2.1): all eight fields always. `literals` holds the values that came as JSON
 * numbers: they are echoed as numbers.
 */
export function updateJson(channel: number, entry: Entry, zone: Zone, literals: ReadonlyMap<number, string>): string {
  const values = VALUE_NAMES.map((name, index) => `"${name}":${literals.get(index) ?? jsonValue(entry.values, index)}`);
  const head = `{"channel_id":${channel},"created_at":"${isoTime(entry.createdAt, zone)}","entry_id":${entry.entry}`;
  return `${head},${values.join(',')}}`;
}

function jsonValue(values: Values, column: number): string {
  const value = values[column] ?? null;
  return value === null ? 'null' : JSON.stringify(value);
}
