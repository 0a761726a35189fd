import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { EFF_WORDS } from './eff-words.ts';
import { normalizePassphrase } from './key.ts';

/** Six words of a list of 7,776 are 77.5 bits. */
const SUGGESTED_WORDS = 6;
/** Below this a file of sealed messages is cracked by anyone who holds it. */
const WEAK_BELOW_LOG2 = 40;

/** Six words of EFF's large list, chosen uniformly by the platform's cryptographic randomness, with blanks between. */
export function suggestPassphrase(): string {
  const words = EFF_WORDS.split(/\s/);
  return Array.from({ length: SUGGESTED_WORDS }, () => words[below(words.length)]).join(' ');
}

/** A uniform number below `limit` (at most 65,536): what would favour the first ones is thrown away. */
function below(limit: number): number {
  const fair = 65_536 - (65_536 % limit);
  const drawn = new Uint16Array(1);
  let value: number;
  do {
    crypto.getRandomValues(drawn);
    [value = 0] = drawn;
  } while (value >= fair);
  return value % limit;
}

/** How hard a passphrase is to guess for somebody who knows how people choose them. */
export interface Assessment {
  /** Guesses until it is found, as a power of two. */
  readonly guessesLog2: number;
  /** Fewer than 2^40 guesses. */
  readonly weak: boolean;
}

/**
 * Judges a passphrase with zxcvbn and its common and English dictionaries, which the first call loads (a few hundred
 * milliseconds): call it where a passphrase is new, not where one is used.
 */
export async function assessPassphrase(text: string): Promise<Assessment> {
  judge ??= loadJudge();
  const { guessesLog10 } = (await judge).check(normalizePassphrase(text));
  const guessesLog2 = guessesLog10 * Math.log2(10);
  return { guessesLog2, weak: guessesLog2 < WEAK_BELOW_LOG2 };
}

let judge: Promise<ZxcvbnFactory> | null = null;

async function loadJudge(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  const dictionary = { ...common.dictionary, ...english.dictionary };
  return new ZxcvbnFactory({ dictionary, graphs: common.adjacencyGraphs });
}
