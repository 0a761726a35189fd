import { TokenKey } from '#backend';
import type { TokenKey as Key } from './backend.ts';
import { InvalidToken } from './invalid-token.ts';
import { generateKey, keyBytes } from './key.ts';
import { Keyring, keysOf } from './keyring.ts';
import { open, seal, secondsOf, unverifiedTimestamp } from './token.ts';

/** One Fernet key: makes tokens that cannot be read or altered without it, and opens them. */
export class Fernet extends Keyring {
  /** A new random key: 32 bytes, in 44 characters of base64url. */
  static generateKey(): string {
    return generateKey();
  }

  /**
   * @param key 32 bytes, or their 44 characters of canonical base64url: signing key and encryption key
   * @throws TypeError when it is neither a string nor a Uint8Array, RangeError when it is no Fernet key
   */
  constructor(key: string | Uint8Array) {
    const bytes = keyBytes(key);
    super([new TokenKey(bytes)]);
  }
}

/** Several keys: the first makes tokens, all of them open them. To change keys, put the new one first. */
export class MultiFernet extends Keyring {
  /** @throws RangeError when there is no key, TypeError when one of them is not a {@link Fernet} */
  constructor(keys: readonly Fernet[]) {
    const tokenKeys: Key[] = [];
    for (const key of keys) {
      if (!(key instanceof Fernet)) throw new TypeError('A keyring is made of Fernet objects');
      tokenKeys.push(keysOf(key)[0]);
    }
    const [first, ...others] = tokenKeys;
    if (!first) throw new RangeError('A keyring has at least one key');
    super([first, ...others]);
  }

  /**
   * The token's message again, under the first key and a fresh IV; the timestamp stays, to the last bit.
   * @throws InvalidToken when no key here opens it; TypeError when it is no string
   */
  rotate(token: string): string {
    const opened = open(keysOf(this), token, null);
    if (!opened) throw new InvalidToken();
    return seal(keysOf(this)[0], opened);
  }
}

/**
 * The timestamp that stands in a token, Unix time in seconds. Anyone can read it, and anyone can have put it there: for
 * one that the key's holder vouches for see `extractTimestamp`.
 * @throws InvalidToken when it has not a token's form; TypeError when it is no string
 */
export function timestampOf(token: string): number {
  const time = unverifiedTimestamp(token);
  if (!time) throw new InvalidToken();
  return secondsOf(time);
}
