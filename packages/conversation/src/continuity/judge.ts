import type { CountedFrame } from '../frame/frame.ts';
import type { Seen } from '../frame/layout.ts';
import { chainNext } from './chain.ts';
import type { Notice } from './notice.ts';
import {
  numberKey,
  type Continuity,
  type ContinuityRow,
  type ContinuityWrite,
  type GivenRow,
  type OwnRow,
  type SenderRow,
} from './state.ts';

/** What was noticed, and what to save; when it is saved, `apply` takes it over. */
export interface Judgement {
  readonly notices: readonly Notice[];
  readonly write: ContinuityWrite;
}

/**
 * Judges the next frame of the log (docs/protocol.md, "Continuity"). Reads the state and changes nothing.
 * A message counts when a row of `write` gives it a place.
 */
export function judge(state: Continuity, { t, from, n, seen }: Omit<CountedFrame, 'content'>): Judgement {
  if (state.given.has(t)) return { notices: [{ code: 'replayed', from, n, t }], write: [] };
  const given: GivenRow = { row: 'given', t, from, n, place: null, h: null };
  const alien = from === state.me && !state.own.has(t);
  const twice = state.numbers.has(numberKey(from, n));
  const notices: Notice[] = alien || twice ? [{ code: 'cloned', own: alien, from, n, t }] : [];
  if (twice) return { notices, write: [given] };
  if (!state.checked) return { notices: [...notices, { code: 'unchecked', from, n, t }], write: [given] };

  const sender = state.senders.get(from) ?? newSender(from);
  if (n <= sender.last) {
    return { notices: [...notices, { code: 'reordered', why: 'number', from, n, t }], write: [given] };
  }
  if (n > sender.last + 1 && !areOwn(state, from, { first: sender.last + 1, next: n }))
    notices.push({ code: 'missing', why: 'number', from, first: sender.last + 1, last: n - 1 });
  const claim = seen ? judgeClaim(state, sender, seen) : { notices: [], told: [], sender };
  const place = state.log.length;
  return {
    notices: [...notices, ...claim.notices],
    write: [
      { ...given, place, h: chainNext(state.chain.at(-1) ?? '', t) },
      ...claim.told,
      { ...claim.sender, last: n, first: sender.first || place },
    ],
  };
}

/**
 * Judges what an invite says that its maker had seen, like a claim in a message of theirs: once, when the one who joined
 * has read the log to its end for the first time (before, all of it would be missing).
 */
export function judgeInvite(state: Continuity, from: string, seen: Seen): Judgement {
  if (!state.checked) return { notices: [], write: [] };
  const { notices, told, sender } = judgeClaim(state, state.senders.get(from) ?? newSender(from), seen);
  return { notices, write: [...told, sender] };
}

/** True when each of these numbers is an own message that is known to be stored: `judgeOwn` tells whether it came. */
function areOwn({ me, own }: Continuity, from: string, { first, next }: { first: number; next: number }): boolean {
  if (from !== me) return false;
  const numbers = new Set([...own.values()].filter(({ entry }) => entry !== null).map(({ n }) => n));
  for (let n = first; n < next; n++) if (!numbers.has(n)) return false;
  return true;
}

interface ClaimJudgement {
  readonly notices: readonly Notice[];
  readonly told: readonly ContinuityRow[];
  readonly sender: SenderRow;
}

function judgeClaim(state: Continuity, sender: SenderRow, { t, h }: Seen): ClaimJudgement {
  const { from, dispute } = sender;
  const place = t === state.log[0] ? 0 : state.given.get(t)?.place;
  if (place === undefined || place === null) {
    // nothing to continue from: the next disagreement is told
    const moved = { ...sender, dispute: null };
    const told = state.told.get(t);
    if (told?.has(h)) return { notices: [], told: [], sender: moved };
    const code = told ? 'forked' : state.given.has(t) ? 'reordered' : 'missing';
    const notice: Notice = code === 'forked' ? { code, from, t } : { code, why: 'seen', from, t };
    return { notices: [notice], told: [{ row: 'told', t, h }], sender: moved };
  }
  if (state.chain[place] === h) {
    return {
      notices: [],
      told: [],
      sender: { ...sender, dispute: null, confirmed: Math.max(place, sender.confirmed ?? 0) },
    };
  }
  const moved = { ...sender, dispute: { place, h } };
  const nothingNew = dispute !== null && continues(state, dispute, moved.dispute);
  return { notices: nothingNew ? [] : [{ code: 'forked', from, t }], told: [], sender: moved };
}

/** True when a claim goes on, over our log, from a disagreement that was told: then nothing new has happened. */
function continues(
  { log }: Continuity,
  earlier: { place: number; h: string },
  later: { place: number; h: string },
): boolean {
  if (earlier.place > later.place) return false;
  let { h } = earlier;
  for (let place = earlier.place + 1; place <= later.place; place++) h = chainNext(h, log[place] ?? '');
  return h === later.h;
}

function newSender(from: string): SenderRow {
  return { row: 'sender', from, last: 0, first: 0, confirmed: null, dispute: null };
}

/** To be saved together with a message's sealed bytes, before they go out. */
export function ownMade(t: string, n: number): ContinuityWrite {
  return [{ row: 'own', t, n, entry: null }];
}

/** To be saved when the channel has answered: `entry` is the one that completes the message. */
export function ownStored(state: Continuity, t: string, entry: number): ContinuityWrite {
  const own = state.own.get(t);
  return own ? [{ ...own, entry }] : [];
}

/** To be saved when the log turns out to be another one: where the earlier one had own messages says nothing of it. */
export function ownNowhere({ own }: Continuity): ContinuityWrite {
  const stored = [...own.values()].filter(({ entry }) => entry !== null);
  return stored.map(({ t, n }) => ({ row: 'own', t, n, entry: null }));
}

/**
 * Own messages that were answered as stored at an entry which has been read, and did not come. Call it when the log has been
 * read up to and including `readTo`, and nothing behind it: what comes later, or is claimed later, must not count for it.
 *
 * @param made which of them to look at; all of them unless said
 */
export function judgeOwn(state: Continuity, readTo: number, made: Iterable<OwnRow> = state.own.values()): Judgement {
  if (!state.checked) return { notices: [], write: [] };
  const lost = [...made].filter((own) => isLost(state, own, readTo));
  return {
    notices: lost.map(({ t, n }) => ({ code: 'missing', why: 'own', from: state.me, n, t })),
    write: lost.map(({ t }) => ({ row: 'told', t, h: null })),
  };
}

/** Own messages that the log has still to give, by the entry where it should: the first of them last. */
export function awaitedOwn(state: Continuity): OwnRow[] {
  const awaited = [...state.own.values()].filter((own) => isLost(state, own, Number.MAX_SAFE_INTEGER));
  return awaited.sort((a, b) => (b.entry ?? 0) - (a.entry ?? 0));
}

function isLost({ given, told }: Continuity, { t, entry }: OwnRow, readTo: number): boolean {
  return entry !== null && entry <= readTo && !given.has(t) && !told.has(t);
}

/**
 * The keys (base64url) of those whose device has message t: they confirmed our history at it or later, and it was placed
 * after their first message that counts. The relay cannot make this up.
 */
export function receivedBy(state: Continuity, t: string): string[] {
  const row = state.given.get(t);
  if (row === undefined || row.place === null) return [];
  const { place, from } = row;
  return [...state.senders.values()]
    .filter(
      (sender) => sender.from !== from && sender.first > 0 && sender.first < place && (sender.confirmed ?? 0) >= place,
    )
    .map((sender) => sender.from);
}
