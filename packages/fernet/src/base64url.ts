// Base64url without Buffer, for browsers (RFC 4648 §5).
import { decodedLength, encodedLength, fillOf } from './layout.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const FILL = '='.charCodeAt(0);

const CODES: Uint8Array = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));

/** The six bits of each ASCII character; 0xff where it is none of the alphabet. */
const SEXTETS: Uint8Array = new Uint8Array(128).fill(0xff);
for (const [sextet, code] of CODES.entries()) SEXTETS[code] = sextet;

const ascii = new TextDecoder();

/** `bytes` in padded base64url. */
export function encodeBase64url(bytes: Uint8Array): string {
  const codes = new Uint8Array(encodedLength(bytes.length)).fill(FILL);
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const characters = Math.min(bytes.length - i, 3) + 1;
    for (let c = 0; c < characters; c++) codes[at + c] = CODES[(group >> (18 - 6 * c)) & 63]!;
    at += 4;
  }
  return ascii.decode(codes);
}

/** The bytes of padded base64url `text`; null for any other spelling than `encodeBase64url` gives. */
export function decodeBase64url(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) return null;
  const characters = text.length - fillOf(text);
  const bytes = new Uint8Array(decodedLength(text));
  let bits = 0;
  let held = 0; // how many of `bits` are still to be written
  let at = 0;
  for (let i = 0; i < characters; i++) {
    const sextet = SEXTETS[text.charCodeAt(i)] ?? 0xff;
    if (sextet === 0xff) return null;
    bits = ((bits << 6) | sextet) & 0xfff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = bits >> held;
    }
  }
  // RFC 4648 §3.5: the bits that no byte takes are zero
  return (bits & ((1 << held) - 1)) === 0 ? bytes : null;
}
