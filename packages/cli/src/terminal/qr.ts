import { encodeQR } from 'qr';
import { styleFor } from './style.ts';

/** A QR code for stderr, two modules a character; dark on light in its own colours where there are any. */
export function qrLines(text: string): string[] {
  const lines = encodeQR(text, 'ascii', { ecc: 'low' }).trimEnd().split('\n');
  return lines.map((line) => styleFor(process.stderr, 'auto').onBlack(line));
}
