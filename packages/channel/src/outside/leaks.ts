import type { Entry } from '../channel.ts';
import { marksOf } from './marks.ts';
import { sendingsOf, type Sending } from './sending.ts';

/** `unknown`: there is too little to tell. There is no "none": see docs/leak-meter.md. */
export type LeakLevel = 'low' | 'medium' | 'high' | 'unknown';

export interface Leak {
  readonly level: LeakLevel;
  /** Size and sender: bits. Time: a share from 0 to 1. Two decimals. Null: unknown. */
  readonly value: number | null;
  /** How full a bar is, 0 to 1; never empty. Null: unknown. */
  readonly bar: number | null;
}

/** What sealed entries still give away, in three measures that are never made one. */
export interface Leaks {
  readonly size: Leak & {
    /** How many sizes were used. */
    readonly sizes: number;
    /** The most frequent one, in characters; null: there is nothing yet. */
    readonly usual: number | null;
  };
  /** `beat`: the median time between sendings in seconds; null: unknown. */
  readonly time: Leak & { readonly beat: number | null };
  /** `marks`: into how many groups what is visible divides the entries. `requests`: the keeper sees where they come from. */
  readonly sender: Leak & { readonly marks: number; readonly requests: boolean };
  /** How many sendings were looked at. */
  readonly sendings: number;
}

/** The newest entries that are looked at: what `inspect` and the app show is of these. */
export const LEAK_WINDOW = 200;
/** So many sendings say something of sizes and senders. */
const LEAST_SENDINGS = 2;
/** So many times between sendings say something of a rhythm. */
const LEAST_INTERVALS = 5;

/** From `medium` on, and from `high` on; docs/leak-meter.md says why. */
const SIZE_BITS = { medium: 0.5, high: 2, full: 4 } as const;
const TIME_SHARE = { medium: 0.1, high: 0.4, full: 1 } as const;
const SENDER_BITS = { medium: 0.5, high: 1.5, full: 3 } as const;
/** An address tells at least two places apart. */
const REQUEST_BITS = 1;
const LEAST_BAR = 0.05;

/**
 * Measures what entries give away to whoever keeps the channel. Formulas: docs/leak-meter.md.
 *
 * @param entries in order of their numbers, with their extras; the newest `LEAK_WINDOW` count
 * @param requests whether its keeper sees the request (address, write key) that each entry came with: true over HTTP
 */
export function leaksOf(entries: readonly Entry[], { requests }: { readonly requests: boolean }): Leaks {
  const looked = entries.slice(-LEAK_WINDOW);
  const sendings = sendingsOf(looked);
  return {
    size: sizeLeak(sendings),
    time: timeLeak(sendings),
    sender: senderLeak(sendings, requests),
    sendings: sendings.length,
  };
}

function sizeLeak(sendings: readonly Sending[]): Leaks['size'] {
  const counts = countsOf(sendings.map(({ characters }) => characters));
  const [usual] = Array.from(counts).toSorted(([, a], [, b]) => b - a)[0] ?? [null];
  const bits = sendings.length < LEAST_SENDINGS ? null : entropy(counts);
  return { ...leak(bits, SIZE_BITS), sizes: counts.size, usual };
}

function timeLeak(sendings: readonly Sending[]): Leaks['time'] {
  const times = sendings.flatMap(({ storedAt }) => (storedAt === null ? [] : [storedAt / 1000])).toSorted(ascending);
  const intervals = times.slice(1).map((time, at) => time - (times[at] ?? 0));
  if (intervals.length < LEAST_INTERVALS) return { ...leak(null, TIME_SHARE), beat: null };
  const beat = intervals.toSorted(ascending)[Math.floor(intervals.length / 2)] ?? 0;
  const whole = intervals.reduce((sum, interval) => sum + interval, 0);
  const beside = intervals.reduce((sum, interval) => sum + Math.abs(interval - beat), 0);
  // all at once is one burst
  return { ...leak(whole === 0 ? 1 : beside / whole, TIME_SHARE), beat };
}

function senderLeak(sendings: readonly Sending[], requests: boolean): Leaks['sender'] {
  const counts = countsOf(sendings.flatMap(({ entries }) => entries.slice(0, 1).map(marksOf)));
  const bits = sendings.length < LEAST_SENDINGS ? null : entropy(counts) + (requests ? REQUEST_BITS : 0);
  return { ...leak(bits, SENDER_BITS), marks: counts.size, requests };
}

function leak(value: number | null, { medium, high, full }: { medium: number; high: number; full: number }): Leak {
  if (value === null) return { level: 'unknown', value: null, bar: null };
  const level = value < medium ? 'low' : value < high ? 'medium' : 'high';
  return { level, value: rounded(value), bar: rounded(Math.min(1, Math.max(LEAST_BAR, value / full))) };
}

function countsOf<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Shannon's, in bits: how much one of them tells, on average. */
function entropy(counts: ReadonlyMap<unknown, number>): number {
  const each = Array.from(counts.values());
  const all = each.reduce((sum, count) => sum + count, 0);
  return each.reduce((sum, count) => sum + (count / all) * Math.log2(all / count), 0);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function ascending(a: number, b: number): number {
  return a - b;
}
