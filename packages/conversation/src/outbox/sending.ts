import {
  ChannelError,
  JOIN_WINDOW,
  emptyJoining,
  fit,
  isChannelError,
  join,
  type Channel,
  type ChannelInfo,
  type Fields,
  type Joining,
  type Limits,
} from '@fernspeak/channel';
import { newPartId, readPart } from '@fernspeak/channel/format';
import type { Clock } from '../clock.ts';
import type { Attempt, Outcome, OutboxItem, Store } from '../store.ts';

/** Sent anew this often when others spoil its parts; then it is given up, or it would block what is behind it for ever. */
const MAX_SPOILT = 5;
/** Entries that others may write while the last parts go out, before the window of the first closes. */
const WINDOW_MARGIN = 64;

export interface Sending {
  readonly channel: Channel;
  readonly store: Store;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The channel as it is now. */
  readonly info: ChannelInfo;
  /** True: the attempt was only just recorded, and nothing can be there. */
  readonly isNew: boolean;
  /** After each request that stored parts: how many are there now. */
  readonly onPartial: (stored: number, total: number) => void;
}

/**
 * Sends one item of the outbox, or what is missing of it; the caller holds the channel's lock. Resolves once it is
 * known to be stored, or to be refused for good. Any other ChannelError, and the signal's reason, is thrown; then the
 * same item can be sent again at any time, by anybody: what is there already is found.
 */
export async function sendItem(item: OutboxItem, sending: Sending): Promise<Outcome> {
  const { store, info } = sending;
  const { limits, lastEntryId } = info;
  const began = await beginAttempt(item, sending);
  let { attempt } = began;
  // in an empty channel there is nothing to look for, not even a file perhaps
  let untouched = began.first || lastEntryId === 0;
  for (;;) {
    const parts = cutToFit(item.sealed, limits, attempt.partId);
    if (!Array.isArray(parts)) return parts;
    const found = untouched ? { missing: parts } : await look(item.sealed, { parts, attempt, sending });
    if ('entries' in found) return { status: 'stored', entries: found.entries };
    if ('missing' in found) {
      const outcome = await complete(item.sealed, { parts, missing: found.missing, attempt, limits, sending });
      if (outcome !== 'spoilt') return outcome;
    }
    if (attempt.spoilt >= MAX_SPOILT) return SPOILT_FOR_GOOD;
    attempt = { ...firstAttempt(info), spoilt: attempt.spoilt + 1 };
    await store.attempt(item.id, attempt);
    untouched = true;
  }
}

/** How an item is sent of which nothing ever went out. */
export function firstAttempt({ lastEntryId }: ChannelInfo): Attempt {
  return { after: lastEntryId, partId: newPartId(), spoilt: 0 };
}

/** Records the attempt before anything goes out, also that the channel was cleared since an earlier one. */
async function beginAttempt(
  { id, attempt }: OutboxItem,
  { store, info, isNew }: Sending,
): Promise<{ attempt: Attempt; first: boolean }> {
  if (attempt !== null && attempt.after <= info.lastEntryId) return { attempt, first: isNew };
  const next = attempt ? { ...attempt, after: 0 } : firstAttempt(info);
  await store.attempt(id, next);
  return { attempt: next, first: attempt === null };
}

function cutToFit(sealed: string, limits: Limits, id: string): Fields[] | Outcome {
  try {
    return fit(sealed, limits, { id });
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error: unknown): Outcome {
  if (!isChannelError(error, 'refused')) throw error;
  return { status: 'refused', message: error.message, hint: error.hint ?? null };
}

const SPOILT_FOR_GOOD: Outcome = {
  status: 'refused',
  message: 'Somebody who can write to this channel keeps spoiling the parts of this message.',
  hint: 'Use another channel, or one with longer fields, where it needs no parts.',
};

interface Cut {
  readonly parts: readonly Fields[];
  readonly attempt: Attempt;
  readonly sending: Sending;
}

/** Sends what is missing. `spoilt`: all of it is there, but it does not join. */
async function complete(
  sealed: string,
  { missing, limits, ...cut }: Cut & { missing: readonly Fields[]; limits: Limits },
): Promise<Outcome | 'spoilt'> {
  const { parts, sending } = cut;
  const appended = await append(missing, { limits, total: parts.length, sending });
  if ('refused' in appended) return appended.refused;
  // what went out in one request is whole: nobody knew the id of its parts before. The rest has to be seen to join
  if (appended.requests === 1 && missing.length === parts.length)
    return { status: 'stored', entries: appended.entries };
  const joined = await look(sealed, cut);
  if ('missing' in joined) throw new ChannelError('unclear', 'The channel does not show yet what it stored.');
  return 'entries' in joined ? { status: 'stored', entries: joined.entries } : 'spoilt';
}

type Found =
  { readonly entries: readonly number[] } | { readonly missing: readonly Fields[] } | { readonly spoilt: true };

/** Looks in the feed, from where the attempt began, for the string itself or its parts. */
async function look(sealed: string, { parts, attempt, sending: { channel, signal } }: Cut): Promise<Found> {
  let state = emptyJoining();
  let last = attempt.after;
  let touched = false;
  for await (const entry of channel.read({ after: attempt.after }, { signal })) {
    const joined = join(state, entry);
    if (joined.arrival?.strings.some(({ text }) => text === sealed)) return { entries: joined.arrival.entries };
    touched ||= readPart(entry.fields)?.id === attempt.partId;
    ({ state } = joined);
    last = entry.id;
  }
  return touched ? whatIsMissing(state, { parts, attempt, last }) : { missing: parts };
}

/** Judges a window that did not complete: it can only be completed if all in it is ours, and if it stays open long enough. */
function whatIsMissing(
  { windows }: Joining,
  { parts, attempt, last }: Pick<Cut, 'parts' | 'attempt'> & { last: number },
): Found {
  const window = windows.find(({ id, count }) => id === attempt.partId && count === parts.length);
  const there = new Map(window?.parts.map(({ index, payload }) => [index, payload]));
  const ours = parts.map((fields) => readPart(fields));
  const missing = parts.filter((_, at) => !there.has(at + 1));
  const foreign = ours.some((part, at) => there.has(at + 1) && there.get(at + 1) !== part?.payload);
  const closing = window === undefined || last + missing.length + WINDOW_MARGIN - window.opened >= JOIN_WINDOW;
  return foreign || closing ? { spoilt: true } : { missing };
}

type Appended = { readonly entries: readonly number[]; readonly requests: number } | { readonly refused: Outcome };

/** Appends in as few requests as the channel takes, as slowly as it asks. */
async function append(
  missing: readonly Fields[],
  { limits, total, sending }: { limits: Limits; total: number; sending: Sending },
): Promise<Appended> {
  const { channel, clock, signal, onPartial } = sending;
  const entries: number[] = [];
  let requests = 0;
  for (let from = 0; from < missing.length; from += limits.bulkEntries) {
    if (from > 0) await clock.wait(limits.minIntervalMs, signal);
    try {
      entries.push(...(await channel.append(missing.slice(from, from + limits.bulkEntries), { signal })));
    } catch (error) {
      return { refused: refusal(error) };
    }
    requests += 1;
    if (total > 1) onPartial(total - missing.length + entries.length, total);
  }
  return { entries, requests };
}
