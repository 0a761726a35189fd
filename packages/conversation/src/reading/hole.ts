import type { Unreachable } from '@fernspeak/channel';

/** Entry numbers that are missing between two entries that are there: ThingSpeak may give out 7 before 6. */
export interface Hole {
  readonly from: number;
  readonly to: number;
  /** When it was passed, milliseconds of the epoch. */
  readonly passedAt: number;
}

/** A missing entry may still turn up: a hole this young is waited for. */
const HOLE_WAIT_MS = 60_000;
/** An older one is looked at again at each reading, this long. */
const HOLE_WATCH_MS = 24 * 60 * 60_000;
/** Most holes that are looked at again; the oldest is given up first. */
const MAX_HOLES = 32;

/** Two entries next to each other in an answer, by number, and when the channel says that the later was stored. */
export interface Neighbours {
  readonly before: number;
  readonly entry: { readonly id: number; readonly createdAt: string };
}

/**
 * The hole between two neighbours at `now`; null when none is there, or when the channel has said that it does not give
 * these entries out. A log whose beginning is gone has no hole before its first entry (`before` 0).
 */
export function holeBetween(
  { before, entry }: Neighbours,
  { unreachable, now }: { unreachable: readonly Unreachable[]; now: number },
): Hole | null {
  const hole = { from: before + 1, to: entry.id - 1, passedAt: now };
  if (before === 0 || hole.to < hole.from) return null;
  return unreachable.some((gap) => gap.from <= hole.from && hole.to <= gap.to) ? null : hole;
}

/**
 * How long a hole is still waited for, in milliseconds; 0: it is passed. Its age is that of the entry behind it, by the
 * channel's time. A time outside of the minute around `now` (a wrong clock, or a writer's invention) keeps nobody waiting.
 */
export function holeWaitMs(entry: { readonly createdAt: string }, now: number): number {
  const age = now - Date.parse(entry.createdAt);
  return Math.abs(age) < HOLE_WAIT_MS ? HOLE_WAIT_MS - Math.max(age, 0) : 0;
}

/** Adds a hole that was passed. */
export function noteHole(holes: readonly Hole[], hole: Hole): readonly Hole[] {
  return [...holes.filter((each) => each.from !== hole.from), hole].slice(-MAX_HOLES);
}

/** The holes that are worth another look at `now`. */
export function watchedHoles(holes: readonly Hole[], now: number): readonly Hole[] {
  return holes.filter(({ passedAt }) => Math.abs(now - passedAt) < HOLE_WATCH_MS);
}

/** A hole without the entries that turned up: what is still missing of it. */
export function stillMissing(hole: Hole, found: readonly number[]): readonly Hole[] {
  const bounds = [hole.from - 1, ...found.toSorted((a, b) => a - b), hole.to + 1];
  return bounds
    .slice(1)
    .map((end, at) => ({ from: (bounds[at] ?? 0) + 1, to: end - 1, passedAt: hole.passedAt }))
    .filter(({ from, to }) => from <= to);
}
