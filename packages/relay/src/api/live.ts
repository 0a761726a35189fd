import type { Answer } from '../http/answer.ts';
import { HttpError } from '../http/errors.ts';
import type { RouteRequest } from '../http/router.ts';
import { channelAt, mayRead, readRefused } from './access.ts';
import type { RelayContext } from './context.ts';
import { afterOf } from './follow.ts';

/**
 * GET /channels/ID/feeds/live: the entries after `Last-Event-ID`, else `after`, else what comes from now on, as
 * server-sent events (HTML standard, 9.2): `id` is the entry's number, `data` the entry as feeds.json has it.
 */
export async function live(request: RouteRequest, context: RelayContext): Promise<Answer> {
  const channel = await channelAt(request, context);
  if (!mayRead(channel, request.key)) return readRefused(request.format);
  const asked = String(request.raw.headers['last-event-id'] ?? '') || request.params.present('after');
  const after = asked === null ? channel.lastEntry : afterOf(asked, request.params);
  const { readers } = context;
  if (readers.full) {
    throw new HttpError('busy', 'This relay has as many live readers as it takes (--live-readers).', {
      'Retry-After': '10',
    });
  }
  return { status: 200, type: 'events', body: '', live: (to) => readers.add(to, channel, after) };
}
