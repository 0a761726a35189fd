import type { ChannelError, ChannelErrorCode } from '../errors.ts';
import { isChannelError } from '../errors.ts';

/** Tries of one read: the first, and two more after a short wait. */
const READ_TRIES = 3;
const FIRST_PAUSE_MS = 300;
/** A read that somebody waits for does not wait longer than this for a server that is busy. */
const LONGEST_READ_PAUSE_MS = 5_000;
/** A follower that has lost its server comes back at least this often. */
const LONGEST_FOLLOW_PAUSE_MS = 30_000;
/** A server may ask a follower to stay away longer than that, up to this. */
const LONGEST_RETRY_AFTER_MS = 600_000;

const READ_RETRIES: ReadonlySet<ChannelErrorCode> = new Set(['unclear', 'rate-limited', 'busy']);

/** A growing pause with jitter, so that many clients of one server do not come back in step. */
export function pauseAfter(failures: number, error: ChannelError | null): number {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 16), LONGEST_FOLLOW_PAUSE_MS);
  const asked = Math.min(error?.retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
  return Math.max(pause * (0.5 + Math.random() / 2), asked);
}

/** Waits; returns early, without an error, when a signal aborts. */
export function sleep(ms: number, signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  if (signals.some((signal) => signal?.aborted)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      for (const signal of signals) signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    for (const signal of signals) signal?.addEventListener('abort', done);
  });
}

export interface Patience {
  readonly signal?: AbortSignal | undefined;
  readonly closed: AbortSignal;
  /** No new try after this long, in milliseconds: a server that is silent is not asked again and again. */
  readonly patienceMs: number;
}

/** Does a read, which can be repeated without harm, and repeats it politely when the failure may pass. */
export async function retried<T>({ signal, closed, patienceMs }: Patience, read: () => Promise<T>): Promise<T> {
  const start = performance.now();
  for (let tries = 1; ; tries++) {
    try {
      return await read();
    } catch (error) {
      if (!isChannelError(error) || !READ_RETRIES.has(error.code) || tries >= READ_TRIES || closed.aborted) throw error;
      const pause = pauseAfter(tries, error);
      if (pause > LONGEST_READ_PAUSE_MS || performance.now() - start + pause > patienceMs) throw error;
      await sleep(pause, [signal, closed]);
      signal?.throwIfAborted();
    }
  }
}
