import { columnsOf, entryJson } from '../format/entry.ts';
import { UTC } from '../format/time.ts';
import { LIVE_RETRY_MS } from '../limits.ts';
import type { Channel, Entry } from '../store/store.ts';

/** The beginning of a stream: when to come back, and a comment by which a reader sees that nobody holds it back. */
export const BEGINNING: Buffer = Buffer.from(`retry: ${LIVE_RETRY_MS}\n: live\n\n`);

/** A comment: says that the connection lives. */
export const HEARTBEAT: Buffer = Buffer.from(':\n\n');

/** Entries as server-sent events, the same bytes for every reader. JSON has no line ends. */
export function eventsOf(channel: Channel, entries: readonly Entry[]): Buffer {
  const shape = { zone: UTC, columns: columnsOf(channel, null, { location: false, status: false }) };
  let text = '';
  for (const entry of entries) text += `id: ${entry.entry}\ndata: ${entryJson(entry, shape)}\n\n`;
  return Buffer.from(text);
}

/** The last event of a stream whose channel was cleared: its numbers begin anew. */
export function clearedEvent({ lastEntry }: Channel): Buffer {
  return Buffer.from(`event: cleared\ndata: {"last_entry_id":${lastEntry === 0 ? null : lastEntry}}\n\n`);
}
