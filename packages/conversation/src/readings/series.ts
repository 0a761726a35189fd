import type { Message } from '../message.ts';
import { readingsOf } from './reading.ts';

/** One reading in its series. */
export interface Point {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly value: number;
  readonly entryId: number;
}

export interface SeriesSet {
  /** By name, in the order of their first reading; the points of each by time. */
  readonly series: ReadonlyMap<string, readonly Point[]>;
  /** What was left out, for people; null: nothing. */
  readonly omitted: string | null;
}

/** Whoever has the key can invent names without end: more are not kept, and not counted one by one. */
export const MAX_SERIES = 16;

/** Sorts the readings of messages into series. */
export class Series {
  readonly #points = new Map<string, Point[]>();
  #omitted = 0;

  add(message: Message): void {
    for (const { name, ...point } of readingsOf(message)) {
      const points = this.#points.get(name);
      if (points) points.push(point);
      else if (this.#points.size < MAX_SERIES) this.#points.set(name, [point]);
      else this.#omitted += 1;
    }
  }

  /** What was added up to now; a copy. */
  take(): SeriesSet {
    const series = new Map<string, readonly Point[]>();
    for (const [name, points] of this.#points) {
      series.set(
        name,
        points.toSorted((a, b) => a.time - b.time || a.entryId - b.entryId),
      );
    }
    const omitted =
      this.#omitted === 0
        ? null
        : `Only the first ${MAX_SERIES} names are shown; ${this.#omitted} values under others are left out.`;
    return { series, omitted };
  }
}
