const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const DATE = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const LONG = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const DAY_MS = 86_400_000;

/** `14:06` */
export function clock(at: Date): string {
  return CLOCK.format(at);
}

/** As short as a list wants it: the time today, the weekday this week, else the date. */
export function short(at: Date, now: Date = new Date()): string {
  if (at.toDateString() === now.toDateString()) return CLOCK.format(at);
  return now.getTime() - at.getTime() < 6 * DAY_MS ? DAY.format(at) : DATE.format(at);
}

/** `Monday, 23 November` */
export function day(at: Date): string {
  return LONG.format(at);
}
