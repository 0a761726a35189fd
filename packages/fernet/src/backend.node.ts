// Node: OpenSSL through node:crypto, base64url through Buffer.
import { randomFillSync, timingSafeEqual } from 'node:crypto';
import type { TokenKey as Key } from './backend.ts';
import { KeptOpenCbc, PrecomputedHmac, SHA256_BLOCK_BYTES } from './kept-open.ts';
import { HMAC_BYTES, IV_BYTES, encodedLength, fillOf } from './layout.ts';

/** Room for HMAC's padded key, right before the token (see kept-open.ts). */
export const HEADROOM: number = SHA256_BLOCK_BYTES;

/** Frames of up to this size (bytes) share one memory, which holds neither plaintext nor key after a call. */
const SHARED_FRAME_BYTES = 3 * 1_048_576;
let sharedFrame = allocate(4096);

/** Random bytes fetched at once for IVs: one call to the system's generator for 256 tokens. */
const IV_POOL_BYTES = 256 * IV_BYTES;
const ivPool = allocate(IV_POOL_BYTES);
let ivPoolUsed = IV_POOL_BYTES;

/** Where the HMAC that a token should have is put to compare it. */
const expected = allocate(HMAC_BYTES);

/**
 * Bytes encoded at once in a long token: whole groups of base64url, more than the token of 64 KiB, and well below the
 * 131,072 characters from which V8 gives each string pages of its own, at several times the cost.
 */
const ENCODE_BYTES = 73_728;

/** From this length of text on (bytes before base64url) Node keeps it outside of V8's heap, where it is cheap again. */
const EXTERNAL_BYTES = 773_935;

const FILLS = ['', '==', '='] as const;

/** What may stand before one or two `=`: the bits that no byte takes are zero (RFC 4648 §3.5). */
const LAST_CHARACTERS = ['', 'AEIMQUYcgkosw048', 'AQgw'] as const;

const utf8 = new TextEncoder();

/** Bytes of their own memory, never from Buffer's pool, whose neighbours can be seen through `.buffer`. Not zeroed. */
export function allocate(bytes: number): Buffer {
  return Buffer.allocUnsafeSlow(bytes);
}

/** A frame for a token of so many bytes; behind it, room for its text. */
export function frameFor(bytes: number): Uint8Array {
  const length = HEADROOM + bytes + encodedLength(bytes);
  if (length > SHARED_FRAME_BYTES) return allocate(length);
  if (length > sharedFrame.length) {
    sharedFrame = allocate(Math.min(SHARED_FRAME_BYTES, Math.max(length, 2 * sharedFrame.length)));
  }
  return sharedFrame;
}

/** Fills bytes with random ones. */
export function fillRandom(bytes: Uint8Array): void {
  randomFillSync(bytes);
}

/** Puts a random IV at `at`. */
export function placeIv(frame: Uint8Array, at: number): void {
  if (ivPoolUsed === IV_POOL_BYTES) {
    randomFillSync(ivPool);
    ivPoolUsed = 0;
  }
  frame.set(ivPool.subarray(ivPoolUsed, ivPoolUsed + IV_BYTES), at);
  ivPoolUsed += IV_BYTES;
}

/** Bytes `[start, end)` in padded base64url (RFC 4648 §5). `bytes` come from `allocate` or `frameFor`. */
export function encode(bytes: Uint8Array, start: number, end: number): string {
  const buffer = bytes as Buffer;
  const fill = FILLS[(end - start) % 3]!;
  if (fill === '' || end - start <= ENCODE_BYTES) return buffer.toString('base64url', start, end) + fill;
  // a long text joined from two would be copied by V8, slowly, when it is first read: join it in the room behind the token
  const step = end - start < EXTERNAL_BYTES ? ENCODE_BYTES : end - start;
  let written = end;
  for (let at = start; at < end; at += step) {
    written += buffer.write(buffer.toString('base64url', at, Math.min(at + step, end)), written, 'latin1');
  }
  written += buffer.write(fill, written, 'latin1');
  return buffer.toString('latin1', end, written);
}

/**
 * Decodes the padded base64url `text` to `at`; false when it is any other spelling than `encode` gives.
 * `bytes` come from `allocate` or `frameFor` and have room for the text itself.
 *
 * Buffer passes over characters that are none of base64's, so that the result is shorter, and stops at a `=`. It takes the
 * other alphabet's `+` and `/` too, and of a character beyond Latin-1 the low byte. All of it is refused here, which is
 * as strict as to encode again and compare, without making a second string as long as the token.
 */
export function decodeInto(text: string, bytes: Uint8Array, at: number): boolean {
  const { length } = text;
  if (length % 4 !== 0 || text.includes('+') || text.includes('/')) return false;
  // UTF-8 has more bytes than characters as soon as one is not ASCII
  if (utf8.encodeInto(text, bytes.subarray(at, at + length)).read !== length) return false;
  const fill = fillOf(text);
  if ((bytes as Buffer).write(text, at, 'base64url') !== (length / 4) * 3 - fill) return false;
  return fill === 0 || LAST_CHARACTERS[fill]!.includes(text.charAt(length - fill - 1));
}

/** One key of 32 bytes. */
export class TokenKey implements Key {
  readonly #hmac: PrecomputedHmac;
  readonly #cbc: KeptOpenCbc;

  constructor(key: Uint8Array) {
    this.#hmac = new PrecomputedHmac(key.subarray(0, 16));
    this.#cbc = new KeptOpenCbc(key.subarray(16, 32));
  }

  sign(frame: Uint8Array, end: number): void {
    this.#hmac.write(frame, end, frame as Buffer, end);
  }

  verifies(frame: Uint8Array, end: number): boolean {
    this.#hmac.write(frame, end, expected, 0);
    return timingSafeEqual(expected, frame.subarray(end, end + HMAC_BYTES));
  }

  encrypt(frame: Uint8Array, start: number, end: number): void {
    this.#cbc.encrypt(frame, start, end);
  }

  decrypt(frame: Uint8Array, start: number, end: number): Uint8Array | null {
    return this.#cbc.decrypt(frame, start, end);
  }
}
