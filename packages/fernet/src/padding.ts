import { BLOCK_BYTES } from './layout.ts';

/** Pads a message that ends at `end`, in place, to whole blocks from `start` (RFC 5652 §6.3); gives the new end. */
export function pad(bytes: Uint8Array, start: number, end: number): number {
  const count = BLOCK_BYTES - ((end - start) % BLOCK_BYTES);
  bytes.fill(count, end, end + count);
  return end + count;
}

/**
 * How many bytes at the end of these whole, decrypted blocks are padding (RFC 5652 §6.3); 0 when it is not padding.
 * It may take its time: it is asked only after the HMAC was found good, so nobody without the key can choose what it sees.
 */
export function paddingBytes(blocks: Uint8Array): number {
  const count = blocks[blocks.length - 1] ?? 0;
  if (count < 1 || count > BLOCK_BYTES) return 0;
  for (let i = blocks.length - count; i < blocks.length; i++) {
    if (blocks[i] !== count) return 0;
  }
  return count;
}
