import {
  JOIN_WINDOW,
  emptyJoining,
  join,
  type Arrival,
  type Channel,
  type Entry,
  type Unreachable,
} from '@fernspeak/channel';
import { readPart } from '@fernspeak/channel/format';
import { batches } from './batch.ts';
import { unreachable } from '../finding.ts';
import type { Message } from '../message.ts';
import { BATCH_WEIGHT, Opening, weigh } from './opening.ts';
import type { Seal } from '../seal.ts';
import type { ReadingOptions } from './unread.ts';

/**
 * Which messages: those after an entry (0: all), the last n, or those stored at a moment or later. A message's place is
 * the entry that completes it; several fields of an entry count as one. Times are the channel's.
 */
export type HistoryRange = { readonly after: number } | { readonly last: number } | { readonly since: Date };

/** How much further back the search goes each time that it has not found enough. */
const SEARCH_GROWTH = 4;
/** A search by time is over when so many entries in a row are older: writers can set their entries' times. */
const OLDER_IN_A_ROW = 256;

interface Source {
  readonly channel: Channel;
  readonly signal: AbortSignal;
  readonly onUnreachable: (gap: Unreachable) => void;
}

/** Messages of the log, oldest first; moves no cursor. */
export async function* history(
  range: HistoryRange,
  { channel, seal, signal, onFinding }: { channel: Channel; seal: Seal } & ReadingOptions,
): AsyncGenerator<Message, void, undefined> {
  const stop = new AbortController();
  // the search may come by the same gap several times
  const told = new Set<string>();
  const onUnreachable = ({ reason }: Unreachable): void => {
    if (!told.has(reason)) onFinding?.(unreachable(reason));
    told.add(reason);
  };
  const source = {
    channel,
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    onUnreachable,
  };
  const opening = new Opening(channel, seal);
  for await (const batch of batches(arrivals(range, source), { weight: BATCH_WEIGHT, weigh, stop })) {
    for (const messages of await opening.open(batch)) yield* messages;
  }
}

async function* arrivals(range: HistoryRange, source: Source): AsyncGenerator<Arrival, void, undefined> {
  if ('after' in range) yield* arrivalsAfter(range.after, source);
  else if ('last' in range) yield* lastArrivals(range.last, source);
  else yield* arrivalsSince(range.since.getTime(), source);
}

async function* arrivalsSince(time: number, source: Source): AsyncGenerator<Arrival, void, undefined> {
  for await (const arrival of arrivalsAfter(await lastBefore(time, source), source)) {
    if (Date.parse(arrival.entry.createdAt) >= time) yield arrival;
  }
}

/** Begins JOIN_WINDOW entries earlier, so that what completes after `after` is whole. */
async function* arrivalsAfter(
  after: number,
  { channel, signal, onUnreachable }: Source,
): AsyncGenerator<Arrival, void, undefined> {
  let joining = emptyJoining();
  for await (const entry of channel.read({ after: Math.max(0, after - JOIN_WINDOW) }, { signal, onUnreachable })) {
    const joined = join(joining, entry);
    joining = joined.state;
    if (joined.arrival && entry.id > after) yield joined.arrival;
  }
}

async function* lastArrivals(count: number, source: Source): AsyncGenerator<Arrival, void, undefined> {
  if (count <= 0) return;
  // most often nothing was cut, and the last n entries are the last n messages
  const uncut = count <= JOIN_WINDOW ? await lastUncut(count, source) : null;
  yield* uncut ?? arrivalsAfter(await beforeLast(count, source), source);
}

/** The last entries, if each is a message of its own; else null. */
async function lastUncut(count: number, { channel, signal, onUnreachable }: Source): Promise<Arrival[] | null> {
  const found: Arrival[] = [];
  for await (const entry of channel.read({ last: count }, { signal, onUnreachable })) {
    if ((readPart(entry.fields)?.count ?? 1) > 1) return null;
    const { arrival } = join(emptyJoining(), entry);
    if (!arrival || arrival.strings.length === 0) return null;
    found.push(arrival);
  }
  return found;
}

/** The number after which the last `count` messages come; 0: there are no more than that. */
async function beforeLast(count: number, { channel, signal, onUnreachable }: Source): Promise<number> {
  for (let reach = count + JOIN_WINDOW; ; reach *= SEARCH_GROWTH) {
    const found: { place: number; sure: boolean }[] = [];
    let joining = emptyJoining();
    let read = 0;
    for await (const entry of channel.read({ last: reach }, { signal, onUnreachable })) {
      const { state, arrival } = join(joining, entry);
      joining = state;
      read += 1;
      // what completes within the first window may be something else to a reader who began earlier
      if (arrival && arrival.strings.length > 0) found.push({ place: entry.id, sure: read > JOIN_WINDOW });
    }
    const first = found.at(-count);
    if (first && (first.sure || read < reach)) return first.place - 1;
    if (read < reach) return 0;
  }
}

/** The number after which everything stored at `time` or later comes. */
async function lastBefore(time: number, { channel, signal, onUnreachable }: Source): Promise<number> {
  let oldest = 0;
  for (let reach = JOIN_WINDOW; ; reach *= SEARCH_GROWTH) {
    let read = 0;
    let first = 0;
    let older: Entry | null = null;
    for await (const entry of channel.read({ last: reach }, { signal, onUnreachable })) {
      first ||= entry.id;
      if (Date.parse(entry.createdAt) >= time) break;
      older = entry;
      read += 1;
    }
    if (older && read >= OLDER_IN_A_ROW) return older.id;
    if (first <= 1 || first === oldest) return older?.id ?? 0;
    oldest = first;
  }
}
