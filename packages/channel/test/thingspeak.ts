import type { ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import type { Received, SmallServer } from './small-server.ts';
import { answer, smallServer } from './small-server.ts';

/** What ThingSpeak would hold of an entry. */
export interface Stored {
  readonly entry_id: number;
  readonly created_at: string;
  readonly [field: `field${number}`]: string | null;
}

/** ThingSpeak's channel 9, played by the facts of its API, with its faults: answers sorted by time, 8,000 at most. */
export interface PlayedThingSpeak extends SmallServer {
  readonly entries: Stored[];
  /** How many bulk entries it keeps back until the next time somebody reads. */
  delayBulk: boolean;
  /** It knows no `end`. */
  ignoresEnd: boolean;
}

export const WRITE_KEY = 'WRITEWRITEWRITE1';
const MOST_RESULTS = 8000;

export async function playThingSpeak(t: Pick<TestContext, 'after'>): Promise<PlayedThingSpeak> {
  const entries: Stored[] = [];
  const late: Stored[] = [];
  const server = await smallServer(t, (request, response) => handle(request, response));
  const played: PlayedThingSpeak = { ...server, entries, delayBulk: false, ignoresEnd: false };

  function handle({ method, url, body }: Received, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(url, server.origin);
    if (method === 'GET' && pathname === '/channels/9/feeds.json') return feed(searchParams, response);
    if (pathname === '/update.json') return update(new URLSearchParams(body), response);
    if (pathname === '/channels/9/bulk_update.json') return bulk(JSON.parse(body) as BulkBody, response);
    return answer(response, 404, { status: '404', error: { error_code: 'error_resource_not_found' } });
  }

  function store(values: Record<string, unknown>, into: Stored[]): Stored {
    const fields = Object.fromEntries(Object.entries(values).filter(([name]) => name.startsWith('field')));
    const id = (entries.at(-1)?.entry_id ?? 0) + late.length + 1;
    const entry = { entry_id: id, created_at: `${new Date().toISOString().slice(0, 19)}Z`, ...fields } as Stored;
    into.push(entry);
    return entry;
  }

  function update(values: URLSearchParams, response: ServerResponse): void {
    if (values.get('api_key') !== WRITE_KEY) return answer(response, 400, '0');
    return answer(response, 200, { channel_id: 9, ...store(Object.fromEntries(values), entries) });
  }

  interface BulkBody {
    write_api_key: string;
    updates: Record<string, unknown>[];
  }

  function bulk({ write_api_key: key, updates }: BulkBody, response: ServerResponse): void {
    if (key !== WRITE_KEY)
      return answer(response, 401, { status: '401', error: { error_code: 'error_auth_required' } });
    for (const values of updates) store(values, played.delayBulk ? late : entries);
    return answer(response, 202, { success: true });
  }

  function feed(query: URLSearchParams, response: ServerResponse): void {
    const results = Math.min(Number(query.get('results') ?? 100), MOST_RESULTS);
    const end = played.ignoresEnd ? '9' : (query.get('end') ?? '9');
    const matching = entries.filter((entry) => entry.created_at <= end);
    // the newest by time, ascending by time; sorting is stable
    const feeds = results === 0 ? [] : matching.sort((a, b) => (a.created_at < b.created_at ? -1 : 1)).slice(-results);
    const last = entries.reduce((highest, { entry_id: id }) => Math.max(highest, id), 0);
    answer(response, 200, {
      channel: { id: 9, name: 'nine', field1: 'message', field2: 'second', last_entry_id: last || null },
      feeds,
    });
    entries.push(...late.splice(0, 2));
  }

  return played;
}

/** `count` entries, one a second. */
export function entriesOnceASecond(count: number): Stored[] {
  const start = Date.parse('2026-01-01T00:00:00Z');
  return Array.from({ length: count }, (_, index) => ({
    entry_id: index + 1,
    created_at: `${new Date(start + index * 1000).toISOString().slice(0, 19)}Z`,
    field1: `entry ${index + 1}`,
  }));
}
