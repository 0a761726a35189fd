import { fromHex, hex } from '../bytes.ts';
import { hashIn } from '../domains.ts';
import { HASH_BYTES } from '../frame/layout.ts';
import { sha256 } from '#sha256';

/** The t of "no message yet": 16 zero bytes. */
export const NOTHING: string = '0'.repeat(2 * HASH_BYTES);

/** h₀ = SHA-256(`fernspeak/chain/v1` ‖ 0x00 ‖ conversation id), its first 16 bytes, hex. */
export function chainStart(conversationId: Uint8Array): string {
  return hex(hashIn('fernspeak/chain/v1', conversationId).subarray(0, HASH_BYTES));
}

/** h ← SHA-256(h ‖ t), its first 16 bytes, hex. */
export function chainNext(h: string, t: string): string {
  return hex(sha256(fromHex(h + t)).subarray(0, HASH_BYTES));
}
