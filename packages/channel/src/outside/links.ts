import type { EntryView } from './anatomy.ts';

/** What ties an entry to those before it, for whoever only watches. */
export interface Links {
  /** Earlier entries (of those that were looked at) of exactly this size; at most the last few are listed. */
  readonly sameSize: readonly number[];
  readonly sameSizeCount: number;
  /** Earlier entries with parts of the same sending. */
  readonly sameSending: readonly number[];
  /** Since the entry before was stored; null for the first one. */
  readonly secondsSincePrevious: number | null;
}

/** So many earlier entries are listed by number. */
const LISTED = 8;
/** A rhythm needs this many intervals, nearly all of them this close to the median (as a share of it, and in seconds). */
const RHYTHM_INTERVALS = 4;
const RHYTHM_SHARE = 0.1;
const RHYTHM_SECONDS = 1;
const RHYTHM_KEPT = 0.9;

/** Looks at entries one after the other, and remembers what links them. */
export class Linking {
  readonly #sizes = new Map<number, { last: number[]; count: number }>();
  readonly #sendings = new Map<string, number[]>();
  readonly #intervals: number[] = [];
  #previous: number | null = null;

  next(view: EntryView): Links {
    const size = this.#sizes.get(view.characters) ?? { last: [], count: 0 };
    const sameSending = view.part === null ? [] : (this.#sendings.get(view.part.id) ?? []);
    const links = {
      sameSize: [...size.last],
      sameSizeCount: size.count,
      sameSending: [...sameSending],
      secondsSincePrevious: this.#interval(view),
    };
    this.#sizes.set(view.characters, { last: [...size.last, view.entryId].slice(-LISTED), count: size.count + 1 });
    if (view.part !== null) this.#sendings.set(view.part.id, [...sameSending, view.entryId]);
    return links;
  }

  #interval(view: EntryView): number | null {
    const stored = Date.parse(view.storedAt) / 1000;
    const interval = this.#previous === null || Number.isNaN(stored) ? null : stored - this.#previous;
    if (!Number.isNaN(stored)) this.#previous = stored;
    if (interval !== null) this.#intervals.push(interval);
    return interval;
  }

  /** The interval of a steady rhythm in seconds; null when the times follow what people do. */
  get rhythm(): number | null {
    const sorted = this.#intervals.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    if (sorted.length < RHYTHM_INTERVALS || median <= RHYTHM_SECONDS) return null;
    const tolerance = Math.max(RHYTHM_SECONDS, median * RHYTHM_SHARE);
    const kept = sorted.filter((interval) => Math.abs(interval - median) <= tolerance).length;
    return kept >= sorted.length * RHYTHM_KEPT ? median : null;
  }

  /** How many sizes occur. */
  get sizes(): number {
    return this.#sizes.size;
  }
}
