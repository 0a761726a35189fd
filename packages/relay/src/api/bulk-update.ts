import { json, type Answer } from '../http/answer.ts';
import { HttpError } from '../http/errors.ts';
import { isJsonObject, parseJsonBody, scalarText } from '../http/json-body.ts';
import type { RouteRequest } from '../http/router.ts';
import { inRange, parseEpoch, parseTime, zoneOf, type Zone } from '../format/time.ts';
import type { NewEntry } from '../store/store.ts';
import { channelAt, keyRefused, mayWrite } from './access.ts';
import { append } from './append.ts';
import type { RelayContext } from './context.ts';
import { valuesOfObject } from './values.ts';

/** POST /channels/ID/bulk_update.json: appends many entries, all or none (thingspeak-api 2.2). */
export async function bulkUpdate(request: RouteRequest, context: RelayContext): Promise<Answer> {
  const channel = await channelAt(request, context);
  const body = parseJsonBody(request.raw.body);
  if (!isJsonObject(body)) throw new HttpError('badRequest', 'The body must be a JSON object with a list "updates".');
  const key = request.key ?? (keyIn(body, 'write_api_key') || keyIn(body, 'api_key'));
  if (key === null || !mayWrite(channel, key)) throw keyRefused();
  const { updates } = body;
  if (!Array.isArray(updates) || updates.length === 0) {
    throw new HttpError('badRequest', '"updates" must be a list of at least one update.');
  }
  if (updates.length > context.limits.bulkEntries) {
    throw new HttpError(
      'tooLarge',
      `A bulk update has at most ${context.limits.bulkEntries} entries. Nothing was stored.`,
    );
  }
  const entries = entriesOf(updates, zoneOf(request.params), context);
  const appended = await append({ key, channel: channel.id, entries }, context);
  if (appended.refused === 'key') throw keyRefused();
  if (appended.refused === 'too-soon') {
    const seconds = Math.ceil(appended.retryAfterMs / 1000);
    const details = `Wait ${seconds} s between two updates of this channel. Nothing was stored.`;
    throw new HttpError('tooMany', details, { 'Retry-After': String(seconds) });
  }
  return json({ success: true }, 202);
}

function keyIn(body: Readonly<Record<string, unknown>>, name: string): string | null {
  const key = body[name];
  return typeof key === 'string' ? key.trim() || null : null;
}

function entriesOf(updates: readonly unknown[], zone: Zone, { limits, now }: RelayContext): NewEntry[] {
  const objects = updates.map((update, index) => {
    if (isJsonObject(update)) return update;
    throw new HttpError('badRequest', `Update ${index + 1} is not an object. Nothing was stored.`);
  });
  const times = timesOf(objects, zone, Math.floor(now() / 1000));
  return objects.map((object, index) => ({ createdAt: times[index] ?? 0, values: valuesOfObject(object, limits) }));
}

/**
 * When each update was made: its `created_at`, else its `delta_t` after the one before it, else now. What the first
 * `delta_t` counts from is not documented: here the deltas end now, as devices send when they have gathered.
 */
function timesOf(updates: readonly Record<string, unknown>[], zone: Zone, now: number): number[] {
  const written = updates.map((update, index) => createdAt(update['created_at'], zone, index));
  const deltas = updates.map((update, index) => deltaOf(update['delta_t'], index));
  const anchored = written.findIndex((time) => time !== null);
  const leading = deltas.slice(0, anchored < 0 ? deltas.length : anchored);
  let time = now - leading.slice(1).reduce<number>((sum, delta) => sum + (delta ?? 0), 0);
  return updates.map((_, index) => {
    const own = written[index] ?? null;
    if (own !== null) time = own;
    else if (index > 0 && deltas[index] !== null) time += deltas[index] ?? 0;
    else if (index > 0) time = now;
    const whole = inRange(Math.floor(time));
    if (whole === null)
      throw new HttpError('badRequest', `The time of update ${index + 1} is out of range. Nothing was stored.`);
    return whole;
  });
}

function createdAt(value: unknown, zone: Zone, index: number): number | null {
  const text = value === undefined || value === null ? '' : scalarText(value);
  if (text === '') return null;
  const time = text === null ? null : (parseEpoch(text) ?? parseTime(text, zone));
  if (time !== null) return time;
  // not passed over as on /update: here the times order what was gathered
  throw new HttpError('badRequest', `created_at of update ${index + 1} is not a time. Nothing was stored.`);
}

function deltaOf(value: unknown, index: number): number | null {
  const text = value === undefined || value === null ? '' : scalarText(value);
  if (text === '') return null;
  if (text !== null && /^\d{1,10}(\.\d+)?$/.test(text)) return Number(text);
  throw new HttpError('badRequest', `delta_t of update ${index + 1} is not a number of seconds. Nothing was stored.`);
}
