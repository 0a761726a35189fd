import type { Channel, Entry, Unreachable } from '@fernspeak/channel';
import { standsAt, type Cursor } from './cursor.ts';
import { expired, rolledBack, type Finding } from '../finding.ts';

/**
 * Whether a log is still the one that was read.
 *
 * - `same`: the cursor's entry is there, unchanged.
 * - `passed`: it is not given out any more, but nothing says that the log is another one.
 * - `expired`: it is gone, and all that is left is newer. `rolled-back`: any other mismatch.
 */
export type Verdict =
  { readonly kind: 'same' | 'passed' } | { readonly kind: 'expired' | 'rolled-back'; readonly finding: Finding };

export interface Evidence {
  readonly channel: Channel;
  readonly signal: AbortSignal;
  /** What the channel says that it does not give out. */
  readonly unreachable: readonly Unreachable[];
}

/** Judges by the first entry at or after the cursor; null: there is none. */
export async function judge(cursor: Cursor, first: Entry | null, evidence: Evidence): Promise<Verdict> {
  if (first === null) return judgeEmpty(cursor, evidence);
  if (standsAt(cursor, first)) return { kind: 'same' };
  if (first.id === cursor.entry) return { kind: 'rolled-back', finding: rolledBack(true) };
  if (evidence.unreachable.some(({ from, to }) => from <= cursor.entry && cursor.entry <= to))
    return { kind: 'passed' };
  const oldest = await firstEntry(evidence, 0);
  return oldest !== null && oldest.id <= cursor.entry
    ? { kind: 'rolled-back', finding: rolledBack(true) }
    : { kind: 'expired', finding: expired(cursor.entry) };
}

/** Nothing is there from the cursor on: the channel's own count tells a cleared log from one whose entries expired. */
async function judgeEmpty(cursor: Cursor, { channel, signal }: Evidence): Promise<Verdict> {
  const { lastEntryId } = await channel.info({ signal });
  if (lastEntryId === cursor.entry) return { kind: 'passed' };
  if (lastEntryId > cursor.entry) return { kind: 'expired', finding: expired(cursor.entry) };
  return { kind: 'rolled-back', finding: rolledBack(lastEntryId > 0) };
}

/** The first entry after a number; null: there is none. */
export async function firstEntry(
  { channel, signal }: Pick<Evidence, 'channel' | 'signal'>,
  after: number,
): Promise<Entry | null> {
  for await (const entry of channel.read({ after }, { signal })) return entry;
  return null;
}
