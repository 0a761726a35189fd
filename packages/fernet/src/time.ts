/** How far in the future a token may come from, seconds: clocks differ (pyca's `_MAX_CLOCK_SKEW`, the spec's vectors). */
const MAX_CLOCK_SKEW = 60;

/** How old a token may be, and against which clock. */
export interface AgeOptions {
  /** The greatest age, in seconds. Without it no time is looked at: a token of any age opens, and one from the future too. */
  readonly ttl?: number | undefined;
  /** What counts as now: Unix time in seconds, rounded down. The system's clock unless given; of use only with `ttl`. */
  readonly now?: number | undefined;
}

/** An age limit that was checked to make sense. */
export interface AgeLimit {
  readonly ttl: number;
  readonly now: number;
}

/** Unix time now, in whole seconds. */
export function currentTime(): number {
  return Math.floor(Date.now() / 1000);
}

/**
 * `time` in whole seconds, rounded down.
 * @throws TypeError when it is no number, RangeError when it is negative or not exact (2⁵³ and more).
 */
export function wholeSeconds(time: number, name: string): number {
  if (typeof time !== 'number') throw new TypeError(`${name} is a number of seconds`);
  const seconds = Math.floor(time);
  if (!Number.isSafeInteger(seconds) || seconds < 0) throw new RangeError(`${name} is in seconds, 0 or more`);
  return seconds;
}

/**
 * The limit that the options ask for; null for none.
 * @throws TypeError when they are no object; TypeError, RangeError when `ttl` or `now` is not a number of seconds, 0 or more (`ttl` may be Infinity).
 */
export function ageLimit(options: AgeOptions): AgeLimit | null {
  // a bare number, which is how pyca takes the ttl, would be no limit at all
  if (typeof options !== 'object' || options === null) throw new TypeError('The options are an object: { ttl, now }');
  const { ttl, now } = options;
  const time = now === undefined ? undefined : wholeSeconds(now, 'now');
  if (ttl === undefined) return null;
  if (typeof ttl !== 'number') throw new TypeError('ttl is a number of seconds');
  if (!(ttl >= 0)) throw new RangeError('ttl is in seconds, 0 or more');
  return { ttl, now: time ?? currentTime() };
}

/**
 * Whether a token of `timestamp` is neither too old (spec, "Verifying", step 3) nor too far in the future. As in pyca,
 * and in the spec, whose only case from the future has a ttl, the skew counts only where an age limit was asked for.
 */
export function isWithin({ ttl, now }: AgeLimit, timestamp: number): boolean {
  return timestamp + ttl >= now && timestamp <= now + MAX_CLOCK_SKEW;
}
