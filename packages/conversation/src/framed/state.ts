import type { Cursor } from '../reading/cursor.ts';
import type { Hole } from '../reading/hole.ts';
import type { Joining } from '@fernspeak/channel';
import { ownMade, ownNowhere, ownStored } from '../continuity/judge.ts';
import { apply, restore, type Continuity, type ContinuityOptions, type ContinuityWrite } from '../continuity/state.ts';
import type { News } from './journal.ts';
import { keepRows, rowsOf, type KeptRow } from './rows.ts';

/** How far a conversation's log was read. */
export interface Reached {
  /** Counts how often the log turned out to be another one: entry numbers of two generations say nothing of each other. */
  readonly generation: number;
  /** Null: nothing was read yet. */
  readonly cursor: Cursor | null;
  /** Open windows at the cursor; null: too large to keep. */
  readonly joining: Joining | null;
  readonly holes: readonly Hole[];
  /** Up to this entry the log is one that was read before and starts over: what is known from then is not told again. */
  readonly rereadTo: number;
}

/** Somebody's name, as they say it. */
export interface Hello {
  readonly from: string;
  readonly name: string;
  /** The label of the invite by which they came, if it was made here. */
  readonly label?: string;
  /** Which of them, by the order in which they were made. */
  readonly link?: number;
}

/** An invite that was made here. */
export interface Invited {
  /** Whom it is for. */
  readonly label: string;
  /** base64url, 16 bytes. */
  readonly secret: string;
}

/** One entry of the journal: what a single transaction brought. All parts are optional; a state is the fold of them. */
export interface JournalEntry {
  /** Continuity's rows. */
  readonly rows?: readonly KeptRow[];
  readonly hellos?: readonly Hello[];
  /** Marks of messages without a sender: see `markOf`. */
  readonly others?: readonly string[];
  /** When the channel stored the last message of these members (milliseconds); a number: of the one whose rows these are. */
  readonly heard?: readonly (readonly [from: string, at: number])[] | number;
  /** Place of the last message of somebody else that is worth an acknowledgement. */
  readonly worth?: number;
  /** The log has no beginning here. */
  readonly unchecked?: true;
  /** That stands in the history. */
  readonly uncheckedTold?: true;
  /** The log turned out to be another one. */
  readonly another?: true;
  /** What an invite said that its maker had seen was judged. */
  readonly inviteJudged?: true;
  /** That frames here belong to another place was told. */
  readonly elsewhereTold?: true;
  /** A message of another device that has this one's key. */
  readonly cloned?: true;
  /** An own message that got its number: the outbox item, its t and n, and when it was sealed (milliseconds). */
  readonly made?: readonly [item: number, t: string, n: number, at: number];
  /** Own messages of before the conversation was forgotten here (t, n). */
  readonly earlier?: readonly (readonly [t: string, n: number])[];
  /** An own message that is stored: the outbox item, and the entry that completes it. */
  readonly stored?: readonly [item: number, entry: number];
  /** An acknowledgement was put into the outbox (milliseconds). */
  readonly acked?: number;
  readonly invited?: Invited;
  /** A member whose safety number was compared, or (false) is not trusted any more. */
  readonly verified?: readonly [string, boolean];
}

/** What this device knows of a conversation. */
export interface State {
  continuity: Continuity;
  reached: Reached;
  readonly hellos: Hello[];
  readonly others: Set<string>;
  readonly heard: Map<string, number>;
  /** Place of the last message that asks for an acknowledgement, and of the last own message. */
  worth: number;
  ownPlace: number;
  readonly made: Map<number, string>;
  readonly invites: Invited[];
  readonly verified: Set<string>;
  inviteJudged: boolean;
  elsewhereTold: boolean;
  uncheckedTold: boolean;
  cloned: boolean;
  /** The last own message, and when it was sealed. */
  lastMade: { readonly t: string; readonly at: number } | null;
  /** When the last acknowledgement was put into the outbox. */
  lastAck: number;
}

const NOTHING_READ: Reached = { generation: 0, cursor: null, joining: { windows: [] }, holes: [], rereadTo: 0 };

export function emptyState(options: Omit<ContinuityOptions, 'checked'>): State {
  return {
    continuity: restore({ ...options, checked: true }),
    reached: NOTHING_READ,
    hellos: [],
    others: new Set(),
    heard: new Map(),
    worth: 0,
    ownPlace: 0,
    made: new Map(),
    invites: [],
    verified: new Set(),
    inviteJudged: false,
    elsewhereTold: false,
    uncheckedTold: false,
    cloned: false,
    lastMade: null,
    lastAck: 0,
  };
}

/** Takes over what others saved. */
export function takeNews(state: State, { checkpoint, entries }: News): void {
  for (const text of entries) fold(state, JSON.parse(text) as JournalEntry); // what this program wrote
  if (checkpoint !== undefined)
    state.reached = checkpoint === null ? NOTHING_READ : (JSON.parse(checkpoint) as Reached);
}

/** Takes over one entry, in place. */
export function fold(state: State, entry: JournalEntry): void {
  const { continuity } = state;
  if (entry.rows) takeRows(state, rowsOf(entry.rows, continuity.chain));
  if (entry.worth !== undefined) state.worth = entry.worth;
  if (entry.another) apply(continuity, ownNowhere(continuity));
  if (entry.unchecked) state.continuity = { ...continuity, checked: false };
  if (entry.hellos) state.hellos.push(...entry.hellos);
  for (const mark of entry.others ?? []) state.others.add(mark);
  if (typeof entry.heard === 'number')
    state.heard.set(entry.rows?.find((row) => row[0] === 'g')?.[2] ?? '', entry.heard);
  else for (const [from, at] of entry.heard ?? []) state.heard.set(from, at);
  if (entry.made) {
    const [item, t, n, at] = entry.made;
    apply(continuity, ownMade(t, n));
    state.made.set(item, t);
    state.lastMade = { t, at };
  }
  for (const [t, n] of entry.earlier ?? []) apply(continuity, ownMade(t, n));
  if (entry.stored) {
    const [item, at] = entry.stored;
    apply(continuity, ownStored(continuity, state.made.get(item) ?? '', at));
  }
  if (entry.acked !== undefined) state.lastAck = entry.acked;
  if (entry.invited) state.invites.push(entry.invited);
  if (entry.verified?.[1] === true) state.verified.add(entry.verified[0]);
  if (entry.verified?.[1] === false) state.verified.delete(entry.verified[0]);
  state.inviteJudged ||= entry.inviteJudged ?? false;
  state.elsewhereTold ||= entry.elsewhereTold ?? false;
  state.uncheckedTold ||= entry.uncheckedTold ?? false;
  state.cloned ||= entry.cloned ?? false;
}

/** Applies and gives the form in which it is kept. */
export function taken(state: State, write: ContinuityWrite): KeptRow[] {
  takeRows(state, write);
  return keepRows(write);
}

function takeRows(state: State, write: ContinuityWrite): void {
  apply(state.continuity, write);
  for (const row of write) {
    if (row.row === 'given' && row.place !== null && row.from === state.continuity.me) state.ownPlace = row.place;
  }
}

/** Up to which entry everything was read. */
export function readTo({ reached }: State): number {
  return reached.cursor?.entry ?? 0;
}
