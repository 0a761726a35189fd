import { text, type Answer } from '../http/answer.ts';
import { HttpError } from '../http/errors.ts';
import type { RouteRequest } from '../http/router.ts';
import { csvHeader, entryCsv, entryJson } from '../format/entry.ts';
import { MAX_ENTRY } from '../limits.ts';
import type { Channel, Entry } from '../store/store.ts';
import { channelAt, mayRead, readRefused, wholeNumber } from './access.ts';
import type { RelayContext } from './context.ts';
import { refuseUnsupported } from './feed.ts';
import { fieldsIn, rounded, shapeOf } from './feed-answer.ts';

/** GET /channels/ID/feeds/last, /feeds/ENTRY, /fields/N/last and /fields/N/ENTRY (thingspeak-api 3.1). */
export async function singleEntry(request: RouteRequest, context: RelayContext): Promise<Answer> {
  const channel = await channelAt(request, context);
  if (!mayRead(channel, request.key)) return readRefused(request.format);
  refuseUnsupported(request.params);
  const found = await wanted(request, channel, context);
  if (found === null) return noEntry(request.format);
  const entry = rounded(found, request.params);
  const shape = shapeOf(request, channel);
  const field = fieldsIn(request.captures);
  if (request.format === 'csv') return { status: 200, type: 'csv', body: csvHeader(shape) + entryCsv(entry, shape) };
  const bare = field !== null && request.format !== 'json';
  if (bare) return text(bareValue(request, entry, Number(field[0])));
  return { status: 200, type: request.format === 'txt' ? 'text' : 'json', body: entryJson(entry, shape) };
}

/** GET /channels/ID/feeds/last_data_age and /fields/N/last_data_age: seconds since the last entry. */
export async function lastDataAge(request: RouteRequest, context: RelayContext): Promise<Answer> {
  const channel = await channelAt(request, context);
  if (!mayRead(channel, request.key)) return readRefused(request.format);
  const last = await wanted(request, channel, context);
  if (last === null) return noEntry(request.format);
  const age = String(Math.max(Math.floor(context.now() / 1000) - last.createdAt, 0));
  if (request.format === 'txt') return text(age);
  if (request.format === 'csv')
    return { status: 200, type: 'csv', body: `last_data_age,last_data_age_units\n${age},s\n` };
  return { status: 200, type: 'json', body: `{"last_data_age":"${age}","last_data_age_units":"s"}` };
}

/** The entry that a path names; without `:entry` the last one, of a field the last one that has it. */
async function wanted({ captures }: RouteRequest, channel: Channel, { store }: RelayContext): Promise<Entry | null> {
  const fields = fieldsIn(captures);
  if (captures['entry'] !== undefined) {
    const number = wholeNumber(captures['entry']);
    if (number === null) throw new HttpError('notFound', 'There is nothing at this path.');
    return number > MAX_ENTRY ? null : store.entry(channel.id, number);
  }
  if (fields === null) return store.entry(channel.id, channel.lastEntry);
  const field = Number(fields[0]);
  return store.lastWithField(channel.id, field);
}

function bareValue({ params }: RouteRequest, { values }: Entry, field: number): string {
  return (params.get('prepend') ?? '') + (values[field - 1] ?? '') + (params.get('append') ?? '');
}

/**
 * No such entry, or an empty channel. What the cloud answers is not known, and the open server's 200 can be mistaken for a
 * value of -1: the same body with 404 loses nothing.
 */
export function noEntry(format: RouteRequest['format']): Answer {
  return { ...text('-1', 404), type: format === 'json' || format === null ? 'json' : 'text' };
}
