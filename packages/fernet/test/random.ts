/** Random numbers that a seed repeats: what failed once can be played again. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to, not including, `below` (at most 2³²). Mulberry32: fast, and good enough to test with. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  /** One of `choices`. */
  pick<T>(choices: ArrayLike<T>): T {
    return choices[this.below(choices.length)]!;
  }

  /** Random bytes. */
  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** A size from 0 to `most`, each power of two as likely as the next. */
  size(most: number): number {
    return Math.floor(2 ** ((this.below(2 ** 32) / 2 ** 32) * Math.log2(most + 2))) - 1;
  }
}

/** A seed for this run, or the one in `SEED`. */
export function newSeed(): number {
  return Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
}
