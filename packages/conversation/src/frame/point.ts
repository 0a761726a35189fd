import { fromHex, hex } from '../bytes.ts';

/**
 * Which 32 bytes are taken as a point of edwards25519. Libraries differ here (some take keys of small order, some refuse
 * them), and readers who differ in what counts drift apart: so this list is ours, and every implementation has the same.
 * vectors/frames.json has a case for each.
 */

/** The y coordinates of the eight points whose order divides 8, in ascending order: little-endian hex, without the sign. */
const SMALL_ORDER_Y: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000', // y = 0, order 4
  '0100000000000000000000000000000000000000000000000000000000000000', // y = 1, the neutral element
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', // order 8
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', // order 8
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', // y = -1, order 2
]);

/**
 * True when y is below p = 2^255 - 19 and the point's order does not divide 8. Whether there is a point with this y at all
 * shows when a signature is verified.
 */
export function isAcceptablePoint(encoded: Uint8Array): boolean {
  const y = encoded.slice();
  y[31] = (y[31] ?? 0) & 0x7f;
  return !isAtLeastP(y) && !SMALL_ORDER_Y.has(hex(y));
}

/** p in little-endian is ed ff … ff 7f: what is not below it differs in its first byte alone. */
function isAtLeastP(y: Uint8Array): boolean {
  return (y[0] ?? 0) >= 0xed && y[31] === 0x7f && y.subarray(1, 31).every((byte) => byte === 0xff);
}

/** L = 2^252 + 27742317777372353535851937790883648493, little-endian. */
const L = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

/** True for a number below L (RFC 8032 §5.1.7): with S + L a signature would have a second spelling. */
export function isCanonicalScalar(s: Uint8Array): boolean {
  for (let at = 31; at >= 0; at--) {
    if (s[at] !== L[at]) return (s[at] ?? 0) < (L[at] ?? 0);
  }
  return false;
}
