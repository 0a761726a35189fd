import { readFileSync } from 'node:fs';

/** What a vector says of its message: bytes in hex, a text, or one byte many times. */
interface MessageForm {
  readonly message?: string;
  readonly text?: string;
  readonly repeat?: { readonly byte: number; readonly count: number };
}

/** The parts of a token and the token they make (long ones: SHA-256 of its characters). */
export interface EncryptVector extends MessageForm {
  readonly desc: string;
  readonly key: string;
  readonly time: number;
  readonly iv: string;
  readonly token?: string;
  readonly tokenSha256?: string;
}

/** A token that must be refused, or (in `accept`) opened. `python`: Python's cryptography, less strict, opens this one. */
export interface OpenVector {
  readonly desc: string;
  readonly key: string;
  readonly token: string;
  readonly ttl?: number;
  readonly now?: number;
  readonly python?: 'opens';
}

/** A token that `key` made, to rotate: what is in it, and the timestamp that stays. */
export interface RotateVector {
  readonly desc: string;
  readonly keys: readonly string[];
  readonly key: string;
  readonly token: string;
  readonly message: string;
  readonly timestamp: number;
}

interface Vectors {
  readonly encrypt: readonly EncryptVector[];
  readonly refuse: readonly OpenVector[];
  readonly accept: readonly OpenVector[];
  readonly rotate: readonly RotateVector[];
}

/** Our own vectors, the same for every implementation. */
export const VECTORS: Vectors = JSON.parse(
  readFileSync(new URL('../../../vectors/fernet.json', import.meta.url), 'utf8'),
) as Vectors;

/** The bytes that a vector's message stands for. */
export function messageOf({ message, text, repeat }: MessageForm): Uint8Array {
  if (text !== undefined) return new TextEncoder().encode(text);
  if (repeat) return new Uint8Array(repeat.count).fill(repeat.byte);
  return bytesFromHex(message ?? '');
}

/** Bytes from hexadecimal digits, as a plain Uint8Array. */
export function bytesFromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
