import type { CallOptions, Entry, Limits } from '../channel.ts';
import { ChannelError, isChannelError } from '../errors.ts';
import type { Fields } from '../format/fields.ts';
import type { Connection } from './connection.ts';
import { whereOf } from './connection.ts';
import { readFeed } from './feed.ts';
import { strangeAnswer, writeRefusal } from './refusal.ts';
import { request } from './request.ts';
import { sleep } from './retry.ts';

/** How long a bulk write that was accepted may take until its entries are in the feed (ThingSpeak stores them later). */
const READ_BACK_MS = 30_000;
const FIRST_LOOK_PAUSE_MS = 500;
const LONGEST_LOOK_PAUSE_MS = 5_000;

interface Update extends CallOptions {
  readonly writeKey: string;
  readonly limits: Limits;
}

/** POST /update.json: one entry, and its number in the answer. */
export async function update(
  connection: Connection,
  fields: Fields,
  { writeKey, limits, signal }: Update,
): Promise<number> {
  const body = new URLSearchParams({ api_key: writeKey });
  for (const [index, value] of fields.entries()) if (value !== null) body.set(`field${index + 1}`, value);
  const answer = await request(connection, { path: '/update.json', body, signal });
  const { parseUpdate } = await import('./answers.ts');
  const stored = answer.status === 200 ? parseUpdate(answer.text) : null;
  if (stored === null) {
    throw answer.status === 200 && answer.text.trim() !== '0'
      ? strangeAnswer(connection, answer, true)
      : writeRefusal(connection, answer, limits.minIntervalMs);
  }
  const { channelId } = connection.address;
  // the key alone selects the channel (thingspeak-api 1.1)
  if (stored.channelId !== null && stored.channelId !== channelId) {
    throw new ChannelError(
      'unauthorized',
      `The write key belongs to channel ${stored.channelId}, not to channel ${channelId}: what was sent is now entry ${stored.entryId} of channel ${stored.channelId}.`,
      { hint: `Give the write key of ${whereOf(connection)}.` },
    );
  }
  return stored.entryId;
}

interface BulkUpdate extends Update {
  /** Our relay takes equal times; then all entries get the time at which they arrive. */
  readonly ours: boolean;
  readonly readAfter: (after: number, options: CallOptions) => AsyncIterable<Entry>;
}

/**
 * POST /channels/ID/bulk_update.json: several entries. The answer tells no numbers, so they are looked up in the feed,
 * behind the entry that was the newest before.
 */
export async function bulkUpdate(
  connection: Connection,
  entries: readonly Fields[],
  options: BulkUpdate,
): Promise<number[]> {
  const { lastEntryId } = await nothingSent(readFeed(connection, { results: 0, signal: options.signal }));
  const answer = await request(connection, {
    path: `/channels/${connection.address.channelId}/bulk_update.json`,
    body: {
      json: JSON.stringify({
        write_api_key: options.writeKey,
        updates: entries.map((fields, index) => toUpdate(fields, options.ours ? null : Math.min(index, 1))),
      }),
    },
    signal: options.signal,
  });
  if (answer.status !== 202 && answer.status !== 200)
    throw writeRefusal(connection, answer, options.limits.minIntervalMs);
  if (!/"success"\s*:\s*true/.test(answer.text)) throw strangeAnswer(connection, answer, true);
  return lookUp(connection, entries, { ...options, lastEntryId });
}

/** On ThingSpeak no two entries may have one time ("Bulk-Write JSON Data"), so each is a second later than the one before. */
function toUpdate(fields: Fields, delta: number | null): Record<string, string | number> {
  const values = fields.flatMap((value, index) => (value === null ? [] : [[`field${index + 1}`, value] as const]));
  return { ...(delta === null ? {} : { delta_t: delta }), ...Object.fromEntries(values) };
}

interface LookUp extends BulkUpdate {
  readonly lastEntryId: number;
}

async function lookUp(connection: Connection, entries: readonly Fields[], options: LookUp): Promise<number[]> {
  const deadline = performance.now() + READ_BACK_MS;
  const { signal, lastEntryId } = options;
  for (let pause = FIRST_LOOK_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_LOOK_PAUSE_MS)) {
    let cause: unknown;
    try {
      const ids = await findInOrder(entries, options.readAfter(lastEntryId, { signal }));
      if (ids !== null) return ids;
    } catch (error) {
      signal?.throwIfAborted();
      if (!isChannelError(error)) throw error;
      cause = error;
    }
    if (performance.now() + pause > deadline || connection.closed.aborted) throw notFound(connection, cause);
    await sleep(pause, [signal, connection.closed]);
    signal?.throwIfAborted();
  }
}

function notFound(connection: Connection, cause: unknown): ChannelError {
  return new ChannelError('unclear', `${whereOf(connection)} accepted the entries, but they are not in its feed yet.`, {
    hint: 'They may come; the next try looks first.',
    cause,
  });
}

/** Their numbers, or null while one is missing. */
async function findInOrder(wanted: readonly Fields[], stored: AsyncIterable<Entry>): Promise<number[] | null> {
  const ids: number[] = [];
  for await (const { id, fields } of stored) {
    const next = wanted[ids.length];
    if (next === undefined) break;
    if (sameFields(next, fields)) ids.push(id);
  }
  return ids.length === wanted.length ? ids : null;
}

/** Some servers make no difference between empty and absent. */
function sameFields(a: Fields, b: Fields): boolean {
  const length = Math.max(a.length, b.length);
  for (let index = 0; index < length; index++) if ((a[index] ?? '') !== (b[index] ?? '')) return false;
  return true;
}

/** For a failure before the first write: nothing can have been stored. */
export async function nothingSent<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isChannelError(error) || error.stored === 'no') throw error;
    const { code, message, hint, retryAfterMs } = error;
    throw new ChannelError(code === 'unclear' ? 'unreachable' : code, message, { hint, retryAfterMs, cause: error });
  }
}
