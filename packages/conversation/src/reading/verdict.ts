import type { Channel, Entry } from '@fernspeak/channel';
import { standsAt, type Cursor } from './cursor.ts';
import { expired, rolledBack, type Finding } from '../finding.ts';

/**
 * Whether a log is still the one that was read.
 *
 * - `same`: the cursor's entry is there, unchanged.
 * - `passed`: nothing at all is left of it, and nothing has come since.
 * - `expired`: it is gone, and all that is left is newer. `rolled-back`: any other mismatch. That a channel says itself that
 *   it does not give out an entry changes nothing: it may say so of any.
 */
export type Verdict =
  { readonly kind: 'same' | 'passed' } | { readonly kind: 'expired' | 'rolled-back'; readonly finding: Finding };

export interface Evidence {
  readonly channel: Channel;
  readonly signal: AbortSignal;
}

/** Judges by the first entry at or after the cursor; null: there is none. */
export async function judge(cursor: Cursor, first: Entry | null, evidence: Evidence): Promise<Verdict> {
  if (first !== null && standsAt(cursor, first)) return { kind: 'same' };
  // where nothing is there from the cursor on, the channel's own count tells a cleared log from one whose entries expired
  const lastEntryId = first?.id ?? (await evidence.channel.info({ signal: evidence.signal })).lastEntryId;
  const oldest = await firstEntry(evidence, 0);
  if (lastEntryId < cursor.entry || (oldest !== null && oldest.id <= cursor.entry)) {
    return { kind: 'rolled-back', finding: rolledBack(oldest !== null) };
  }
  if (first === null && lastEntryId === cursor.entry) return { kind: 'passed' };
  return { kind: 'expired', finding: expired(cursor.entry) };
}

/** The first entry after a number; null: there is none. */
export async function firstEntry({ channel, signal }: Evidence, after: number): Promise<Entry | null> {
  for await (const entry of channel.read({ after }, { signal })) return entry;
  return null;
}
