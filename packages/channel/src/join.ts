import type { Entry } from './channel.ts';
import type { Part } from './format/part.ts';
import { readPart } from './format/part.ts';
import { utf8Length } from './limits.ts';

/** A window closes this many entries after it opened: counted by entry numbers, so that holes do not matter. */
export const JOIN_WINDOW = 1024;
/** Longest joined string, in bytes of UTF-8: three times the longest message that anybody is promised. */
export const JOINED_BYTES: number = 4 * 1024 * 1024;
/** All payloads that wait in open windows, in bytes of UTF-8: what strangers' parts may cost a reader. */
const OPEN_WINDOWS_BYTES: number = 16 * 1024 * 1024;

/** Parts of one sending that wait for the rest. */
export interface OpenWindow {
  readonly id: string;
  readonly count: number;
  /** Number of the entry that opened it. */
  readonly opened: number;
  readonly bytes: number;
  /** In the order in which they came. */
  readonly parts: readonly { readonly index: number; readonly entry: number; readonly payload: string }[];
}

/** What a reader has to keep between two entries. Plain JSON; oldest window first. */
export interface Joining {
  readonly windows: readonly OpenWindow[];
}

/** What an entry brings: itself, or the string that it completes. */
export interface Arrival {
  /** The entry that completes it: its place in the log. */
  readonly entry: Entry;
  /** Numbers of all entries that it was joined from, in the order of the parts. */
  readonly entries: readonly number[];
  /** Every field that is there and not empty (1 … 8), or the one joined string (null). */
  readonly strings: readonly { readonly field: number | null; readonly text: string }[];
}

/** The state of a reader that begins at entry 1. */
export function emptyJoining(): Joining {
  return { windows: [] };
}

/**
 * Takes the next entry of a log (ascending numbers). A function of the log alone: every reader that began at entry 1,
 * or goes on from a saved state, gets the same. `arrival` is null while parts of it are missing.
 */
export function join(state: Joining, entry: Entry): { state: Joining; arrival: Arrival | null } {
  const open = unexpired(state, entry.id);
  const part = readPart(entry.fields);
  if (part === null) return { state: open, arrival: { entry, entries: [entry.id], strings: fieldStrings(entry) } };
  return joinPart(open, entry, part);
}

function fieldStrings({ fields }: Entry): Arrival['strings'] {
  return fields.flatMap((text, index) => (text === null || text === '' ? [] : [{ field: index + 1, text }]));
}

function unexpired(state: Joining, entryId: number): Joining {
  const expired = ({ opened }: OpenWindow): boolean => entryId - opened >= JOIN_WINDOW;
  return state.windows.some(expired) ? { windows: state.windows.filter((window) => !expired(window)) } : state;
}

function joinPart(state: Joining, entry: Entry, part: Part): { state: Joining; arrival: Arrival | null } {
  const at = state.windows.findIndex(({ id, count }) => id === part.id && count === part.count);
  const window = state.windows[at] ?? { id: part.id, count: part.count, opened: entry.id, bytes: 0, parts: [] };
  // the first of each index wins
  if (window.parts.some(({ index }) => index === part.index)) return { state, arrival: null };
  const grown: OpenWindow = {
    ...window,
    bytes: window.bytes + utf8Length(part.payload),
    parts: [...window.parts, { index: part.index, entry: entry.id, payload: part.payload }],
  };
  if (grown.bytes > JOINED_BYTES) return { state: { windows: without(state, at) }, arrival: null };
  if (grown.parts.length === grown.count) {
    return { state: { windows: without(state, at) }, arrival: completed(grown, entry) };
  }
  const windows = at < 0 ? [...state.windows, grown] : state.windows.with(at, grown);
  return { state: { windows: bounded(windows) }, arrival: null };
}

function without(state: Joining, at: number): readonly OpenWindow[] {
  return at < 0 ? state.windows : state.windows.toSpliced(at, 1);
}

function completed(window: OpenWindow, entry: Entry): Arrival {
  const parts = window.parts.toSorted((a, b) => a.index - b.index);
  const text = parts.map(({ payload }) => payload).join('');
  return { entry, entries: parts.map((part) => part.entry), strings: [{ field: null, text }] };
}

/** Forgets the oldest windows until the rest is within bounds. */
function bounded(windows: readonly OpenWindow[]): readonly OpenWindow[] {
  let bytes = windows.reduce((sum, window) => sum + window.bytes, 0);
  let first = 0;
  while (bytes > OPEN_WINDOWS_BYTES) bytes -= windows[first++]?.bytes ?? 0;
  return first === 0 ? windows : windows.slice(first);
}
