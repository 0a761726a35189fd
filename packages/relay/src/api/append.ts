import { isSealedEntry } from '@fernspeak/channel/format';
import { HttpError } from '../http/errors.ts';
import { hashOf } from '../keys.ts';
import { FIELDS } from '../limits.ts';
import type { Append, Appended, NewEntry } from '../store/store.ts';
import type { RelayContext } from './context.ts';

/** What `/update` and the bulk update hand over. */
export interface Writing {
  readonly key: string;
  /** The channel that the key must belong to; null: any. */
  readonly channel: number | null;
  readonly entries: readonly NewEntry[];
}

/**
 * Stores entries and tells the relay's owner. Returns when they are on disk, or why they are not stored where that has
 * an answer of its own. @throws {HttpError} 400 when the channel refuses them
 */
export async function append(
  { key, channel, entries }: Writing,
  { store, limits, now, onStored }: RelayContext,
): Promise<Exclude<Appended, { refused: 'not-sealed' | 'full' }>> {
  const minIntervalMs = limits.updateIntervalMs;
  const input: Append = { keyHash: hashOf(key), channel, entries, nowMs: now(), minIntervalMs };
  const appended = await store.append(input);
  if (appended.refused === 'not-sealed') {
    const details = 'This channel is sealed: it takes Fernet tokens and parts of them, no status and no location.';
    throw new HttpError('badRequest', `${details} Nothing was stored.`);
  }
  if (appended.refused === 'full') throw new HttpError('badRequest', 'The channel is full. Nothing was stored.');
  if (appended.refused === null && onStored !== null) {
    for (const [index, { values }] of entries.entries()) {
      const fields = values.slice(0, FIELDS);
      const characters = fields.reduce((sum, value) => sum + (value?.length ?? 0), 0);
      const { channel, first } = appended;
      onStored({ channel, entry: first + index, characters, sealed: isSealedEntry(fields) });
    }
  }
  return appended;
}
