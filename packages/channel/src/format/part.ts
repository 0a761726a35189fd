import type { Fields } from './fields.ts';

/** Most parts of one message: it has to complete within the window in which parts are kept (`JOIN_WINDOW`). */
export const MAX_PARTS = 1024;

/** One entry's share of a sealed string that was cut. */
export interface Part {
  /** 11 base64url characters (8 random bytes), the same in all parts of one sending. */
  readonly id: string;
  /** From 1. */
  readonly index: number;
  readonly count: number;
  /** field1 after the marker ‖ field2 ‖ … ‖ field8. */
  readonly payload: string;
}

const PART_ID_BYTES = 8;

/** The id of a sending: 8 random bytes, 11 base64url characters. */
export function newPartId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(PART_ID_BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace('=', '');
}

const MARKER = /^~([A-Za-z0-9_-]{11})\.([1-9][0-9]{0,3})\.([1-9][0-9]{0,3})~/;

/** `~ID.INDEX.COUNT~`, which stands once, at the start of field1, for the whole entry. */
export function partMarker(part: Omit<Part, 'payload'>): string {
  return `~${part.id}.${part.index}.${part.count}~`;
}

/** The part that an entry is, or null when field1 does not begin with a marker. The payload is not judged. */
export function readPart(fields: Fields): Part | null {
  const [first] = fields;
  if (typeof first !== 'string' || !first.startsWith('~')) return null;
  const marker = MARKER.exec(first);
  if (marker === null) return null;
  const [whole, id = '', index, count] = marker;
  const part = { id, index: Number(index), count: Number(count) };
  if (part.index > part.count || part.count > MAX_PARTS) return null;
  return { ...part, payload: first.slice(whole.length) + fields.slice(1).join('') };
}
