// Browsers: noble's audited AES and SHA-256, base64url of our own. The same functions as in backend.node.ts.
import { cbc } from '@noble/ciphers/aes.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { TokenKey as Key } from './backend.ts';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { HEADER_BYTES, HMAC_BYTES, IV_BYTES } from './layout.ts';
import { paddingBytes } from './padding.ts';

/** Puts the ciphertext at a multiple of four bytes: noble copies what is not. */
export const HEADROOM: number = 32 - HEADER_BYTES;

/** Bytes of their own memory. */
export function allocate(bytes: number): Uint8Array {
  return new Uint8Array(bytes);
}

/** A frame for a token of so many bytes. */
export function frameFor(bytes: number): Uint8Array {
  return new Uint8Array(HEADROOM + bytes);
}

/** Fills up to 65,536 bytes with random ones. */
export function fillRandom(bytes: Uint8Array): void {
  crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>);
}

/** Puts a random IV at `at`. */
export function placeIv(frame: Uint8Array, at: number): void {
  fillRandom(frame.subarray(at, at + IV_BYTES));
}

/** Bytes `[start, end)` in padded base64url (RFC 4648 §5). */
export function encode(bytes: Uint8Array, start: number, end: number): string {
  return encodeBase64url(bytes.subarray(start, end));
}

/** Decodes the padded base64url `text` to `at`; false when it is any other spelling than `encode` gives. */
export function decodeInto(text: string, bytes: Uint8Array, at: number): boolean {
  const decoded = decodeBase64url(text);
  if (!decoded) return false;
  bytes.set(decoded, at);
  return true;
}

/** One key of 32 bytes. */
export class TokenKey implements Key {
  readonly #hmac: ReturnType<typeof hmac.create>;
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#hmac = hmac.create(sha256, key.subarray(0, 16));
    this.#key = key.slice(16, 32);
  }

  sign(frame: Uint8Array, end: number): void {
    frame.set(this.#hmacOf(frame, end), end);
  }

  verifies(frame: Uint8Array, end: number): boolean {
    const expected = this.#hmacOf(frame, end);
    let difference = 0;
    for (let i = 0; i < HMAC_BYTES; i++) difference |= expected[i]! ^ frame[end + i]!;
    return difference === 0;
  }

  encrypt(frame: Uint8Array, start: number, end: number): void {
    frame.set(this.#cbc(frame, start).encrypt(frame.subarray(start, end)), start);
  }

  decrypt(frame: Uint8Array, start: number, end: number): Uint8Array | null {
    const blocks = this.#cbc(frame, start).decrypt(frame.subarray(start, end));
    const padding = paddingBytes(blocks);
    return padding === 0 ? null : blocks.slice(0, blocks.length - padding);
  }

  #hmacOf(frame: Uint8Array, end: number): Uint8Array {
    return this.#hmac.clone().update(frame.subarray(HEADROOM, end)).digest();
  }

  #cbc(frame: Uint8Array, start: number): ReturnType<typeof cbc> {
    return cbc(this.#key, frame.slice(start - IV_BYTES, start), { disablePadding: true });
  }
}
