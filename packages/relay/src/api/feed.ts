import type { Answer } from '../http/answer.ts';
import { HttpError } from '../http/errors.ts';
import type { Params } from '../http/params.ts';
import type { RouteRequest } from '../http/router.ts';
import { toInteger } from '../format/number.ts';
import { parseTime, zoneOf, type Zone } from '../format/time.ts';
import { FEED_ENTRIES_DEFAULT, FEED_ENTRIES_MAX, MAX_ENTRY } from '../limits.ts';
import type { Channel, Selection } from '../store/store.ts';
import { channelAt, mayRead, readRefused } from './access.ts';
import type { RelayContext } from './context.ts';
import { feedAnswer } from './feed-answer.ts';
import { follow } from './follow.ts';

/** GET /channels/ID/feeds and /channels/ID/fields/N (thingspeak-api 3.1 to 3.4), with `after` the long poll. */
export async function feed(request: RouteRequest, context: RelayContext): Promise<Answer> {
  const channel = await channelAt(request, context);
  if (!mayRead(channel, request.key)) return readRefused(request.format);
  refuseUnsupported(request.params);
  if (request.params.present('after') !== null) return follow(request, channel, context);
  const selection = selectionOf(request.params, channel, { nowMs: context.now(), days: null });
  return feedAnswer(request, channel, context.store.entries(channel.id, selection));
}

const MINUTES: ReadonlySet<string> = new Set(['10', '15', '20', '30', '60', '240', '720', '1440', 'daily']);

/** @throws {HttpError} 400 for what ThingSpeak has and this relay has not: another answer would look right and be wrong */
export function refuseUnsupported(params: Params): void {
  if (params.present('callback') !== null) {
    throw new HttpError(
      'badRequest',
      'JSONP (callback) is not supported: every answer allows requests from other sites (CORS).',
    );
  }
  for (const name of ['timescale', 'sum', 'average', 'median']) {
    // ThingSpeak passes over other values
    if (!MINUTES.has(params.get(name) ?? '')) continue;
    throw new HttpError('badRequest', `Aggregation (${name}) is not supported: ask for the entries themselves.`);
  }
}

/** What a selection depends on besides the request. */
interface Looking {
  readonly nowMs: number;
  /** How far back to look where nothing is asked for; null = any entry. */
  readonly days: number | null;
}

/** The entries that are asked for (thingspeak-api 3.2). Ids win over times, as on ThingSpeak. */
export function selectionOf(params: Params, { lastEntry }: Channel, { nowMs, days }: Looking): Selection {
  const given = (name: string): boolean => params.present(name) !== null;
  const wide = ['results', 'days', 'start', 'end', 'start_entry_id', 'end_entry_id'].some(given);
  const most = wide ? FEED_ENTRIES_MAX : FEED_ENTRIES_DEFAULT;
  const limit = given('results')
    ? Math.min(Math.max(toInteger(params.get('results') ?? ''), 0), FEED_ENTRIES_MAX)
    : most;
  if (given('start_entry_id') || given('end_entry_id')) {
    const from = clamped(toInteger(params.present('start_entry_id') ?? '1'));
    const to = clamped(toInteger(params.present('end_entry_id') ?? String(lastEntry)));
    return { by: 'entry', from, to, limit };
  }
  const zone = zoneOf(params);
  const usual = days === null || given('results') ? null : Math.ceil(nowMs / 1000) - days * 86_400;
  const from = timeIn(params, 'start', zone) ?? agoIn(params, nowMs) ?? usual;
  return { by: 'time', from, to: timeIn(params, 'end', zone), limit };
}

function clamped(entry: number): number {
  return Math.min(Math.max(entry, 0), MAX_ENTRY);
}

function timeIn(params: Params, name: string, zone: Zone): number | null {
  const text = params.present(name);
  if (text === null) return null;
  const time = parseTime(text, zone);
  if (time === null) throw new HttpError('badRequest', `${name} is not a time: write YYYY-MM-DD HH:MM:SS.`);
  return time;
}

/** `minutes` beats `days`. */
function agoIn(params: Params, nowMs: number): number | null {
  const minutes = params.present('minutes');
  const days = params.present('days');
  if (minutes === null && days === null) return null;
  const seconds = minutes === null ? toInteger(days ?? '') * 86_400 : toInteger(minutes) * 60;
  return Math.ceil(nowMs / 1000) - seconds;
}
