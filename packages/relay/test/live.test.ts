import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createChannel, temporaryFolder, type NewChannel } from '@fernspeak/test';
import { startRelay, type Relay, type RelaySettings } from '@fernspeak/relay';
import { LIVE_QUEUE_BYTES } from '../src/limits.ts';

async function opened(t: TestContext, settings: RelaySettings = {}): Promise<Relay> {
  const relay = await startRelay({ port: 0, data: temporaryFolder(t), ...settings });
  t.after(() => relay.close());
  return relay;
}

/** A reader on a bare connection, which sees the bytes as they are. */
interface Reader {
  readonly socket: Socket;
  /** What has come so far. */
  text(): string;
  /** How many entries have come so far. */
  count(): number;
  /** Their numbers. */
  ids(): number[];
  /** Returns once this holds. */
  until(condition: () => boolean): Promise<void>;
  /** Returns when the relay has ended the stream. */
  ended(): Promise<void>;
}

interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
}

function reading(t: TestContext, relay: Relay, id: number, { headers = {}, query = '' }: Asked = {}): Reader {
  const socket = connect(relay.port, '127.0.0.1');
  t.after(() => socket.destroy());
  let text = '';
  let over = false;
  let wake = (): void => {};
  let entries = 0;
  let looked = 0;
  socket.setEncoding('utf8');
  socket.on('data', (piece: string) => {
    text += piece;
    // what follows the last whole event is looked at again
    const end = text.lastIndexOf('\n\n') + 2;
    if (end > looked) entries += idsIn(text.slice(looked, end)).length;
    looked = Math.max(looked, end);
    wake();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    over = true;
    wake();
  });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET /channels/${id}/feeds/live${query} HTTP/1.1\r\nHost: localhost\r\n${lines.join('')}\r\n`);
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) {
      assert.ok(!over, `the stream ended early: ${text}`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const ended = async (): Promise<void> => {
    if (!over) await once(socket, 'close');
  };
  return { socket, text: () => text, count: () => entries, ids: () => idsIn(text), until, ended };
}

function idsIn(text: string): number[] {
  return Array.from(text.matchAll(/^id: (\d+)\n/gm), ([, id]) => Number(id));
}

/** A reader who has the beginning of its stream. */
async function live(t: TestContext, relay: Relay, id: number, asked: Asked = {}): Promise<Reader> {
  const reader = reading(t, relay, id, asked);
  await reader.until(() => reader.text().includes(': live\n\n'));
  return reader;
}

async function update(
  { address, writeKey }: NewChannel,
  fields: Record<string, string> = { field1: 'x' },
): Promise<void> {
  const body = new URLSearchParams({ api_key: writeKey, ...fields });
  const answer = await fetch(new URL('/update', address), { method: 'POST', body });
  assert.notEqual(await answer.text(), '0');
}

async function bulk({ address, writeKey }: NewChannel, texts: readonly string[]): Promise<void> {
  const updates = texts.map((field1) => ({ field1 }));
  const body = JSON.stringify({ write_api_key: writeKey, updates });
  const headers = { 'content-type': 'application/json' };
  assert.equal((await fetch(`${address}/bulk_update.json`, { method: 'POST', headers, body })).status, 202);
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

describe('a live stream', () => {
  test('is what the standard calls an event stream, and nobody keeps it on the way', async (t) => {
    const relay = await opened(t);
    const channel = await createChannel(relay.url);
    const answer = await fetch(`${channel.address}/feeds/live`);
    const headers = Object.fromEntries(answer.headers);
    assert.equal(headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['x-accel-buffering'], 'no');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['content-security-policy'], "default-src 'none'; sandbox");
    assert.equal(headers['access-control-allow-origin'], '*');
    await answer.body?.cancel();
    const head = await fetch(`${channel.address}/feeds/live`, { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, '']);
  });

  test('gives each entry as feeds.json does, with its number as id', async (t) => {
    const relay = await opened(t);
    const channel = await createChannel(relay.url, { field2: 'two' });
    const reader = await live(t, relay, channel.id);
    await update(channel, { field1: 'line\nend \u2028 and "quotes"', field3: 'without a label', status: 's' });
    await reader.until(() => reader.ids().length === 1);
    const feed = (await (await fetch(`${channel.address}/feeds.json`)).json()) as { feeds: unknown[] };
    assert.ok(reader.text().endsWith(`\n: live\n\nid: 1\ndata: ${JSON.stringify(feed.feeds[0])}\n\n`), reader.text());
  });

  test('without a number gives what comes from now on, with one what came in between first', async (t) => {
    const relay = await opened(t);
    const channel = await createChannel(relay.url);
    await bulk(channel, ['a', 'b', 'c']);
    const readers = await Promise.all([
      live(t, relay, channel.id),
      live(t, relay, channel.id, { query: '?after=0' }),
      live(t, relay, channel.id, { query: '?after=2' }),
      live(t, relay, channel.id, { query: '?after=0', headers: { 'Last-Event-ID': '1' } }),
    ]);
    await update(channel);
    for (const reader of readers) await reader.until(() => reader.ids().at(-1) === 4);
    assert.deepEqual(
      readers.map((reader) => reader.ids()),
      [[4], [1, 2, 3, 4], [3, 4], [2, 3, 4]],
    );
  });

  test('takes nothing but a number', async (t) => {
    const relay = await opened(t);
    const { address } = await createChannel(relay.url);
    for (const query of ['after=x', 'after=-1', 'after=1&min=5', 'after=1&days=2']) {
      assert.equal((await fetch(`${address}/feeds/live?${query}`)).status, 400, query);
    }
    const answer = await fetch(`${address}/feeds/live`, { headers: { 'last-event-id': 'x' } });
    assert.equal(answer.status, 400);
    assert.equal((await fetch(`${relay.url}/channels/99/feeds/live`)).status, 404);
  });

  test('has no hole and nothing twice where the past meets what comes, whatever comes meanwhile', async (t) => {
    const relay = await opened(t);
    const channel = await createChannel(relay.url);
    const readers: Reader[] = [];
    let last = 0;
    for (let round = 0; round < 60; round++) {
      const writing = bulk(
        channel,
        Array.from({ length: (round % 7) * 20 + 1 }, () => 'x'.repeat(200)),
      );
      readers.push(reading(t, relay, channel.id, { query: `?after=${round % 2 === 0 ? 0 : last}` }));
      await writing;
      last += (round % 7) * 20 + 1;
    }
    for (const [index, reader] of readers.entries()) {
      await reader.until(() => reader.ids().at(-1) === last);
      const ids = reader.ids();
      const first = ids[0] ?? 0;
      assert.ok(index % 2 === 1 || first === 1);
      assert.deepEqual(ids, upTo(last).slice(first - 1));
    }
  });

  test('shows that it lives', async (t) => {
    const relay = await opened(t, { heartbeatMs: 50 });
    const { id } = await createChannel(relay.url);
    const reader = await live(t, relay, id);
    await reader.until(() => reader.text().endsWith('\n\n:\n\n:\n\n:\n\n'));
  });

  test('ends for whoever stops reading, without slowing others, and its reader can go on', async (t) => {
    const relay = await opened(t);
    const channel = await createChannel(relay.url);
    const slow = await live(t, relay, channel.id, { query: '?after=0' });
    slow.socket.pause();
    const quick = await live(t, relay, channel.id);
    const text = 'x'.repeat(60_000);
    let sent = 0;
    // what the system's buffers take, the relay's bound, and as much again
    while (sent * text.length < 16 * 1024 * 1024 + 2 * LIVE_QUEUE_BYTES) {
      await bulk(
        channel,
        Array.from({ length: 20 }, () => text),
      );
      sent += 20;
      await quick.until(() => quick.count() === sent);
    }
    slow.socket.resume();
    await slow.ended();
    const got = slow.ids();
    assert.ok(got.length > 0 && got.length < sent, `${got.length} of ${sent}`);
    assert.deepEqual(got, upTo(got.length));
    const again = reading(t, relay, channel.id, { query: `?after=${got.length}` });
    await again.until(() => again.count() === sent - got.length);
  });

  test('ends when the relay stops, after a whole event and at once', async (t) => {
    const relay = await startRelay({ port: 0, data: temporaryFolder(t) });
    const channel = await createChannel(relay.url);
    const reader = await live(t, relay, channel.id);
    await update(channel);
    const started = performance.now();
    await relay.close();
    await reader.ended();
    assert.deepEqual(reader.ids(), [1]);
    assert.ok(reader.text().endsWith('}\n\n'));
    assert.ok(performance.now() - started < 5_000);
  });

  test('is refused beyond so many, and one that goes away makes room', async (t) => {
    const relay = await opened(t, { liveReaders: 2 });
    const { id, address } = await createChannel(relay.url);
    const [first] = [await live(t, relay, id), await live(t, relay, id)];
    const refused = await fetch(`${address}/feeds/live`);
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get('retry-after'), '10');
    assert.match(await refused.text(), /--live-readers/);
    first.socket.destroy();
    for (let status = 503; status !== 200; await sleep(10)) {
      const answer = await fetch(`${address}/feeds/live`);
      status = answer.status;
      await answer.body?.cancel();
    }
  });
});

describe('a live stream on a connection that has other requests', () => {
  test('begins after those that have their answers, and takes no further ones', async (t) => {
    const relay = await opened(t);
    const channel = await createChannel(relay.url);
    const socket = connect(relay.port, '127.0.0.1');
    t.after(() => socket.destroy());
    let text = '';
    socket.on('data', (piece: Buffer) => (text += piece.toString()));
    const until = async (end: string): Promise<void> => {
      while (!text.endsWith(end)) await once(socket, 'data');
    };
    socket.write('GET /healthz HTTP/1.1\r\n\r\n');
    await until('{"status":"ok"}');
    socket.write(`GET /channels/${channel.id}/feeds/live HTTP/1.1\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n`);
    await until(': live\n\n');
    socket.write('GET /healthz HTTP/1.1\r\n\r\n');
    await update(channel);
    await until('}\n\n');
    assert.equal(text.match(/HTTP\/1\.1/g)?.length, 2);
  });

  test('is refused, in its turn, before those have their answers', async (t) => {
    const relay = await opened(t);
    const channel = await createChannel(relay.url);
    const path = `/channels/${channel.id}/feeds`;
    const socket = connect(relay.port, '127.0.0.1');
    let text = '';
    socket.on('data', (piece: Buffer) => (text += piece.toString()));
    socket.write(`GET ${path}.json?after=0&wait=50 HTTP/1.1\r\n\r\nGET ${path}/live HTTP/1.1\r\n\r\n`);
    await live(t, relay, channel.id);
    await update(channel);
    await once(socket, 'close');
    assert.match(text, /^HTTP\/1\.1 200 [^]*"entry_id":1[^]*HTTP\/1\.1 400 [^]*once the requests before it/);
  });

  test('with two Hosts is refused as any other request', async (t) => {
    const relay = await opened(t);
    const { id } = await createChannel(relay.url);
    const reader = reading(t, relay, id, { headers: { host: 'evil.example' } });
    await reader.ended();
    assert.match(reader.text(), /^HTTP\/1\.1 400 Bad Request\r\n[^]*one Host/);
  });
});

describe('a live stream of a private channel', () => {
  test('takes a key of the channel, in a header or the query', async (t) => {
    const relay = await opened(t);
    const { id, address, readKey, writeKey } = await createChannel(relay.url, { public_flag: 'false' });
    for (const query of ['', '?api_key=WRONGWRONGWRONG1']) {
      const answer = await fetch(`${address}/feeds/live${query}`);
      assert.deepEqual([answer.status, await answer.text()], [400, '-1']);
    }
    await live(t, relay, id, { headers: { THINGSPEAKAPIKEY: readKey } });
    await live(t, relay, id, { query: `?api_key=${readKey}` });
    await live(t, relay, id, { query: `?key=${writeKey}` });
  });

  test('ends for everybody when the channel becomes private, before anything more is told', async (t) => {
    const relay = await opened(t);
    const channel = await createChannel(relay.url);
    const reader = await live(t, relay, channel.id);
    await fetch(`${channel.address}.json`, { method: 'PUT', body: new URLSearchParams({ public_flag: 'false' }) });
    await update(channel, { field1: 'secret' });
    await reader.ended();
    assert.ok(!reader.text().includes('secret'));
  });
});

describe('a live stream whose log goes back', () => {
  test('says so and ends when the channel is cleared', async (t) => {
    const relay = await opened(t);
    const channel = await createChannel(relay.url);
    await bulk(channel, ['a', 'b']);
    const reader = await live(t, relay, channel.id, { query: '?after=1' });
    await reader.until(() => reader.ids().length === 1);
    await fetch(`${channel.address}/feeds.json`, { method: 'DELETE' });
    await reader.ended();
    assert.ok(reader.text().endsWith('event: cleared\ndata: {"last_entry_id":null}\n\n'));
  });

  test('says so at once to who comes with a number that is gone', async (t) => {
    const relay = await opened(t);
    const channel = await createChannel(relay.url);
    await update(channel);
    await live(t, relay, channel.id);
    const reader = reading(t, relay, channel.id, { query: '?after=7' });
    await reader.ended();
    assert.ok(reader.text().endsWith('event: cleared\ndata: {"last_entry_id":1}\n\n'));
  });

  test('ends when the channel is deleted', async (t) => {
    const relay = await opened(t);
    const channel = await createChannel(relay.url);
    const reader = await live(t, relay, channel.id);
    await fetch(`${channel.address}.json`, { method: 'DELETE' });
    await reader.ended();
  });
});

test('retention: a relay that keeps the newest gives those, live and by number, and says where numbers end', async (t) => {
  const data = temporaryFolder(t);
  const before = await startRelay({ port: 0, data });
  const channel = await createChannel(before.url);
  await bulk(
    channel,
    Array.from({ length: 50 }, () => 'x'),
  );
  await before.close();
  const relay = await startRelay({ port: 0, data, keepEntries: 10 });
  t.after(() => relay.close());
  const address = `${relay.url}/channels/${channel.id}`;
  const feed = async (): Promise<{ channel: { last_entry_id: number }; feeds: { entry_id: number }[] }> => {
    return (await (await fetch(`${address}/feeds.json?after=0`)).json()) as never;
  };
  while ((await feed()).feeds.length > 10) await sleep(5);
  assert.equal((await feed()).channel.last_entry_id, 50);
  const reader = await live(t, relay, channel.id, { query: '?after=3' });
  await update({ ...channel, address });
  await reader.until(() => reader.ids().at(-1) === 51);
  assert.deepEqual(reader.ids(), upTo(51).slice(40));
});
