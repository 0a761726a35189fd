import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const AGE = /^(\d{1,6})([smhdw])$/;
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** Whether there is such a day: `Date` makes 30 February the 2nd of March. */
function isInCalendar(text: string): boolean {
  const day = new Date(`${text.slice(0, 10)}T00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text.slice(0, 10));
}

/**
 * The moment that `--since` means: an age (`30m`, `2h`, `7d`) or an ISO date, with or without a time. What names no
 * time zone is this machine's time, a bare date its midnight.
 */
export function sinceMoment(text: string, now: Date = new Date()): Date {
  const [, count, unit] = AGE.exec(text) ?? [];
  if (count !== undefined && unit !== undefined)
    return new Date(now.getTime() - Number(count) * (UNITS[unit] ?? 0) * 1000);
  const bare = text.length === 10;
  const date = DATE.test(text) ? new Date(bare ? `${text}T00:00` : text.replace(' ', 'T')) : null;
  if (date === null || Number.isNaN(date.getTime()) || !isInCalendar(text)) {
    throw new InvalidArgumentError('It takes an age (30m, 2h, 7d) or a date (2026-11-24, 2026-11-24T06:00:00Z).');
  }
  return date;
}
