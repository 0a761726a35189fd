import { json, text, type Answer } from '../http/answer.ts';
import type { RouteRequest } from '../http/router.ts';
import { updateJson } from '../format/entry.ts';
import { parseTime, zoneOf } from '../format/time.ts';
import { append } from './append.ts';
import type { RelayContext } from './context.ts';
import { numbersOfParams, valuesOfParams } from './values.ts';

/** GET or POST /update: appends one entry, also one without any field (thingspeak-api 2.1). */
export async function update({ params, key, format }: RouteRequest, context: RelayContext): Promise<Answer> {
  if (key === null) return refused(format, 400);
  const zone = zoneOf(params);
  const values = valuesOfParams(params, context.limits);
  const written = params.present('created_at');
  // a time that cannot be read is passed over in silence (1.5)
  const createdAt = (written === null ? null : parseTime(written, zone)) ?? Math.floor(context.now() / 1000);
  const appended = await append({ key, channel: null, entries: [{ createdAt, values }] }, context);
  // ThingSpeak's codes: a bad key is 400, too fast is 200, and both say 0
  if (appended.refused !== null) return refused(format, appended.refused === 'key' ? 400 : 200);
  const { channel, first } = appended;
  if (format !== 'json') return text(String(first));
  const body = updateJson(channel, { entry: first, createdAt, values }, zone, numbersOfParams(params, values));
  return { status: 200, type: 'json', body };
}

function refused(format: RouteRequest['format'], status: number): Answer {
  return format === 'json' ? json(0, status) : text('0', status);
}
