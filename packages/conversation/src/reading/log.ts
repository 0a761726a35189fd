import {
  JOIN_WINDOW,
  emptyJoining,
  isChannelError,
  isPassing,
  join,
  type Arrival,
  type Channel,
  type Entry,
  type Joining,
  type Unreachable,
} from '@fernspeak/channel';
import type { Clock } from '../clock.ts';
import { cursorOf, standsAt, type Cursor } from './cursor.ts';
import { unreachable, type Finding } from '../finding.ts';
import { holeBetween, holeWaitMs, noteHole, watchedHoles, type Hole } from './hole.ts';
import { late, type LateStep } from './late.ts';
import type { Checkpoint } from '../store.ts';
import { firstEntry, judge, type Evidence } from './verdict.ts';

/** A followed channel that is silent for so long is asked whether it still has what was read. */
const RECHECK_MS = 60_000;
/** Between two looks for an entry that is missing before one that is there. */
const HOLE_POLL_MS = 5000;

/** Pauses of a follower before it asks a channel again that gave it trouble. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/** How far a log was read. */
export interface Reached {
  /** The last entry, as far as this reading has seen it itself; null: it has not. */
  readonly entry: Entry | null;
  /** Everything up to this number is done with. */
  readonly upTo: number;
  readonly joining: Joining;
  readonly holes: readonly Hole[];
}

/** What reading a log comes to. */
export type Step =
  | { readonly kind: 'entry'; readonly arrival: Arrival | null; readonly reached: Reached }
  | LateStep
  /** Reading starts over. `whole`: it is another log, nothing that was received from here counts any more. */
  | { readonly kind: 'anew'; readonly whole: boolean };

export interface LogOptions {
  readonly channel: Channel;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onFinding: (finding: Finding) => void;
}

/** Where a checkpoint says that reading goes on. `joining` null: the open windows have to be found again. */
type Start = Pick<Checkpoint, 'cursor' | 'joining' | 'holes'>;

/** The beginning of a log. */
export const NOTHING: Reached = { entry: null, upTo: 0, joining: emptyJoining(), holes: [] };

/** How a pass ended: at the end of the log, before a hole that is still waited for, or where what was read is gone. */
interface End {
  readonly reached: Reached;
  /** 0: no hole. */
  readonly waitMs: number;
  /** True: what comes next stands behind entries that are gone, the last one that was read among them. */
  readonly isCut?: boolean;
}

/** Reads a log from where a checkpoint says, and notices when it is not the same log any more. */
export class Log {
  readonly #options: LogOptions;
  readonly #unreachable: Unreachable[] = [];

  constructor(options: LogOptions) {
    this.#options = options;
  }

  /** What is there now. A hole that is still waited for ends it. */
  async *read(start: Start | null): AsyncGenerator<Step, End, undefined> {
    const cursor = start?.cursor ?? null;
    const end = start && cursor ? yield* this.#readOn({ ...start, cursor }) : yield* this.#readAll();
    return end.isCut ? yield* this.read(startAt(end.reached)) : end;
  }

  /**
   * What is there, and then what comes, until the signal. Trouble with the channel that can pass by itself is an error at
   * the beginning alone; once reading has `begun`, it goes on from where it was.
   */
  async *follow(
    start: Start | null,
    { begun = false }: { readonly begun?: boolean } = {},
  ): AsyncGenerator<Step, void, undefined> {
    const { signal, clock } = this.#options;
    let [from, failures, isBegun] = [start, 0, begun];
    const goesWell = (): void => void ([failures, isBegun] = [0, true]);
    while (!signal.aborted) {
      try {
        for await (const step of this.#follow(from, goesWell)) {
          if (step.kind === 'entry') from = startAt(step.reached);
          yield step;
        }
      } catch (error) {
        if (!isBegun || !isPassing(error)) throw error;
        const pause = Math.min(FIRST_PAUSE_MS * 2 ** failures++, LONGEST_PAUSE_MS) * (1 + Math.random() / 4);
        await clock.wait(Math.max(pause, error.retryAfterMs ?? 0), signal);
      }
    }
  }

