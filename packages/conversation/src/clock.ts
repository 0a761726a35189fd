/** Time, as an argument: tests bring their own. */
export interface Clock {
  /** Milliseconds of the epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when that comes first. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** Timers wrap around beyond this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  wait: (ms, signal) =>
    new Promise((resolve, reject) => {
      const aborted = (): void => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      };
      const timer = setTimeout(
        () => {
          signal.removeEventListener('abort', aborted);
          resolve();
        },
        Math.min(ms, LONGEST_TIMER_MS),
      );
      if (signal.aborted) aborted();
      else signal.addEventListener('abort', aborted, { once: true });
    }),
};

export interface DeadlineOptions {
  readonly ms: number;
  /** What `signal` aborts with when the time is over. */
  readonly reason: Error;
  /** Aborts before the time is over, with its own reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A moment that can be put off; its signal aborts then. `end` stops the timer. */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #over = new AbortController();
  readonly #ended = new AbortController();
  #at: number;

  constructor(clock: Clock, { ms, reason, signal }: DeadlineOptions) {
    this.#clock = clock;
    this.#ms = ms;
    this.#at = clock.now() + ms;
    this.signal = signal ? AbortSignal.any([this.#over.signal, signal]) : this.#over.signal;
    void this.#watch(reason);
  }

  /** Milliseconds until then; 0 when it is over. */
  get left(): number {
    return Math.max(0, this.#at - this.#clock.now());
  }

  /** Begins the whole time anew. */
  extend(): void {
    this.#at = this.#clock.now() + this.#ms;
  }

  end(): void {
    this.#ended.abort();
  }

  async #watch(reason: Error): Promise<void> {
    try {
      while (this.left > 0) await this.#clock.wait(this.left, this.#ended.signal);
      this.#over.abort(reason);
    } catch {
      // ended before
    }
  }
}
