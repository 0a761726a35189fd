// A token is made and opened here, the same way on every platform. Everything that reads a token gives null for one that
// is not good; the callers turn that into the one InvalidToken.
import { HEADROOM, decodeInto, encode, frameFor, placeIv } from '#backend';
import type { TokenKey } from './backend.ts';
import { isBytes } from './bytes.ts';
import {
  HMAC_BYTES,
  IV_BYTES,
  MAX_MESSAGE_BYTES,
  TIMESTAMP_BYTES,
  VERSION,
  VERSION_BYTES,
  decodedLength,
  isTokenLength,
  tokenBytes,
} from './layout.ts';
import { pad } from './padding.ts';
import { isWithin, type AgeLimit } from './time.ts';

const VERSION_AT = HEADROOM;
const TIMESTAMP_AT = VERSION_AT + VERSION_BYTES;
const IV_AT = TIMESTAMP_AT + TIMESTAMP_BYTES;
const CIPHERTEXT_AT = IV_AT + IV_BYTES;

const HIGH = 2 ** 32;

/** Texts up to this length (UTF-16 units) are encoded where they are encrypted: at most three bytes a unit. */
const IN_PLACE_TEXT_LENGTH = 16_384;
const utf8 = new TextEncoder();

/** The 64-bit timestamp in two halves, so that no bit of it is lost. */
export interface Timestamp {
  readonly high: number;
  readonly low: number;
}

/** What a token is made of, besides the key. */
interface Parts {
  /** Bytes, or a text that becomes UTF-8. */
  readonly message: string | Uint8Array;
  readonly time: Timestamp;
  /** 16 bytes; random when not given. */
  readonly iv?: Uint8Array;
}

/** What a good token gave. */
interface Opened {
  readonly message: Uint8Array;
  readonly time: Timestamp;
}

/** Unix time in whole seconds as a timestamp. */
export function timestampFrom(seconds: number): Timestamp {
  return { high: Math.floor(seconds / HIGH), low: seconds % HIGH };
}

/** A timestamp in seconds; rounded from 2⁵³ on, where no date is. */
export function secondsOf({ high, low }: Timestamp): number {
  return high * HIGH + low;
}

/**
 * Makes a token (spec, "Generating").
 * @throws TypeError when the message is neither text nor bytes, RangeError when it is too long.
 */
export function seal(key: TokenKey, { message, time, iv }: Parts): string {
  const bytes = typeof message === 'string' && message.length > IN_PLACE_TEXT_LENGTH ? utf8.encode(message) : message;
  if (typeof bytes !== 'string' && !isBytes(bytes)) {
    throw new TypeError('A message is a string or a Uint8Array');
  }
  const longest = typeof bytes === 'string' ? bytes.length * 3 : bytes.length;
  if (longest > MAX_MESSAGE_BYTES) throw new RangeError(`A message has at most ${MAX_MESSAGE_BYTES} bytes`);
  const frame = frameFor(tokenBytes(longest));
  try {
    frame[VERSION_AT] = VERSION;
    placeUint32(frame, TIMESTAMP_AT, time.high);
    placeUint32(frame, TIMESTAMP_AT + 4, time.low);
    if (iv) frame.set(iv, IV_AT);
    else placeIv(frame, IV_AT);
    const length = place(frame, CIPHERTEXT_AT, bytes);
    const end = pad(frame, CIPHERTEXT_AT, CIPHERTEXT_AT + length);
    key.encrypt(frame, CIPHERTEXT_AT, end);
    key.sign(frame, end);
    return encode(frame, HEADROOM, end + HMAC_BYTES);
  } catch (error) {
    frame.fill(0); // part of it may still be readable, and a frame's memory may be used again
    throw error;
  }
}

/** Opens a token with the first key that fits (spec, "Verifying", the HMAC before everything that the key protects). */
export function open(keys: readonly TokenKey[], token: string, limit: AgeLimit | null): Opened | null {
  const frame = read(token);
  if (!frame) return null;
  const end = HEADROOM + decodedLength(token) - HMAC_BYTES;
  for (const key of keys) {
    if (!key.verifies(frame, end)) continue;
    const time = timestampIn(frame);
    if (limit && !isWithin(limit, secondsOf(time))) return null;
    const message = key.decrypt(frame, CIPHERTEXT_AT, end);
    if (message) return { message, time };
  }
  return null;
}

/** The timestamp of a token that one of the keys made. */
export function verifiedTimestamp(keys: readonly TokenKey[], token: string): Timestamp | null {
  const frame = read(token);
  if (!frame) return null;
  const end = HEADROOM + decodedLength(token) - HMAC_BYTES;
  return keys.some((key) => key.verifies(frame, end)) ? timestampIn(frame) : null;
}

/** The timestamp that stands in a token, whoever put it there. */
export function unverifiedTimestamp(token: string): Timestamp | null {
  const frame = read(token);
  return frame && timestampIn(frame);
}

/**
 * The frame of a token in its one spelling, with a token's version and length (spec, "Verifying", steps 1 and 2).
 * @throws TypeError when it is no string.
 */
function read(token: string): Uint8Array | null {
  if (typeof token !== 'string') throw new TypeError('A token is a string');
  const length = decodedLength(token);
  if (!isTokenLength(length)) return null;
  const frame = frameFor(length);
  return decodeInto(token, frame, HEADROOM) && frame[VERSION_AT] === VERSION ? frame : null;
}

/** Puts the message's bytes at `at`; gives their number. */
function place(frame: Uint8Array, at: number, message: string | Uint8Array): number {
  if (typeof message === 'string') return utf8.encodeInto(message, frame.subarray(at)).written;
  frame.set(message, at);
  return message.length;
}

function placeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function timestampIn(frame: Uint8Array): Timestamp {
  return { high: uint32(frame, TIMESTAMP_AT), low: uint32(frame, TIMESTAMP_AT + 4) };
}
