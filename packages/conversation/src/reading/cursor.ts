import type { Entry } from '@fernspeak/channel';
import { MAX_FIELDS } from '@fernspeak/channel/format';
import { sha256 } from '#sha256';

/** Where a reader stopped: an entry's number, and a hash by which it is known again. */
export interface Cursor {
  readonly entry: number;
  /** SHA-256, lower-case hex. */
  readonly hash: string;
}

/**
 * The cursor that stands at an entry. Its hash is over the number (u64) and field1 … field8, each as its length in bytes
 * (u32) and its UTF-8, big-endian, an absent field as length 0; no times, which a channel may tell in several ways.
 */
export function cursorOf({ id, fields }: Pick<Entry, 'id' | 'fields'>): Cursor {
  const encoder = new TextEncoder();
  const values = Array.from({ length: MAX_FIELDS }, (_, index) => encoder.encode(fields[index] ?? ''));
  const bytes = new Uint8Array(8 + values.reduce((sum, value) => sum + 4 + value.length, 0));
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(id));
  let at = 8;
  for (const value of values) {
    view.setUint32(at, value.length);
    bytes.set(value, at + 4);
    at += 4 + value.length;
  }
  return { entry: id, hash: hex(sha256(bytes)) };
}

/** True when the entry is the one that the cursor stands at. */
export function standsAt(cursor: Cursor, entry: Entry): boolean {
  return cursor.entry === entry.id && cursor.hash === cursorOf(entry).hash;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
