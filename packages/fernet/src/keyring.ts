import type { TokenKey } from './backend.ts';
import { isBytes } from './bytes.ts';
import { InvalidToken } from './invalid-token.ts';
import { IV_BYTES } from './layout.ts';
import { ageLimit, currentTime, wholeSeconds, type AgeOptions } from './time.ts';
import { open, seal, secondsOf, timestampFrom, verifiedTimestamp } from './token.ts';

/** The keys of a ring, at least one; the first makes tokens. */
export type Keys = readonly [TokenKey, ...TokenKey[]];

/** Everything that a token is made of besides the key. */
export interface TokenParts {
  /** Bytes as they are, or a text that becomes UTF-8 (a lone surrogate becomes U+FFFD). */
  readonly message: string | Uint8Array;
  /** Unix time in seconds, rounded down. It can be read without the key. */
  readonly time: number;
  /** 16 bytes. Two tokens of one key with the same IV show whether their messages begin alike, so: for test vectors only. */
  readonly iv: Uint8Array;
}

/** The keys of a ring; for this package only. */
export let keysOf: (ring: Keyring) => Keys;

/** What a key and a keyring have in common: the first key makes tokens, every key opens them. */
export abstract class Keyring {
  static {
    keysOf = (ring) => ring.#keys;
  }

  readonly #keys: Keys;

  protected constructor(keys: Keys) {
    this.#keys = keys;
  }

  /**
   * A token for `data`, made now, with a random IV: base64url with its padding.
   * @param data bytes as they are, or a text that becomes UTF-8 (a lone surrogate becomes U+FFFD); at most 402,653,103 bytes
   * @throws TypeError when `data` is neither, RangeError when it is too long
   */
  encrypt(data: string | Uint8Array): string {
    return seal(this.#keys[0], { message: data, time: timestampFrom(currentTime()) });
  }

  /** The same with another time than now: Unix time in seconds, rounded down. It can be read without the key. */
  encryptAtTime(data: string | Uint8Array, time: number): string {
    return seal(this.#keys[0], { message: data, time: timestampFrom(wholeSeconds(time, 'time')) });
  }

  /** The lowest layer: a token from all its parts, the same for the same parts. */
  encryptFromParts({ message, time, iv }: TokenParts): string {
    if (!isBytes(iv)) throw new TypeError('An IV is a Uint8Array');
    if (iv.length !== IV_BYTES) throw new RangeError(`An IV is ${IV_BYTES} bytes`);
    return seal(this.#keys[0], { message, time: timestampFrom(wholeSeconds(time, 'time')), iv });
  }

  /**
   * The message of a token, as bytes of their own.
   * @throws InvalidToken for everything that whoever made or altered the token can cause; TypeError when it is no
   * string; TypeError or RangeError when the options make no sense
   */
  decrypt(token: string, options: AgeOptions = {}): Uint8Array {
    const opened = open(this.#keys, token, ageLimit(options));
    if (!opened) throw new InvalidToken();
    return opened.message;
  }

  /**
   * When the token was made, as its maker says: Unix time in seconds. Checks the HMAC, not the age.
   * @throws InvalidToken when no key here made it; TypeError when it is no string
   */
  extractTimestamp(token: string): number {
    const time = verifiedTimestamp(this.#keys, token);
    if (!time) throw new InvalidToken();
    return secondsOf(time);
  }
}
