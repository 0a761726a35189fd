import type { Seen } from '../frame/layout.ts';
import { chainStart, NOTHING } from './chain.ts';

/** What is kept of every message that the relay gave us, for ever: a sender may refer to it after any time. */
export interface GivenRow {
  readonly row: 'given';
  /** 32 characters of hex: the row's key. */
  readonly t: string;
  /** The sender's public key, base64url. */
  readonly from: string;
  readonly n: number;
  /** Its place among the messages that count, from 1; null: it does not count here. */
  readonly place: number | null;
  /** The chain at it, hex; null where `place` is. */
  readonly h: string | null;
}

/** A message that this device made: saved before it goes out. */
export interface OwnRow {
  readonly row: 'own';
  /** The row's key. */
  readonly t: string;
  readonly n: number;
  /** The entry that completed it, as the channel answered; null: not known to be stored. */
  readonly entry: number | null;
}

/** A claim (t, h) that has been told, or (t, null): our own message t, told as missing. Key: both. */
export interface ToldRow {
  readonly row: 'told';
  readonly t: string;
  readonly h: string | null;
}

/** A claim of a sender about a message that has a place here, whose h is not ours. */
export interface Dispute {
  readonly place: number;
  readonly h: string;
}

/** Where a sender stands. */
export interface SenderRow {
  readonly row: 'sender';
  /** The row's key. */
  readonly from: string;
  /** Its greatest n that counts; 0: none. */
  readonly last: number;
  /** Place of its first message that counts; 0: none. */
  readonly first: number;
  /** The greatest place up to which it confirmed our history; null: it never did. */
  readonly confirmed: number | null;
  /** Its last placed claim that disagreed, and was told. */
  readonly dispute: Dispute | null;
}

export type ContinuityRow = GivenRow | OwnRow | ToldRow | SenderRow;
/** What is to be saved; each row replaces the one of its kind and key. */
export type ContinuityWrite = readonly ContinuityRow[];

export interface ContinuityOptions {
  /** 16 bytes. */
  readonly conversationId: Uint8Array;
  /** This device's public key, base64url. */
  readonly me: string;
  /** False: the log's beginning is gone, or the reader's place in it. Nothing is judged but what is certain. */
  readonly checked: boolean;
}

/** What a reader knows of one conversation. Made by {@link restore}, changed by {@link apply} alone. */
export interface Continuity extends ContinuityOptions {
  /** The messages that count, in order: `log[0]` stands for none. */
  readonly log: string[];
  /** `chain[place]`: the chain at `log[place]`. */
  readonly chain: string[];
  readonly given: Map<string, GivenRow>;
  /** `from#n` of everything given. */
  readonly numbers: Set<string>;
  readonly own: Map<string, OwnRow>;
  /** The greatest n that this device's key is known to have used, here or in a copy of the profile; 0: none. */
  lastOwn: number;
  /** t → the h that were told of it. */
  readonly told: Map<string, Set<string | null>>;
  readonly senders: Map<string, SenderRow>;
}

/**
 * The state that some rows make, in any order; none: at the beginning of the log.
 *
 * @throws Error when places are missing among them: what was saved is damaged
 */
export function restore(options: ContinuityOptions, rows: Iterable<ContinuityRow> = []): Continuity {
  const state: Continuity = {
    ...options,
    log: [NOTHING],
    chain: [chainStart(options.conversationId)],
    given: new Map(),
    numbers: new Set(),
    own: new Map(),
    lastOwn: 0,
    told: new Map(),
    senders: new Map(),
  };
  let placed = 1;
  for (const row of rows) {
    applyRow(state, row);
    if (row.row === 'given' && row.place !== null) placed += 1;
  }
  if (state.log.length !== placed || state.log.includes(undefined as never)) {
    throw new Error(
      `The saved history of the conversation has gaps: ${placed} places, the last is ${state.log.length - 1}.`,
    );
  }
  return state;
}

/** Takes over what was saved, in place. */
export function apply(state: Continuity, write: ContinuityWrite): void {
  for (const row of write) applyRow(state, row);
}

function applyRow(state: Continuity, row: ContinuityRow): void {
  switch (row.row) {
    case 'given':
      state.given.set(row.t, row);
      state.numbers.add(numberKey(row.from, row.n));
      if (row.from === state.me) state.lastOwn = Math.max(state.lastOwn, row.n);
      if (row.place === null || row.h === null) break;
      state.log[row.place] = row.t;
      state.chain[row.place] = row.h;
      break;
    case 'own':
      state.own.set(row.t, row);
      state.lastOwn = Math.max(state.lastOwn, row.n);
      break;
    case 'told':
      state.told.set(row.t, (state.told.get(row.t) ?? new Set()).add(row.h));
      break;
    case 'sender':
      state.senders.set(row.from, row);
      break;
  }
}

export function numberKey(from: string, n: number): string {
  return `${from}#${n}`;
}

/** What the next own message says that it has seen; null: nothing is vouched for. */
export function seenOf({ checked, log, chain }: Continuity): Seen | null {
  return checked ? { t: log.at(-1) ?? NOTHING, h: chain.at(-1) ?? '' } : null;
}

/** The number of the next own message. */
export function nextNumber({ lastOwn }: Continuity): number {
  return lastOwn + 1;
}
