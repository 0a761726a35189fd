import type { Point } from './series.ts';

/** Both ends belong to it; milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Statistics {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  readonly median: number;
  /** Infinite when it is beyond what a double holds. */
  readonly sum: number;
}

/** The points of a span, given points by time. */
export function within(points: readonly Point[], { from, to }: Span): readonly Point[] {
  return points.slice(
    firstAt(points, (time) => time >= from),
    firstAt(points, (time) => time > to),
  );
}

/** Null: there are no points. */
export function statistics(points: readonly Point[]): Statistics | null {
  if (points.length === 0) return null;
  const values = Float64Array.from(points, ({ value }) => value).sort();
  const count = values.length;
  const at = (index: number): number => (values[index] ?? 0) + 0; // -0 is 0
  const [min, max] = [at(0), at(count - 1)];
  let sum = 0;
  let mean = 0;
  for (const [index, value] of values.entries()) {
    sum += value;
    mean += value / (index + 1) - mean / (index + 1);
  }
  // halved first: two large values must not overflow
  const median = at((count - 1) >> 1) / 2 + at(count >> 1) / 2 || 0;
  const exact = Number.isFinite(sum) ? sum / count : mean;
  return {
    count,
    min,
    mean: Math.min(max, Math.max(min, exact)),
    max,
    median: Math.min(max, Math.max(min, median)),
    sum,
  };
}

function firstAt(points: readonly Point[], holds: (time: number) => boolean): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(points[middle]?.time ?? Infinity)) high = middle;
    else low = middle + 1;
  }
  return low;
}
