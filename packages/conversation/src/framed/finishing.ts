import { ChannelError, fit, isChannelError, type Limits } from '@fernspeak/channel';
import { nextNumber, seenOf } from '../continuity/state.ts';
import { ConversationError } from '../errors.ts';
import type { Finishing, FinishOptions } from '../outbox/outbox.ts';
import type { Outcome, OutboxItem } from '../store.ts';
import { Ingest } from './ingest.ts';
import { queueOf } from './journal.ts';
import type { Parts } from './parts.ts';
import type { FramedSeal, Written } from './seal.ts';
import { fold, readTo, type JournalEntry } from './state.ts';

/** So long the sender reads what is there before it says what it has seen; a slow channel must not keep it. */
const FRESHEN_MS = 2000;
/** Any part id: only the size of the parts matters. */
const SAMPLE_ID = 'AAAAAAAAAAA';

/** What the head of the outbox becomes: number, time, what was seen, signature, all saved before it goes out. */
export function finishingOf(parts: Parts): Finishing {
  return {
    queue: queueOf(parts.live.id),
    finish: (draft, options) => finish(draft, parts, options),
    stored: (item, entries) => stored(item, Math.max(...entries), parts),
  };
}

async function finish(
  draft: OutboxItem,
  parts: Parts,
  { info, attempt, signal }: FinishOptions,
): Promise<OutboxItem | Outcome> {
  const { live, seal, clock } = parts;
  const content = seal.openDraft(draft.sealed);
  // before it has a number: one that is never stored leaves a gap
  const refusal = refusalOf(content, seal, info.limits);
  if (refusal) return refusal;
  if (readTo(await live.current()) !== info.lastEntryId) await freshen(parts, signal);
  for (;;) {
    const { continuity, cloned } = await live.current();
    if (cloned) throw cannotSend();
    const [n, seen, at] = [nextNumber(continuity), seenOf(continuity), clock.now()];
    const { sealed, t } = await seal.seal({ ...content, at }, { n, seen });
    const saved = await live.update((state) => {
      if (nextNumber(state.continuity) !== n) return { changes: null, result: false };
      const entry: JournalEntry = { made: [draft.id, t, n, at] };
      fold(state, entry);
      return {
        changes: { made: [JSON.stringify(entry)], finished: { item: draft.id, sealed, attempt } },
        result: true,
      };
    });
    if (saved) return { ...draft, sealed, attempt, draft: false };
  }
}

function refusalOf(content: Written, seal: FramedSeal, limits: Limits): Outcome | null {
  try {
    fit('A'.repeat(seal.sizeOf(content)), limits, { id: SAMPLE_ID });
    return null;
  } catch (error) {
    if (!isChannelError(error, 'refused')) throw error;
    return { status: 'refused', message: error.message, hint: error.hint ?? null };
  }
}

/** Takes in what is there, so that the message vouches for it. What cannot be read now is vouched for by the next one. */
async function freshen(parts: Parts, signal: AbortSignal): Promise<void> {
  const enough = new AbortController();
  const both = AbortSignal.any([signal, enough.signal]);
  const ended = new AbortController();
  const ring = (): void => enough.abort();
  parts.clock.wait(FRESHEN_MS, AbortSignal.any([signal, ended.signal])).then(ring, () => {});
  try {
    for await (const _ of new Ingest(parts, { signal: both, onNotice: () => {} }).read());
  } catch (error) {
    if (signal.aborted || (!both.aborted && !isChannelError(error))) throw error;
  } finally {
    ended.abort();
  }
}

async function stored({ id }: OutboxItem, entry: number, { live }: Parts): Promise<void> {
  await live.update((state) => {
    const t = state.made.get(id);
    if (t === undefined || state.continuity.own.get(t)?.entry === entry) return { changes: null, result: null };
    const stored: JournalEntry = { stored: [id, entry] };
    fold(state, stored);
    return { changes: { made: [JSON.stringify(stored)] }, result: null };
  });
}

/** It waits, and who only reads is not kept from that. */
function cannotSend(): ChannelError {
  const { message, hint } = keyCloned();
  return new ChannelError('unauthorized', message, { hint });
}

export function keyCloned(): ConversationError {
  return new ConversationError('cloned', 'Another device writes with the key of this profile.', {
    hint: 'A copy of the profile is in use, or somebody has your key. Begin a new profile, and join again by an invite.',
  });
}
