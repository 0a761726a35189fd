import { compareBytes, concat, fromHex } from '../bytes.ts';
import { hashIn } from '../domains.ts';

const HASH_BITS = 256n;
/** 60 digits hold 199.3 bits. */
const SAFETY_BITS = 199n;
const DIGITS = 60;
const QR_PREFIX = 'FERNSPEAK:SAFETY-NUMBER/1/';

/** What two people compare to know that each has the other's key; the same for both. */
export interface SafetyNumber {
  /** 12 groups of 5 digits. */
  readonly groups: readonly string[];
  /** What the QR code says: of QR's alphanumeric characters only, which makes it small. */
  readonly qr: string;
}

/**
 * The first 199 bits of SHA-256(`fernspeak/safety-number/v1` ‖ 0x00 ‖ both public keys in byte order), as 60 decimal digits.
 *
 * @param a 32 bytes
 * @param b 32 bytes
 */
export function safetyNumber(a: Uint8Array, b: Uint8Array): SafetyNumber {
  const [first, second] = compareBytes(a, b) <= 0 ? [a, b] : [b, a];
  const hash = toInteger(hashIn('fernspeak/safety-number/v1', concat(first, second)));
  const digits = (hash >> (HASH_BITS - SAFETY_BITS)).toString().padStart(DIGITS, '0');
  return { groups: digits.match(/.{5}/g) ?? [], qr: QR_PREFIX + digits };
}

const WORDS = 4;

/**
 * Four words for the chain at a message (hex), to compare by voice that two members were shown the same history up to it:
 * h as an integer, modulo 7776^4, in base 7776, each digit a word of EFF's large list. 51 bits.
 */
export async function historyWords(h: string): Promise<string[]> {
  // 62 kB that a page loads when somebody compares
  const { EFF_WORDS } = await import('../keys/eff-words.ts');
  const list = EFF_WORDS.split(/\s/);
  const base = BigInt(list.length);
  let rest = toInteger(fromHex(h));
  const words: string[] = [];
  for (let count = 0; count < WORDS; count++) {
    words.unshift(list[Number(rest % base)] ?? '');
    rest /= base;
  }
  return words;
}

function toInteger(bytes: Uint8Array): bigint {
  return bytes.reduce((integer, byte) => (integer << 8n) | BigInt(byte), 0n);
}
