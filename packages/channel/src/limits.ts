import type { Limits } from './channel.ts';
import { ChannelError } from './errors.ts';
import type { Fields } from './format/fields.ts';
import { MAX_FIELDS } from './format/fields.ts';

/** ThingSpeak's free licence (ThingSpeak, "License FAQ" and "Bulk-Write JSON Data"); holds where a server tells no other. */
export const THINGSPEAK_LIMITS: Limits = {
  fieldBytes: 255,
  fieldsPerEntry: MAX_FIELDS,
  entryBytes: 3000,
  bulkEntries: 960,
  minIntervalMs: 15_000,
  longPoll: false,
  live: false,
  sealed: false,
};

/** Length in UTF-8, without encoding it. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    // either half of a surrogate pair: four bytes together
    else bytes += unit >= 0xd800 && unit < 0xe000 ? 2 : 3;
  }
  return bytes;
}

/** Drops absent fields from the end, so that every carrier gives an entry back in one form. */
export function trimFields(fields: Fields): Fields {
  let length = fields.length;
  while (length > 0 && fields[length - 1] === null) length--;
  return length === fields.length ? fields : fields.slice(0, length);
}

function refuse(sentence: string): never {
  throw new ChannelError('refused', sentence, { hint: 'Cut it with fit() to the limits that info() tells.' });
}

/** Refuses, before anything is sent, what the channel could not keep as it is. */
export function checkEntries(entries: readonly Fields[], limits: Limits): void {
  if (entries.length === 0) refuse('There is nothing to append.');
  if (entries.length > limits.bulkEntries) {
    refuse(`${entries.length} entries at once are more than the ${limits.bulkEntries} that this channel takes.`);
  }
  for (const fields of entries) {
    if (fields.length > limits.fieldsPerEntry)
      refuse(`An entry has ${fields.length} fields; ${limits.fieldsPerEntry} are possible.`);
    let sum = 0;
    for (const value of fields) {
      if (value === null) continue;
      const bytes = utf8Length(value);
      if (bytes > limits.fieldBytes)
        refuse(`A field of ${bytes} bytes is longer than the ${limits.fieldBytes} that this channel takes.`);
      if (!value.isWellFormed() || value.includes('\0')) {
        refuse('A field holds a NUL or half of a surrogate pair, which no channel can store.');
      }
      sum += bytes;
    }
    if (sum > limits.entryBytes)
      refuse(`An entry of ${sum} bytes is longer than the ${limits.entryBytes} that this channel takes.`);
  }
}
