import type { StoredKey } from '../../keys.ts';
import type { Append, Appended, Channel, ChannelSettings, NewChannel, Removal } from '../store.ts';

/** What can be asked of the writing thread, and what it answers. Plain data: it is copied between threads. */
export interface Operations {
  append: { input: Append; output: Appended };
  createChannel: { input: NewChannel; output: Channel | null };
  changeChannel: { input: { id: number; settings: ChannelSettings; now: number }; output: Channel | null };
  addChannelKey: { input: { id: number; key: StoredKey }; output: boolean };
  clearChannel: { input: number; output: Channel | null };
  removeOld: { input: Removal; output: number };
  deleteChannel: { input: number; output: Channel | null };
  addUserKey: { input: StoredKey; output: null };
}

/** One operation and its input. */
export type Operation = {
  [Name in keyof Operations]: { name: Name; input: Operations[Name]['input'] };
}[keyof Operations];

/** Operations of one moment: they are stored together. */
export type Batch = readonly Operation[];

/** One for each operation: its output, or that it failed and nothing of it is stored. */
export type Outcome = { readonly output: unknown } | { readonly failed: string };

/** What the writing thread says: first that it is ready or cannot be, then one list for each batch. */
export type FromWriter =
  | { readonly ready: true }
  | { readonly ready: false; readonly code: string; readonly message: string; readonly hint: string }
  | { readonly outcomes: readonly Outcome[] };

/** What the writing thread starts with. */
export interface WriterData {
  readonly file: string;
  readonly synchronous: 'FULL' | 'OFF';
}
