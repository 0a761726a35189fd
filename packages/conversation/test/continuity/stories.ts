import { fromHex } from '../../src/bytes.ts';
import {
  judge,
  judgeInvite,
  judgeOwn,
  ownMade,
  ownStored,
  receivedBy,
  type Judgement,
} from '../../src/continuity/judge.ts';
import type { Notice } from '../../src/continuity/notice.ts';
import { apply, restore, type Continuity, type ContinuityRow } from '../../src/continuity/state.ts';
import type { Seen } from '../../src/frame/layout.ts';
import { keyOf } from './reader.ts';

/** vectors/chain.json; names stand for public keys. */
export interface ChainVectors {
  readonly conversationId: string;
  readonly chain: readonly { readonly t: string; readonly h: string }[];
  readonly stories: readonly Story[];
}

/** What one reader is given and does, in order, and what is noticed. */
export interface Story {
  readonly comment: string;
  readonly me: string;
  readonly checked: boolean;
  readonly events: readonly Event[];
  readonly seen: Seen | null;
  /** Who has received a message, in any order. */
  readonly received: Readonly<Record<string, readonly string[]>>;
}

export type Event =
  | {
      readonly given: { t: string; from: string; n: number; seen: Seen | null };
      notices: readonly Notice[];
      place: number | null;
    }
  | { readonly made: { t: string; n: number } }
  | { readonly stored: { t: string; entry: number } }
  | { readonly read: number; notices: readonly Notice[] }
  | { readonly invite: { from: string; seen: Seen }; notices: readonly Notice[] };

/** Plays a story with the real code; `between` may change the state into what was saved of it. */
export function play(
  { me, checked, events }: Pick<Story, 'me' | 'checked' | 'events'>,
  conversationId: string,
  { restarts = false }: { restarts?: boolean } = {},
): { events: Event[]; state: Continuity } {
  const options = { conversationId: fromHex(conversationId), me, checked };
  let state = restore(options);
  const saved = new Map<string, ContinuityRow>();
  const played = events.map((event): Event => {
    const judgement = judged(state, event);
    for (const row of judgement.write) saved.set(keyOf(row), row);
    apply(state, judgement.write);
    if (restarts) state = restore(options, [...saved.values()].toReversed());
    if ('made' in event || 'stored' in event) return event;
    const { notices } = judgement;
    return 'given' in event ? { ...event, notices, place: placeOf(judgement) } : { ...event, notices };
  });
  return { events: played, state };
}

function judged(state: Continuity, event: Event): Judgement {
  if ('given' in event) return judge(state, event.given);
  if ('made' in event) return { notices: [], write: ownMade(event.made.t, event.made.n) };
  if ('stored' in event) return { notices: [], write: ownStored(state, event.stored.t, event.stored.entry) };
  return 'read' in event ? judgeOwn(state, event.read) : judgeInvite(state, event.invite.from, event.invite.seen);
}

function placeOf({ write }: Judgement): number | null {
  return write.find((row) => row.row === 'given')?.place ?? null;
}

export function receivedOf(state: Continuity, messages: readonly string[]): Record<string, string[]> {
  return Object.fromEntries(messages.map((t) => [t, receivedBy(state, t).sort()]));
}
