import { createHash, hash } from 'node:crypto';
import type { Hasher } from './sha256.browser.ts';

/** SHA-256 of some bytes (32 bytes), at once: the cursor's and the salt's. */
export function sha256(data: Uint8Array): Uint8Array {
  return hash('sha256', data, 'buffer');
}

export function sha256Hasher(): Hasher {
  return createHash('sha256');
}
