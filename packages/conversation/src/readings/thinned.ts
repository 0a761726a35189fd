import type { Point } from './series.ts';

/**
 * At most `count` (from 4) of the points, for drawing: time is cut into equal slots, and of each the lowest and the highest
 * stay, so that no peak is lost. Points are given by time, and stay so.
 */
export function thinned(points: readonly Point[], count: number): readonly Point[] {
  const [first, last] = [points[0], points.at(-1)];
  if (points.length <= count || !first || !last) return points;
  const slots = Math.max(2, count >> 1);
  const width = (last.time - first.time) / slots || 1;
  const kept: Point[] = [];
  for (let from = 0; from < points.length;) {
    const slot = slotOf(points[from], { first, width, slots });
    let to = from + 1;
    while (to < points.length && slotOf(points[to], { first, width, slots }) === slot) to += 1;
    kept.push(...extremes(points.slice(from, to)));
    from = to;
  }
  return kept;
}

function slotOf(
  point: Point | undefined,
  { first, width, slots }: { first: Point; width: number; slots: number },
): number {
  return Math.min(slots - 1, Math.floor(((point?.time ?? 0) - first.time) / width));
}

function extremes(points: readonly Point[]): Point[] {
  let [low, high] = [0, 0];
  for (const [index, { value }] of points.entries()) {
    if (value < (points[low]?.value ?? 0)) low = index;
    if (value > (points[high]?.value ?? 0)) high = index;
  }
  return points.filter((_, index) => index === low || index === high);
}
