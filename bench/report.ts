/** Prints a section's title. */
export function heading(title: string): void {
  console.log(`\n${title}`);
}

/** Prints one line of figures. */
export function row(name: string, figures: readonly string[]): void {
  console.log(`  ${name.padEnd(36)} ${figures.join('   ')}`);
}

/** The middle of some numbers; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** What a ratio has to reach. */
export type Bound = { readonly atMost: number } | { readonly atLeast: number };

/** Prints a ratio beside what it has to reach. */
export function goal(name: string, ratio: number, bound: Bound): void {
  const [reached, words] =
    'atMost' in bound
      ? [ratio <= bound.atMost, `at most ${bound.atMost}`]
      : [ratio >= bound.atLeast, `at least ${bound.atLeast}`];
  console.log(`  ${name.padEnd(60)} ${ratio.toFixed(2)} (${words}): ${reached ? 'reached' : 'NOT reached'}`);
}
