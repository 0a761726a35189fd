import type { CallOptions } from '../channel.ts';
import type { Feed } from './answers.ts';
import type { Connection } from './connection.ts';
import { readRefusal, strangeAnswer } from './refusal.ts';
import { request } from './request.ts';
import { retried } from './retry.ts';

export interface FeedRequest extends CallOptions {
  readonly results: number;
  /** Entries after this number, oldest first (our relay). */
  readonly after?: number;
  /** How long our relay may wait for one, in seconds. */
  readonly waitSeconds?: number;
  /** Entries up to this time, ISO 8601, included (ThingSpeak). */
  readonly end?: string;
  /** With status and location. */
  readonly extras?: boolean | undefined;
  /** Default: the read key, else the write key, which reads as well (thingspeak-api 1.1). */
  readonly key?: string | undefined;
}

/** One page of the channel, asked for once. */
export async function readFeedOnce(connection: Connection, asked: FeedRequest): Promise<Feed> {
  const query = new URLSearchParams({ results: String(asked.results) });
  if (asked.after !== undefined) query.set('after', String(asked.after));
  if (asked.waitSeconds !== undefined) query.set('wait', String(asked.waitSeconds));
  if (asked.end !== undefined) query.set('end', asked.end);
  if (asked.extras === true) {
    query.set('status', 'true');
    query.set('location', 'true');
  }
  const answer = await request(connection, {
    path: `/channels/${connection.address.channelId}/feeds.json?${query.toString()}`,
    key: asked.key ?? connection.readKey ?? connection.writeKey,
    waitMs: (asked.waitSeconds ?? 0) * 1000,
    signal: asked.signal,
  });
  const { parseFeed } = await import('./answers.ts');
  const feed = answer.status === 200 ? parseFeed(answer.text) : null;
  if (feed !== null) return feed;
  throw answer.status === 200 && answer.text.length > 4
    ? strangeAnswer(connection, answer, false)
    : readRefusal(connection, answer);
}

/** The same, repeated politely when the failure may pass. */
export function readFeed(connection: Connection, asked: FeedRequest): Promise<Feed> {
  const patience = { signal: asked.signal, closed: connection.closed, patienceMs: connection.timeoutMs };
  return retried(patience, () => readFeedOnce(connection, asked));
}