  async *#follow(start: Start | null, goesWell: () => void): AsyncGenerator<Step, void, undefined> {
    const { signal, clock } = this.#options;
    let end = yield* this.read(start);
    while (!signal.aborted) {
      goesWell();
      if (end.waitMs > 0) await clock.wait(Math.min(end.waitMs, HOLE_POLL_MS), signal);
      const next = yield* this.#followOn(end.reached);
      end = next ?? (yield* this.#readAnew());
      if (end.isCut) end = yield* this.read(startAt(end.reached));
    }
  }

  async *#readAnew(): AsyncGenerator<Step, End, undefined> {
    yield { kind: 'anew', whole: true };
    return yield* this.#readAll();
  }

  async *#readAll(): AsyncGenerator<Step, End, undefined> {
    return yield* this.#through(this.#entries(0), NOTHING);
  }

  /** Begins at the cursor, or as much earlier as it takes to find the open windows again. */
  async *#readOn({ cursor, joining, holes }: Start & { cursor: Cursor }): AsyncGenerator<Step, End, undefined> {
    const entries = this.#entries(Math.max(0, cursor.entry - 1 - (joining === null ? JOIN_WINDOW : 0)));
    try {
      const { first, windows } = await skipTo(cursor.entry, { entries, joining: joining ?? emptyJoining() });
      const verdict = await judge(cursor, first, this.#evidence());
      if ('finding' in verdict) this.#options.onFinding(verdict.finding);
      if (verdict.kind === 'rolled-back') return yield* this.#readAnew();
      if (verdict.kind === 'expired') {
        yield { kind: 'anew', whole: false };
        return yield* this.#through(chain(first, entries), NOTHING);
      }
      const entry = verdict.kind === 'same' ? first : null;
      const rejoined = entry && joining === null ? join(windows, entry).state : windows;
      const reached = yield* this.#lookAgain({ entry, upTo: cursor.entry, joining: rejoined, holes });
      return yield* this.#through(entry ? entries : chain(first, entries), reached);
    } finally {
      await entries.return();
    }
  }

  /** Holes that were passed earlier may have been filled. */
  async *#lookAgain(reached: Reached): AsyncGenerator<Step, Reached, undefined> {
    if (reached.holes.length === 0) return reached;
    const { channel, signal, clock } = this.#options;
    const watched = watchedHoles(reached.holes, clock.now());
    const { holes, joining } = yield* late({ channel, signal, holes: watched, upTo: reached.upTo });
    const after = { ...reached, holes, joining: joining ?? reached.joining };
    yield { kind: 'entry', arrival: null, reached: after };
    return after;
  }

  async *#through(entries: AsyncIterable<Entry>, from: Reached): AsyncGenerator<Step, End, undefined> {
    let reached = from;
    for await (const entry of entries) {
      if (await this.#isCut(entry, reached)) return { reached, waitMs: 0, isCut: true };
      const taken = this.#take(entry, reached);
      if ('waitMs' in taken) return { reached, waitMs: taken.waitMs };
      ({ reached } = taken);
      yield taken;
    }
    return { reached, waitMs: 0 };
  }

  /** Null: the log is another one now. */
  async *#followOn(from: Reached): AsyncGenerator<Step, End | null, undefined> {
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#options.signal, stop.signal]);
    const entries = this.#options.channel.follow(from.upTo, { signal, onUnreachable: this.#noteUnreachable });
    const iterator = entries[Symbol.asyncIterator]();
    let reached = from;
    try {
      for (;;) {
        const next = await this.#arriving(iterator.next(), reached);
        if (next === 'anew') return null;
        if (next.done) return { reached, waitMs: 0 };
        if (await this.#isCut(next.value, reached)) return { reached, waitMs: 0, isCut: true };
        const taken = this.#take(next.value, reached);
        if ('waitMs' in taken) return { reached, waitMs: taken.waitMs };
        ({ reached } = taken);
        yield taken;
      }
    } catch (error) {
      // a carrier that notices by itself that there is less than was read
      if (isChannelError(error, 'damaged') && reached.entry && (await this.#isAnother(reached.entry))) return null;
      throw error;
    } finally {
      stop.abort();
      await iterator.return?.();
    }
  }

  /** Waits for the next entry, and looks now and then whether the last one is still there. */
  async #arriving<T>(next: Promise<T>, { entry }: Reached): Promise<T | 'anew'> {
    if (entry === null) return next;
    for (;;) {
      const timer = new AbortController();
      const silence = this.#options.clock.wait(RECHECK_MS, timer.signal).then(
        () => 'silence' as const,
        () => 'silence' as const,
      );
      const first = await Promise.race([next, silence]);
      timer.abort();
      if (first !== 'silence') return first;
      if (await this.#isAnother(entry)) return 'anew';
    }
  }

  /** Behind entries that the channel does not give out (any more): whether the last one that was read is gone, too. */
  async #isCut({ id }: Entry, { entry, upTo }: Reached): Promise<boolean> {
    const gap = this.#unreachable.find(({ from, to }) => from <= upTo + 1 && to >= id - 1);
    if (id === upTo + 1 || !gap || entry === null) return false;
    const first = await firstEntry(this.#evidence(), entry.id - 1);
    return first === null || !standsAt(cursorOf(entry), first);
  }

  async #isAnother(entry: Entry): Promise<boolean> {
    try {
      const verdict = await judge(cursorOf(entry), await firstEntry(this.#evidence(), entry.id - 1), this.#evidence());
      if (verdict.kind === 'rolled-back') this.#options.onFinding(verdict.finding);
      return verdict.kind === 'rolled-back';
    } catch (error) {
      if (isChannelError(error) || this.#options.signal.aborted) return false; // following tells what lasts
      throw error;
    }
  }

  #take(entry: Entry, { upTo, joining, holes }: Reached): (Step & { kind: 'entry' }) | { waitMs: number } {
    const now = this.#options.clock.now();
    const hole = holeBetween({ before: upTo, entry }, { unreachable: this.#unreachable, now });
    const waitMs = hole ? holeWaitMs(entry, now) : 0;
    if (waitMs > 0) return { waitMs };
    const { state, arrival } = join(joining, entry);
    const reached = { entry, upTo: entry.id, joining: state, holes: hole ? noteHole(holes, hole) : holes };
    return { kind: 'entry', arrival, reached };
  }

  #entries(after: number): AsyncGenerator<Entry, void, undefined> {
    const { channel, signal } = this.#options;
    return chain(null, channel.read({ after }, { signal, onUnreachable: this.#noteUnreachable }));
  }

  readonly #noteUnreachable = (gap: Unreachable): void => {
    this.#unreachable.push(gap);
    this.#options.onFinding(unreachable(gap.reason));
  };

  #evidence(): Evidence {
    const { channel, signal } = this.#options;
    return { channel, signal };
  }
}

function startAt({ entry, joining, holes }: Reached): Start {
  return { cursor: entry && cursorOf(entry), joining, holes };
}

/** The first entry from `number` on, and the windows that are open before it. */
async function skipTo(
  number: number,
  { entries, joining }: { entries: AsyncGenerator<Entry, void, undefined>; joining: Joining },
): Promise<{ first: Entry | null; windows: Joining }> {
  let windows = joining;
  for (;;) {
    const next = await entries.next();
    if (next.done) return { first: null, windows };
    if (next.value.id >= number) return { first: next.value, windows };
    windows = join(windows, next.value).state;
  }
}

async function* chain(first: Entry | null, rest: AsyncIterable<Entry>): AsyncGenerator<Entry, void, undefined> {
  if (first) yield first;
  yield* rest;
}
