/** How the lines of a plot are told apart, without colours: lengths of strokes and gaps, in pixels. */
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [10, 3, 2, 3]];

/** Of the series at this place. */
export function dashOf(at: number): readonly number[] {
  return DASHES[at % DASHES.length] ?? [];
}
