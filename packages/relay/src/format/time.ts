import type { Params } from '../http/params.ts';

/** Seconds for which one offset of a zone is remembered: zones change at quarters of an hour only. */
const QUARTER_SECONDS = 900;
const MAX_OFFSET_HOURS = 14;
/** Instants that ISO 8601 writes with a year of four digits. */
const EARLIEST = -62_167_219_200;
const LATEST = 253_402_300_799;

/** A time zone of answers and of times without an offset (thingspeak-api 1.5). Times are Unix seconds. */
export interface Zone {
  /** Seconds east of Greenwich at an instant. */
  readonly offsetAt: (seconds: number) => number;
  /** UTC itself is written `Z` and `UTC`, any other zone as an offset, also when that is zero. */
  readonly utc: boolean;
}

/** The zone of answers that ask for none. */
export const UTC: Zone = { offsetAt: () => 0, utc: true };

/** The zone that `timezone` or else `offset` asks for; UTC where neither does or the zone is unknown. */
export function zoneOf(params: Params): Zone {
  const name = params.present('timezone');
  if (name !== null) return namedZone(name) ?? UTC;
  // ThingSpeak takes the first zone that is at this offset today, whose winters may be another; we take what was said
  const hours = Number.parseInt(params.present('offset') ?? '0', 10);
  if (!(Math.abs(hours) <= MAX_OFFSET_HOURS) || hours === 0) return UTC;
  return { offsetAt: () => hours * 3600, utc: false };
}

const zones = new Map<string, Zone>();

function namedZone(name: string): Zone | null {
  // Intl takes any spelling of case and offsets such as +05:30; ThingSpeak takes the names of the IANA list
  if (!name.split('/').every((part) => /^[A-Z]/.test(part))) return null;
  const known = zones.get(name);
  if (known !== undefined) return known;
  try {
    const formatter = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    const utc = name === 'UTC' || name === 'Etc/UTC';
    const zone = utc ? UTC : { offsetAt: rememberingOffset(formatter), utc };
    // only names that exist get here: the list cannot grow beyond theirs
    zones.set(name, zone);
    return zone;
  } catch {
    return null;
  }
}

function rememberingOffset(formatter: Intl.DateTimeFormat): (seconds: number) => number {
  let quarter = Number.NaN;
  let offset = 0;
  return (seconds) => {
    const asked = Math.floor(seconds / QUARTER_SECONDS);
    if (asked !== quarter) {
      quarter = asked;
      const name = formatter.formatToParts(seconds * 1000).find(({ type }) => type === 'timeZoneName')?.value ?? '';
      offset = offsetSeconds(/GMT([+-]\d{1,2}(?::\d{2})?)/.exec(name)?.[1] ?? '');
    }
    return offset;
  };
}

/** `2017-02-03T15:35:21Z`, elsewhere `2017-02-03T15:35:21+05:30`: JSON. */
export function isoTime(seconds: number, { offsetAt, utc }: Zone): string {
  if (utc) return `${wallTime(seconds)}Z`;
  const offset = offsetAt(seconds);
  return wallTime(seconds + offset) + offsetText(offset, ':');
}

/** `2018-01-26 20:35:15 UTC`, elsewhere `2016-11-22 07:20:00 -0500`: CSV. */
export function csvTime(seconds: number, { offsetAt, utc }: Zone): string {
  if (utc) return `${wallTime(seconds).replace('T', ' ')} UTC`;
  const offset = offsetAt(seconds);
  return `${wallTime(seconds + offset).replace('T', ' ')} ${offsetText(offset, '')}`;
}

function wallTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19);
}

function offsetText(offset: number, separator: string): string {
  const minutes = Math.abs(Math.trunc(offset / 60));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${separator}${two(minutes % 60)}`;
}

/** `+05:30`, `-0500`, `-5` as seconds; 0 for an empty text. */
function offsetSeconds(text: string): number {
  const [, sign, hours, minutes] = /^([+ -])(\d{1,2}):?(\d{2})?$/.exec(text) ?? [];
  const seconds = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60;
  return sign === '-' ? -seconds : seconds;
}

// a date alone; or with a time, with or without seconds and their fraction, and with an offset. In an address that was
// not encoded the + of an offset has become a blank.
const LOOSE_TIME =
  /^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s*(Z|UTC|GMT|[+ -]\d{2}(?::?\d{2})?)?\s*$/i;

/** A loosely written time (thingspeak-api 1.5) in Unix seconds, read in the zone where it names none; null if it is none. */
export function parseTime(text: string, zone: Zone): number | null {
  const match = LOOSE_TIME.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!real) return null;
  const wall = date.getTime() / 1000;
  const offset = match[7];
  const seconds = offset === undefined ? fromWall(wall, zone) : wall - offsetSeconds(offset);
  return inRange(seconds);
}

/** An epoch in seconds, as bulk updates may write `created_at`; null if it is none. */
export function parseEpoch(text: string): number | null {
  return /^-?\d{1,12}(\.\d+)?$/.test(text) ? inRange(Math.floor(Number(text))) : null;
}

/** The instant, or null when its year has not four digits. */
export function inRange(seconds: number): number | null {
  // a day's distance, so that it has four digits in every zone
  return seconds >= EARLIEST + 86_400 && seconds <= LATEST - 86_400 ? seconds : null;
}

/** The instant at which clocks of the zone show this time; twice, as the first guess may lie beyond a change of clocks. */
function fromWall(wall: number, { offsetAt }: Zone): number {
  return wall - offsetAt(wall - offsetAt(wall));
}
