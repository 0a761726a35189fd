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
