import type { Clock } from '../../src/index.ts';

/** A clock that stands still while anything runs, and jumps to the next timer when everybody waits. */
export function virtualClock(start: number = Date.UTC(2026, 10, 24, 6)): Clock & { waits: number[] } {
  const timers = new Set<{ at: number; ring: () => void }>();
  const waits: number[] = [];
  let now = start;
  let pumping = false;
  const pump = (): void => {
    pumping = timers.size > 0;
    if (!pumping) return;
    const [next] = [...timers].sort((a, b) => a.at - b.at);
    if (next) {
      timers.delete(next);
      now = Math.max(now, next.at);
      next.ring();
    }
    setImmediate(pump);
  };
  return {
    waits,
    now: () => now,
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error);
        waits.push(ms);
        const timer = { at: now + ms, ring: resolve };
        timers.add(timer);
        signal.addEventListener('abort', () => {
          timers.delete(timer);
          reject(signal.reason as Error);
        });
        if (!pumping) {
          pumping = true;
          setImmediate(pump);
        }
      }),
  };
}

export interface SteppingClock extends Clock {
  /** A good minute later. */
  step(): void;
  /** So much later (milliseconds), with all that happens until then. */
  pass(ms: number): Promise<void>;
}

/**
 * A clock that moves only when it is told to. Waits between two tries pass at once: they have a random part, and are no
 * whole milliseconds. Limits, leases and all others pass when their time has come.
 */
export function steppingClock(start: number = Date.UTC(2026, 10, 24, 6)): SteppingClock {
  const MINUTE_MS = 61_000;
  const timers = new Set<{ at: number; ring: () => void }>();
  let now = start;
  return {
    now: () => now,
    step: () => void (now += MINUTE_MS),
    pass: async (ms) => {
      const end = now + ms;
      for (;;) {
        await everythingElse();
        const [next] = [...timers].sort((a, b) => a.at - b.at);
        if (!next || next.at > end) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.ring();
      }
      now = end;
    },
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error);
        if (ms === 0 || !Number.isInteger(ms)) return void setImmediate(resolve);
        const timer = { at: now + ms, ring: resolve };
        timers.add(timer);
        signal.addEventListener(
          'abort',
          () => {
            timers.delete(timer);
            reject(signal.reason as Error);
          },
          { once: true },
        );
      }),
  };
}

/** What was begun comes to its end: signatures are made in other threads, which no clock of ours moves. */
async function everythingElse(): Promise<void> {
  const TURNS = 30;
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}
