import type { Entry } from './channel.ts';
export const JOIN_WINDOW = 1024;
export interface OpenWindow { readonly id: string; readonly count: number; readonly opened: number; readonly bytes: number;
  readonly parts: readonly { readonly index: number; readonly entry: number; readonly payload: string }[] }
export interface Joining { readonly windows: readonly OpenWindow[] }
export interface Arrival {
  readonly entry: Entry;
  readonly entries: readonly number[];
  readonly strings: readonly { readonly field: number | null; readonly text: string }[];
}
export function emptyJoining(): Joining { return { windows: [] }; }
export function join(state: Joining, entry: Entry): { state: Joining; arrival: Arrival | null } {
  return { state, arrival: { entry, entries: [entry.id], strings: [] } };
}
