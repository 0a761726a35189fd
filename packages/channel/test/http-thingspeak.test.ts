import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Entry, Unreachable } from '@fernspeak/channel';
import { isChannelError, openHttpChannel } from '@fernspeak/channel';
import type { PlayedThingSpeak } from './thingspeak.ts';
import { WRITE_KEY, entriesOnceASecond, playThingSpeak } from './thingspeak.ts';
import { answer, smallServer } from './small-server.ts';

interface Read {
  readonly ids: number[];
  readonly gaps: Unreachable[];
  readonly feeds: number;
}

async function read(server: PlayedThingSpeak, range: { after: number } | { last: number }): Promise<Read> {
  const channel = openHttpChannel({ address: server.address });
  const gaps: Unreachable[] = [];
  const before = server.requests.length;
  const entries = await Array.fromAsync(channel.read(range, { onUnreachable: (gap) => gaps.push(gap) }));
  for (const { id, fields } of entries) assert.deepEqual(fields, [`entry ${id}`]);
  const feeds = server.requests.slice(before).filter(({ url }) => url.includes('/feeds.json')).length;
  return { ids: entries.map(({ id }) => id), gaps, feeds };
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

describe('on ThingSpeak, info', () => {
  it('tells the limits of a free licence, the fields that are on, and what the channel says about itself', async (t) => {
    const server = await playThingSpeak(t);
    server.entries.push(...entriesOnceASecond(3));
    const info = await openHttpChannel({ address: server.address }).info();
    assert.deepEqual(info, {
      limits: {
        fieldBytes: 255,
        fieldsPerEntry: 2,
        entryBytes: 3000,
        bulkEntries: 960,
        minIntervalMs: 15_000,
        longPoll: false,
        live: false,
        sealed: false,
      },
      name: 'nine',
      fieldNames: ['message', 'second', null, null, null, null, null, null],
      lastEntryId: 3,
      public: true,
      notices: [],
    });
  });

  it('believes no numbers that would cost too much', async (t) => {
    const fernspeak = { fieldBytes: 1e12, fieldsPerEntry: 8, entryBytes: 1e12, bulkEntries: 960, minIntervalMs: 0 };
    const { address } = await smallServer(t, (request, response) =>
      request.url === '/channels/9.json'
        ? answer(response, 200, { fernspeak: { ...fernspeak, longPoll: true, live: false, sealed: false } })
        : answer(response, 200, { channel: { last_entry_id: 0 }, feeds: [] }),
    );
    assert.equal((await openHttpChannel({ address }).info()).limits.fieldBytes, 255);
  });
});

describe('on ThingSpeak, a read', () => {
  it('of few new entries is one request, however long the channel is', async (t) => {
    const server = await playThingSpeak(t);
    server.entries.push(...entriesOnceASecond(20_000));
    assert.deepEqual(await read(server, { after: 19_990 }), { ids: numbers(19_991, 20_000), gaps: [], feeds: 1 });
    assert.deepEqual(await read(server, { last: 10 }), { ids: numbers(19_991, 20_000), gaps: [], feeds: 1 });
  });

  it('of everything pages back in time, each entry once', async (t) => {
    const server = await playThingSpeak(t);
    server.entries.push(...entriesOnceASecond(20_000));
    assert.deepEqual(await read(server, { after: 0 }), { ids: numbers(1, 20_000), gaps: [], feeds: 4 });
    assert.deepEqual((await read(server, { last: 9_000 })).ids, numbers(11_001, 20_000));
  });

  it('gives the order of the numbers, whatever times the writers have set', async (t) => {
    const server = await playThingSpeak(t);
    const [first, ...others] = entriesOnceASecond(200);
    assert.ok(first);
    server.entries.push(...others, { ...first, created_at: '2030-01-01T00:00:00Z' });
    const backdated = { entry_id: 201, created_at: '2020-01-01T00:00:00Z', field1: 'entry 201' };
    server.entries.push(backdated);
    assert.deepEqual((await read(server, { after: 0 })).ids, numbers(1, 201));
    assert.deepEqual((await read(server, { last: 3 })).ids, [199, 200, 201]);
  });

  it('passes holes', async (t) => {
    const server = await playThingSpeak(t);
    server.entries.push(...entriesOnceASecond(20).filter(({ entry_id: id }) => id < 5 || id > 9));
    assert.deepEqual((await read(server, { after: 2 })).ids, [3, 4, ...numbers(10, 20)]);
  });

  it('says what cannot be reached', async (t) => {
    const server = await playThingSpeak(t);
    server.entries.push(...entriesOnceASecond(10_000));
    server.ignoresEnd = true;
    const { ids, gaps } = await read(server, { after: 100 });
    assert.deepEqual(ids, numbers(2001, 10_000));
    assert.deepEqual(
      gaps.map(({ from, to }) => [from, to]),
      [[101, 2000]],
    );
    assert.match(gaps[0]?.reason ?? '', /newest 8000/);
  });
});

describe('on ThingSpeak, an append', () => {
  it('of several entries finds their numbers in the feed, though they are stored later', async (t) => {
    const server = await playThingSpeak(t);
    server.entries.push(...entriesOnceASecond(5));
    server.delayBulk = true;
    const channel = openHttpChannel({ address: server.address, writeKey: WRITE_KEY });
    assert.deepEqual(await channel.append([['a'], ['b', 'c'], ['d']]), [6, 7, 8]);
    const bulk = server.requests.find(({ method }) => method === 'POST');
    assert.equal(bulk?.url, '/channels/9/bulk_update.json');
    assert.equal(bulk.type, 'application/json');
    assert.deepEqual(JSON.parse(bulk.body), {
      write_api_key: WRITE_KEY,
      updates: [
        { delta_t: 0, field1: 'a' },
        { delta_t: 1, field1: 'b', field2: 'c' },
        { delta_t: 1, field1: 'd' },
      ],
    });
  });

  it('of several entries with a foreign key stores nothing', async (t) => {
    const server = await playThingSpeak(t);
    const channel = openHttpChannel({ address: server.address, writeKey: 'ANOTHERCHANNELS1' });
    await assert.rejects(
      channel.append([['a'], ['b']]),
      (error) => isChannelError(error, 'unauthorized') && error.stored === 'no',
    );
    assert.deepEqual(server.entries, []);
  });
});

describe('on ThingSpeak, a follower', () => {
  it('asks now and then, survives trouble and tells of it', async (t) => {
    let polls = 0;
    const entry = (id: number): object => ({ entry_id: id, created_at: '2026-11-24T06:00:00Z', field1: `entry ${id}` });
    const { address } = await smallServer(t, (request, response) => {
      if (request.url === '/channels/9.json') return answer(response, 404, '{}');
      polls++;
      if (polls === 2) return response.destroy();
      if (polls === 3) return answer(response, 503, 'later', { 'retry-after': '0' });
      const feeds = Array.from({ length: polls }, (_, index) => entry(index + 1));
      return answer(response, 200, { channel: { last_entry_id: polls }, feeds });
    });
    const troubles: string[] = [];
    const found: Entry[] = [];
    const channel = openHttpChannel({ address, pollMs: 5 });
    for await (const entry of channel.follow(0, { onTrouble: ({ code }) => troubles.push(code) })) {
      if (found.push(entry) === 4) break;
    }
    assert.deepEqual(
      found.map(({ id }) => id),
      [1, 2, 3, 4],
    );
    assert.deepEqual(troubles, ['unclear', 'unclear']);
  });

  it('ends with an error that does not pass', async (t) => {
    const { address } = await smallServer(t, (request, response) =>
      request.url === '/channels/9.json' ? answer(response, 404, '{}') : answer(response, 400, '-1'),
    );
    const channel = openHttpChannel({ address, pollMs: 5 });
    await assert.rejects(Array.fromAsync(channel.follow(0)), (error) => isChannelError(error, 'unauthorized'));
  });

  it('ends quietly when the channel is closed', async (t) => {
    const server = await playThingSpeak(t);
    server.entries.push(...entriesOnceASecond(1));
    const channel = openHttpChannel({ address: server.address });
    const found: number[] = [];
    for await (const { id } of channel.follow(0)) {
      found.push(id);
      await channel.close();
    }
    assert.deepEqual(found, [1]);
  });
});

describe('on ThingSpeak, status and location', () => {
  it('are read where they are asked for', async (t) => {
    const beside = { status: 'at home', latitude: '51.5', longitude: null, elevation: 11 };
    const { address } = await smallServer(t, ({ url }, response) => {
      if (url === '/channels/9.json') return answer(response, 404, '{"status":"404"}');
      const asked = url.includes('status=true') && url.includes('location=true');
      const entry = { created_at: '2026-11-24T06:00:00Z', entry_id: 1, field1: 'x', ...(asked ? beside : {}) };
      return answer(response, 200, { channel: { last_entry_id: 1 }, feeds: [entry] });
    });
    const channel = openHttpChannel({ address });
    const entry = { id: 1, createdAt: '2026-11-24T06:00:00Z', fields: ['x'] };
    assert.deepEqual(await Array.fromAsync(channel.read({ last: 1 })), [entry]);
    assert.deepEqual(await Array.fromAsync(channel.read({ last: 1 }, { extras: true })), [
      {
        ...entry,
        extras: [
          { name: 'status', text: 'at home' },
          { name: 'latitude', text: '51.5' },
          { name: 'elevation', text: '11' },
        ],
      },
    ]);
  });
});
