import type { Limits } from './channel.ts';
import { ChannelError } from './errors.ts';
import type { Fields } from './format/fields.ts';
import { MAX_FIELDS } from './format/fields.ts';
import { MAX_PARTS, newPartId, partMarker } from './format/part.ts';
import { JOINED_BYTES } from './join.ts';

/** A message that would take longer than this to go out is refused: nobody waits for it, and it blocks what follows. */
const MAX_SENDING_MS: number = 10 * 60_000;

export interface FitOptions {
  /** 11 base64url characters; default: fresh random ones. Every sending needs its own. */
  readonly id?: string | undefined;
}

/**
 * Cuts a sealed string (ASCII, so characters are bytes) to a channel's limits: one value when it fits into field1,
 * else marked parts over field1 … field8 and as many entries as it takes. Throws ChannelError `refused`, with the
 * estimate, when that cannot be sent in sane time or not joined again.
 */
export function fit(sealed: string, limits: Limits, options: FitOptions = {}): Fields[] {
  // oxlint-disable-next-line no-control-regex -- the range of ASCII begins with control characters
  if (!/^[\x00-\x7f]*$/.test(sealed)) throw new TypeError('A sealed string is ASCII.');
  if (sealed.length <= Math.min(limits.fieldBytes, limits.entryBytes)) return [[sealed]];
  const { count, room } = partsNeeded(sealed.length, limits);
  const id = options.id ?? newPartId();
  return Array.from({ length: count }, (_, index) =>
    cut(
      partMarker({ id, index: index + 1, count }) + sealed.slice(index * room, (index + 1) * room),
      limits.fieldBytes,
    ),
  );
}

/** How many parts, and how many characters of payload in each but the last. */
function partsNeeded(length: number, limits: Limits): { count: number; room: number } {
  const capacity = Math.min(limits.fieldBytes * limits.fieldsPerEntry, limits.entryBytes);
  let count = 1;
  let room = 0;
  for (;;) {
    const longestMarker = partMarker({ id: 'A'.repeat(11), index: count, count }).length;
    if (longestMarker > limits.fieldBytes)
      throw new ChannelError('refused', 'The fields of this channel are too short for parts.');
    room = capacity - longestMarker;
    const needed = room > 0 ? Math.ceil(length / room) : Infinity;
    if (needed <= count) break;
    // the marker grows with the digits of the count
    count = needed;
    if (count > MAX_PARTS) break;
  }
  refuseWhatTakesTooLong({ length, count, limits });
  return { count, room };
}

function refuseWhatTakesTooLong({ length, count, limits }: { length: number; count: number; limits: Limits }): void {
  const sendingMs = Math.ceil(count / limits.bulkEntries) * limits.minIntervalMs;
  if (sendingMs <= MAX_SENDING_MS && count <= MAX_PARTS && length <= JOINED_BYTES) return;
  const size = `It is ${length} characters when sealed: ${count} entries of this channel`;
  const time = sendingMs > 0 ? `, which takes about ${duration(sendingMs)}` : '';
  const limit =
    sendingMs > MAX_SENDING_MS
      ? `more than ${duration(MAX_SENDING_MS)}`
      : `more than a message can be (${JOINED_BYTES} characters in ${MAX_PARTS} entries)`;
  throw new ChannelError('refused', `${size}${time}; that is ${limit}.`, {
    hint:
      limits.fieldsPerEntry < MAX_FIELDS
        ? `Send something shorter, or switch on all ${MAX_FIELDS} fields in the settings of the channel: it has ${limits.fieldsPerEntry}.`
        : 'Send something shorter, or use a channel that takes longer fields: a relay of your own, or a CSV file.',
  });
}

function duration(ms: number): string {
  if (ms < 120_000) return `${Math.ceil(ms / 1000)} seconds`;
  if (ms < 120 * 60_000) return `${Math.ceil(ms / 60_000)} minutes`;
  return `${Math.ceil(ms / 3_600_000)} hours`;
}

function cut(text: string, size: number): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length; from += size) pieces.push(text.slice(from, from + size));
  return pieces;
}
