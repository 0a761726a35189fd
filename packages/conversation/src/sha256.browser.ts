import { sha256 } from '@noble/hashes/sha2.js';

export { sha256 };

/** SHA-256 of bytes that come one after the other. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** 32 bytes; nothing can be added any more. */
  digest(): Uint8Array;
}

export function sha256Hasher(): Hasher {
  return sha256.create();
}
