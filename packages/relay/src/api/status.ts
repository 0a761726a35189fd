import type { Answer } from '../http/answer.ts';
import type { RouteRequest } from '../http/router.ts';
import { statusChannel } from '../format/channel.ts';
import { csvHeader, entryCsv, entryJson, STATUS, type EntryShape } from '../format/entry.ts';
import { zoneOf } from '../format/time.ts';
import { STATUS_DAYS, STATUSES_RECENT } from '../limits.ts';
import { channelAt, mayRead, readRefused } from './access.ts';
import type { RelayContext } from './context.ts';
import { noEntry } from './entry.ts';
import { shapedFeed } from './feed-answer.ts';
import { refuseUnsupported, selectionOf } from './feed.ts';

/** GET /channels/ID/status: the statuses of the last day, unless other entries are asked for (thingspeak-api 3.6). */
export async function statusFeed(request: RouteRequest, context: RelayContext): Promise<Answer> {
  const channel = await channelAt(request, context);
  if (!mayRead(channel, request.key)) return readRefused(request.format);
  refuseUnsupported(request.params);
  const selection = selectionOf(request.params, channel, { nowMs: context.now(), days: STATUS_DAYS });
  const entries = context.store.entries(channel.id, selection);
  return shapedFeed(request, { head: statusChannel(channel), shape: shapeOf(request) }, entries);
}

/** GET /channels/ID/status/recent: the last ones, without a channel around them. */
export async function recentStatuses(request: RouteRequest, context: RelayContext): Promise<Answer> {
  const channel = await channelAt(request, context);
  if (!mayRead(channel, request.key)) return readRefused(request.format);
  const selection = { by: 'entry', from: 1, to: channel.lastEntry, limit: STATUSES_RECENT } as const;
  const entries = (await Array.fromAsync(context.store.entries(channel.id, selection))).flat();
  const shape = shapeOf(request);
  return { status: 200, type: 'json', body: `[${entries.map((entry) => entryJson(entry, shape)).join(',')}]` };
}

/** GET /channels/ID/status/last: that of the last entry. */
export async function lastStatus(request: RouteRequest, context: RelayContext): Promise<Answer> {
  const channel = await channelAt(request, context);
  if (!mayRead(channel, request.key)) return readRefused(request.format);
  const entry = await context.store.entry(channel.id, channel.lastEntry);
  if (entry === null) return noEntry(request.format);
  const shape = shapeOf(request);
  if (request.format === 'csv') return { status: 200, type: 'csv', body: csvHeader(shape) + entryCsv(entry, shape) };
  return { status: 200, type: 'json', body: entryJson(entry, shape) };
}

function shapeOf({ params }: RouteRequest): EntryShape {
  return { zone: zoneOf(params), columns: [STATUS] };
}
