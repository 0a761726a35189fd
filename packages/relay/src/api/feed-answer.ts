import type { Answer } from '../http/answer.ts';
import { HttpError } from '../http/errors.ts';
import type { Params } from '../http/params.ts';
import type { RouteRequest } from '../http/router.ts';
import { feedChannel } from '../format/channel.ts';
import { columnsOf, csvHeader, entryCsv, entryJson, type EntryShape } from '../format/entry.ts';
import { numericValue, roundValue, toInteger } from '../format/number.ts';
import { zoneOf } from '../format/time.ts';
import { FIELDS } from '../limits.ts';
import type { Channel, Entry } from '../store/store.ts';

/** The answer with these entries, in the form that was asked for. */
export function feedAnswer(request: RouteRequest, channel: Channel, pages: AsyncIterable<readonly Entry[]>): Answer {
  const shape = shapeOf(request, channel);
  const head = feedChannel(channel, shape.zone, request.params.get('metadata') === 'true');
  return shapedFeed(request, { head, shape }, pages);
}

/** The same under another channel object and with other columns. */
export function shapedFeed(
  { format, params }: RouteRequest,
  { head, shape }: { readonly head: object; readonly shape: EntryShape },
  pages: AsyncIterable<readonly Entry[]>,
): Answer {
  const shown = filtered(pages, params);
  if (format === 'csv') return { status: 200, type: 'csv', body: csvFeed(shown, shape), cacheable: true };
  return { status: 200, type: 'json', body: jsonFeed(shown, head, shape), cacheable: true };
}

/** What of an entry is shown: N may be `1`, `field1`, or several digits (thingspeak-api 3.1). @throws {HttpError} 404 */
export function shapeOf({ params, captures }: RouteRequest, channel: Channel): EntryShape {
  const isTrue = (name: string): boolean => params.get(name)?.toLowerCase() === 'true';
  const extras = { location: isTrue('location'), status: isTrue('status') };
  return { zone: zoneOf(params), columns: columnsOf(channel, fieldsIn(captures), extras) };
}

/** The digits of `:field`, or null where the path has none. @throws {HttpError} 404 */
export function fieldsIn({ field }: RouteRequest['captures']): string | null {
  if (field === undefined) return null;
  const digits = /^(?:field)?([1-8]+)$/.exec(field)?.[1];
  if (digits === undefined)
    throw new HttpError('notFound', `There is no such field: a channel has field1 to field${FIELDS}.`);
  return digits;
}

async function* jsonFeed(
  pages: AsyncIterable<readonly Entry[]>,
  head: object,
  shape: EntryShape,
): AsyncGenerator<string> {
  yield `{"channel":${JSON.stringify(head)},"feeds":[`;
  let separator = '';
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield separator + page.map((entry) => entryJson(entry, shape)).join(',');
    separator = ',';
  }
  yield ']}';
}

async function* csvFeed(pages: AsyncIterable<readonly Entry[]>, shape: EntryShape): AsyncGenerator<string> {
  yield csvHeader(shape);
  for await (const page of pages) yield page.map((entry) => entryCsv(entry, shape)).join('');
}

/** Leaves out what lies beyond `min` and `max`, and rounds (thingspeak-api 3.2). */
async function* filtered(pages: AsyncIterable<readonly Entry[]>, params: Params): AsyncGenerator<readonly Entry[]> {
  const min = numericValue(params.get('min')) ?? -Infinity;
  const max = numericValue(params.get('max')) ?? Infinity;
  for await (const page of pages) {
    const kept = min === -Infinity && max === Infinity ? page : page.filter((entry) => isWithin(entry, min, max));
    yield kept.map((entry) => rounded(entry, params));
  }
}

function isWithin({ values }: Entry, min: number, max: number): boolean {
  return values.slice(0, FIELDS).every((value) => {
    const number = numericValue(value);
    return number === null || (number >= min && number <= max);
  });
}

/** The entry with its numeric fields rounded, where `round` asks for it. */
export function rounded(entry: Entry, params: Params): Entry {
  const round = params.present('round');
  if (round === null) return entry;
  const decimals = toInteger(round);
  return { ...entry, values: entry.values.map((value, at) => (at < FIELDS ? roundValue(value, decimals) : value)) };
}
