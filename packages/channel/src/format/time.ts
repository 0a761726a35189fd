/** ISO 8601 in UTC and whole seconds: `2026-11-24T06:00:00Z` (ThingSpeak's JSON). */
export function isoSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** The same in ThingSpeak's CSV: `2026-11-24 06:00:00 UTC`. */
export function csvTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
