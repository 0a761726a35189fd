/** Six words of the EFF's large list: 77.5 bits. */
export declare function suggestPassphrase(): string;

/** `guessesLog2`: how many guesses find it, as a power of two. `weak`: fewer than 2^40. */
export interface Assessment {
  readonly guessesLog2: number;
  readonly weak: boolean;
}
/** Judges a passphrase; loads its dictionaries (about 2 MB) at the first call. */
export declare function assessPassphrase(text: string): Promise<Assessment>;
