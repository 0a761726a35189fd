import { isUtf8 } from 'node:buffer';
import { HttpError } from './errors.ts';

const PERCENT = 0x25;

/**
 * A component of a query or form as text. Lenient (thingspeak-api 1.3): a `%` that begins no escape stays a `%`, raw
 * blanks and raw UTF-8 are taken. `raw` holds one byte a character (latin1), as Node gives addresses.
 * @throws {HttpError} 422 when the bytes are not UTF-8
 */
export function decodeComponent(raw: string): string {
  const spaced = raw.includes('+') ? raw.replaceAll('+', ' ') : raw;
  return decodePath(spaced);
}

/** The same for a segment of a path, where `+` is a plus. */
export function decodePath(raw: string): string {
  // eslint-disable-next-line no-control-regex
  if (/^[\x00-\x24\x26-\x7f]*$/.test(raw)) return raw;
  return textOf(unescapeBytes(Buffer.from(raw, 'latin1')));
}

/** Bytes as text. @throws {HttpError} 422 when they are not UTF-8 */
export function textOf(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new HttpError('invalidBytes', 'The request is not valid UTF-8.');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function unescapeBytes(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    const high = byte === PERCENT ? hexDigit(bytes[at + 1]) : -1;
    const low = high < 0 ? -1 : hexDigit(bytes[at + 2]);
    if (low >= 0) at += 2;
    out[length++] = low < 0 ? byte : high * 16 + low;
  }
  return out.subarray(0, length);
}

/** 0 … 15, or -1. */
function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
