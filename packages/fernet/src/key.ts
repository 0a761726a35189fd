import { allocate, decodeInto, encode, fillRandom } from '#backend';
import { isBytes } from './bytes.ts';
import { decodedLength } from './layout.ts';

/** Signing key and encryption key, 16 bytes each (Fernet spec, "Key Format"). */
const KEY_BYTES = 32;
const KEY_CHARACTERS = 44;

/** A new random key: 44 characters of base64url. */
export function generateKey(): string {
  const bytes = allocate(KEY_BYTES);
  fillRandom(bytes);
  const key = encode(bytes, 0, KEY_BYTES);
  bytes.fill(0);
  return key;
}

/** Whether `text` is a Fernet key: exactly 32 bytes, in 44 characters of canonical base64url. Never throws. */
export function isKey(text: string): boolean {
  return typeof text === 'string' && decodeKey(text) !== null;
}

/**
 * A key's 32 bytes, from its base64url string or from themselves (copied).
 * @throws TypeError when it is neither a string nor a Uint8Array, RangeError when it is not a key. Neither shows it.
 */
export function keyBytes(key: string | Uint8Array): Uint8Array {
  if (typeof key === 'string') {
    const bytes = decodeKey(key);
    if (!bytes) throw new RangeError('A Fernet key is 32 bytes in 44 characters of base64url, the last one "="');
    return bytes;
  }
  if (!isBytes(key)) throw new TypeError('A Fernet key is a string or a Uint8Array');
  if (key.length !== KEY_BYTES) throw new RangeError('A Fernet key is 32 bytes');
  const bytes = allocate(KEY_BYTES);
  bytes.set(key);
  return bytes;
}

function decodeKey(text: string): Uint8Array | null {
  if (text.length !== KEY_CHARACTERS || decodedLength(text) !== KEY_BYTES) return null;
  const bytes = allocate(KEY_CHARACTERS);
  return decodeInto(text, bytes, 0) ? bytes.subarray(0, KEY_BYTES) : null;
}
