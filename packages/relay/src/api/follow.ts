import type { Answer } from '../http/answer.ts';
import { HttpError } from '../http/errors.ts';
import type { Params } from '../http/params.ts';
import type { RouteRequest } from '../http/router.ts';
import { toInteger } from '../format/number.ts';
import { AFTER_ANSWER_BYTES, FEED_ENTRIES_MAX, LONG_POLL_SECONDS } from '../limits.ts';
import type { Channel, Entry } from '../store/store.ts';
import { mayRead, readRefused, wholeNumber } from './access.ts';
import type { RelayContext } from './context.ts';
import { feedAnswer } from './feed-answer.ts';

/**
 * `after=ENTRY&wait=SECONDS`: the entries after ENTRY, oldest first; while there is none, waits up to SECONDS for one.
 * Nobody waits for what cannot come: a log that ends before ENTRY, or was cleared meanwhile, answers at once without
 * entries, and its `last_entry_id` says why.
 */
export async function follow(request: RouteRequest, channel: Channel, context: RelayContext): Promise<Answer> {
  const { params } = request;
  const after = afterOf(params.get('after') ?? '', params);
  const seconds = Number.parseFloat(params.present('wait') ?? '0');
  if (!(seconds >= 0)) throw new HttpError('badRequest', 'wait must be a number of seconds.');
  const waitMs = Math.min(seconds, LONG_POLL_SECONDS) * 1000;
  const now = waitMs > 0 ? await changed(request, { channel, after, waitMs }, context) : channel;
  if (now === null) throw new HttpError('notFound', 'There is no such channel.');
  if (!mayRead(now, request.key)) return readRefused(request.format);
  const results = params.present('results');
  const limit = Math.min(Math.max(results === null ? FEED_ENTRIES_MAX : toInteger(results), 0), FEED_ENTRIES_MAX);
  return feedAnswer(request, now, bounded(context.store.entries(now.id, { by: 'after', after, limit })));
}

/** The entry after which a reader goes on. @throws {HttpError} 400 no number, or there is a filter beside it */
export function afterOf(text: string, params: Params): number {
  const after = wholeNumber(text);
  if (after === null) throw new HttpError('badRequest', 'after must be an entry number, or 0 for the beginning.');
  for (const name of ['min', 'max', 'start', 'end', 'days', 'minutes', 'start_entry_id', 'end_entry_id']) {
    // a filter would hide how far the reader has come
    if (params.has(name)) throw new HttpError('badRequest', `${name} cannot be combined with after.`);
  }
  return after;
}

interface Waiting {
  readonly channel: Channel;
  readonly after: number;
  readonly waitMs: number;
}

/** The channel as soon as its log no longer ends in `after`, or as it is when the wait is over. Null: it was deleted. */
async function changed(request: RouteRequest, waiting: Waiting, context: RelayContext): Promise<Channel | null> {
  const { channel, after, waitMs } = waiting;
  const { store, draining } = context;
  let over = false;
  let wake = (): void => {};
  const end = (): void => {
    over = true;
    wake();
  };
  // a signal only says that the table is worth another look: it is watched before the first one, so none is missed
  const unwatch = store.watch(channel.id, () => wake());
  const timer = setTimeout(end, waitMs);
  const gone = request.raw.gone();
  for (const signal of [gone, draining]) signal.addEventListener('abort', end);
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      const now = await store.channel(channel.id);
      const same = now !== null && now.lastEntry === after && now.clearings === channel.clearings;
      if (!same || over || gone.aborted || draining.aborted) return now;
      await woken;
    }
  } finally {
    unwatch();
    clearTimeout(timer);
    for (const signal of [gone, draining]) signal.removeEventListener('abort', end);
  }
}

/** Ends after {@link AFTER_ANSWER_BYTES}: the reader asks again from where it came. */
async function* bounded(pages: AsyncIterable<readonly Entry[]>): AsyncGenerator<readonly Entry[]> {
  let bytes = 0;
  for await (const page of pages) {
    yield page;
    for (const { values } of page) for (const value of values) bytes += value?.length ?? 0;
    if (bytes >= AFTER_ANSWER_BYTES) return;
  }
}
