import { hash } from 'node:crypto';

/** SHA-256 of some bytes (32 bytes), at once: the cursor's and the salt's. */
export function sha256(data: Uint8Array): Uint8Array {
  return hash('sha256', data, 'buffer');
}
