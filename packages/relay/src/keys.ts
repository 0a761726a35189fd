// All handling of API keys: they are made, hashed, compared and masked here and nowhere else.
import { hash, randomInt, timingSafeEqual } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** ThingSpeak's keys (thingspeak-api 1.1); 36¹⁶ of them are 82 bits. */
const KEY_CHARACTERS = 16;
/** What a later answer shows of a key, so that its owner can tell which one it is. */
const SHOWN_CHARACTERS = 4;

/** What is kept of a key: never the key. */
export interface StoredKey {
  /** {@link hashOf} the key. */
  readonly hash: string;
  /** The last four characters. */
  readonly tail: string;
  /** True for a write key, which also reads. */
  readonly write: boolean;
}

/** A new key and what is to be kept of it. */
export interface FreshKey extends StoredKey {
  /** 16 characters A–Z and 0–9: shown once, in the answer that hands it out. */
  readonly key: string;
}

/** A key from the system's random numbers. */
export function makeKey(write: boolean): FreshKey {
  const key = Array.from({ length: KEY_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return { key, ...storedKey(key, write) };
}

/** True for a key as ThingSpeak's are, so that all clients take it. */
export function isKey(key: string): boolean {
  return key.length === KEY_CHARACTERS && /^[A-Z0-9]*$/.test(key);
}

/** What is kept of a key that its owner chose. */
export function storedKey(key: string, write: boolean): StoredKey {
  return { hash: hashOf(key), tail: key.slice(-SHOWN_CHARACTERS), write };
}

/**
 * SHA-256 in base64url. One fast hash is right here: a slow one protects what people choose, and these keys are 82 random
 * bits, which nobody tries out.
 */
export function hashOf(key: string): string {
  return hash('sha256', key, 'base64url');
}

/** Compares two results of {@link hashOf} in constant time. */
export function sameHash(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

/** `************AB12`: what every answer but the first one shows (ThingSpeak shows keys for ever). */
export function maskedKey(key: StoredKey): string {
  return '*'.repeat(KEY_CHARACTERS - SHOWN_CHARACTERS) + key.tail;
}
