import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, describe, test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { temporaryFolder } from '@fernspeak/test';
import { startRelay, type RelayOptions, type Relay } from '@fernspeak/relay';
import { PIPELINED_REQUESTS, SPARE_CONNECTIONS } from '../src/limits.ts';

async function started(t: Pick<TestContext, 'after'>, options: RelayOptions = {}): Promise<Relay> {
  const relay = await startRelay({ data: temporaryFolder(t as TestContext), port: 0, ...options });
  t.after(() => relay.close());
  return relay;
}

/** Sends these bytes over one connection and gives all that comes back until the relay closes it. */
async function exchange({ port }: Relay, ...pieces: (string | Buffer)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  for (const piece of pieces) socket.write(piece);
  await once(socket, 'close');
  return Buffer.concat(received).toString();
}

async function opened({ port }: Relay): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

interface Made {
  id: number;
  write: string;
}

async function channel(relay: Relay): Promise<Made> {
  const body = new URLSearchParams({ public_flag: 'true', field1: 'one' });
  const made = (await (await fetch(`${relay.url}/channels.json`, { method: 'POST', body })).json()) as {
    id: number;
    api_keys: { api_key: string }[];
  };
  return { id: made.id, write: made.api_keys[0]?.api_key ?? '' };
}

const relay = await started({ after } as unknown as TestContext);
const LAST = 'Connection: close\r\n\r\n';

describe('answers over HTTP', () => {
  test('are what the official device library expects: HTTP/1.1, Content-Length spelled so, no chunks', async () => {
    const { id, write } = await channel(relay);
    const body = `api_key=${write}&field1=raw blanks & 100% ü&headers=false`;
    const head = `POST /update HTTP/1.1\r\nHost: api.thingspeak.com\r\nConnection: close\r\nUser-Agent: tslib-arduino/2.1.1\r\nX-THINGSPEAKAPIKEY: ${write}\r\n`;
    const form = `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    const update = await exchange(relay, head + form);
    assert.match(update, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(update, /\r\nContent-Length: 1\r\n/);
    assert.doesNotMatch(update, /Transfer-Encoding|Access-Control|Cache-Control|ETag/i);
    assert.match(update, /\r\n\r\n1$/);
    const read = await exchange(
      relay,
      `GET /channels/${id}/fields/1/last.txt?headers=false HTTP/1.1\r\nHost: api.thingspeak.com\r\n${LAST}`,
    );
    assert.match(read, /\r\nContent-Length: 11\r\n[^]*\r\n\r\nraw blanks $/);
  });

  test('carry an ETag, and 304 answers who has it', async () => {
    const { id, write } = await channel(relay);
    const url = `${relay.url}/channels/${id}/feeds.json`;
    const etag = (await fetch(url)).headers.get('etag') ?? '';
    assert.match(etag, /^W\/"[\w-]{22}"$/);
    const same = await fetch(url, { headers: { 'if-none-match': etag } });
    assert.deepEqual([same.status, await same.text()], [304, '']);
    await fetch(`${relay.url}/update?api_key=${write}`);
    assert.equal((await fetch(url, { headers: { 'if-none-match': etag } })).status, 200);
  });

  test('to HEAD have the length and no body', async () => {
    const { id } = await channel(relay);
    const head = await exchange(relay, `HEAD /channels/${id}/feeds.csv HTTP/1.1\r\n${LAST}`);
    assert.match(head, /^HTTP\/1\.1 200 OK\r\n[^]*\r\nContent-Length: 27\r\n[^]*\r\n\r\n$/);
  });

  test('come without a Host header, and to HTTP/1.0', async () => {
    assert.match(await exchange(relay, `GET /healthz HTTP/1.1\r\n${LAST}`), /^HTTP\/1\.1 200 OK/);
    assert.match(await exchange(relay, 'GET /healthz HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 OK[^]*\r\nConnection: close/);
  });

  test('of many megabytes come whole, in pieces and as valid JSON', async () => {
    const { id, write } = await channel(relay);
    const updates = Array.from({ length: 100 }, (_, index) => ({ field1: String(index).padEnd(60_000, 'x') }));
    const body = JSON.stringify({ write_api_key: write, updates });
    assert.equal((await fetch(`${relay.url}/channels/${id}/bulk_update.json`, { method: 'POST', body })).status, 202);
    const answer = await fetch(`${relay.url}/channels/${id}/feeds.json`);
    assert.equal(answer.headers.get('transfer-encoding'), 'chunked');
    const { feeds } = (await answer.json()) as { feeds: { field1: string }[] };
    assert.deepEqual(
      feeds.map(({ field1 }) => field1),
      updates.map(({ field1 }) => field1),
    );
  });

  test('that are long leave no listener behind for each time that they waited for their reader', async (t) => {
    const { id, write } = await channel(relay);
    const updates = Array.from({ length: 100 }, () => ({ field1: 'x'.repeat(60_000) }));
    const body = JSON.stringify({ write_api_key: write, updates });
    for (let bulk = 0; bulk < 4; bulk++)
      await fetch(`${relay.url}/channels/${id}/bulk_update.json`, { method: 'POST', body });
    const warnings: Error[] = [];
    const warned = (warning: Error): unknown => warnings.push(warning);
    process.on('warning', warned);
    t.after(() => process.off('warning', warned));
    const answer = await fetch(`${relay.url}/channels/${id}/feeds.json?results=400`);
    let length = 0;
    for await (const chunk of answer.body ?? []) {
      length += chunk.length;
      await pause(5); // a reader who is slower than the relay
    }
    assert.ok(length > 400 * 60_000);
    assert.deepEqual(warnings, []);
  });

  test('keep their order when requests are pipelined', async () => {
    const { id, write } = await channel(relay);
    const updates = Array.from({ length: 20 }, () => `GET /update?api_key=${write} HTTP/1.1\r\n\r\n`).join('');
    const text = await exchange(relay, `${updates}GET /channels/${id}/feeds/last.json HTTP/1.1\r\n${LAST}`);
    const numbers = [...text.matchAll(/\r\n\r\n(\d+)(?=HTTP)/g)].map(([, number]) => Number(number));
    assert.deepEqual(
      numbers,
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });
});

describe('what is not well-formed HTTP', () => {
  const cases: [string, string | Buffer, RegExp][] = [
    ['garbage', 'garbage\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['binary', Buffer.from([0, 1, 2, 255, 254, 13, 10, 13, 10]), /^HTTP\/1\.1 400 /],
    ['TLS', Buffer.from('16030100a5010000a10303', 'hex'), /^HTTP\/1\.1 400 /],
    ['a raw blank in the address', 'GET /update?field1=a b HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['an unknown version', 'GET / HTTP/9.9\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['a length that is none', 'POST /update HTTP/1.1\r\nContent-Length: x\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['two lengths', 'POST /update HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', /^HTTP\/1\.1 400 /],
    [
      'a length and chunks (smuggling)',
      'POST /update HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1\.1 400 /,
    ],
    [
      'a chunk size that is none',
      'POST /update HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      /^HTTP\/1\.1 400 /,
    ],
    ['headers that are too long', `GET / HTTP/1.1\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
  ];
  for (const [name, bytes, status] of cases) {
    test(`${name}: refused with an error object and security headers, then closed`, async () => {
      const text = await exchange(relay, bytes);
      assert.match(text, status);
      assert.match(text, /\r\nX-Content-Type-Options: nosniff\r\n/);
      const [head = '', body = ''] = text.split('\r\n\r\n');
      assert.equal(Number(/\r\nContent-Length: (\d+)/.exec(head)?.[1]), Buffer.byteLength(body));
      assert.match(body, /^\{"status":"4\d\d","error":\{"error_code":"error_/);
    });
  }

  test('the relay goes on answering others', async () => {
    assert.equal((await fetch(`${relay.url}/healthz`)).status, 200);
  });
});

describe('limits of a request', () => {
  test('a body that is too long is 413, with or without its length, and the answer can be read', async (t) => {
    const small = await started(t, { bodyBytes: 10_000 });
    const body = Buffer.alloc(5_000_000, 'a');
    const known = await fetch(`${small.url}/update`, { method: 'POST', body });
    assert.deepEqual([known.status, known.headers.get('connection')], [413, 'close']);
    const head = 'POST /update HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n';
    const chunk = `${(20_000).toString(16)}\r\n${'a'.repeat(20_000)}\r\n`;
    assert.match(await exchange(small, `${head}${chunk}0\r\n\r\n`), /^HTTP\/1\.1 413 /);
    const huge = await exchange(small, 'POST /update HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\nbegun');
    assert.match(huge, /^HTTP\/1\.1 413 Payload Too Large\r\n/);
  });

  test('a second Host, or a whole address as its target, is no request from this computer', async () => {
    const hosts = 'Host: 127.0.0.1\r\nHost: evil.example\r\n';
    assert.match(
      await exchange(relay, `POST /channels.json HTTP/1.1\r\n${hosts}${LAST}`),
      /^HTTP\/1\.1 400 Bad Request\r\n/,
    );
    const target = 'http://evil.example/channels.json';
    assert.match(await exchange(relay, `POST ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\n${LAST}`), /^HTTP\/1\.1 401 /);
  });

  test('a body that was compressed is refused by name', async () => {
    const answer = await fetch(`${relay.url}/update.json`, {
      method: 'POST',
      body: 'x',
      headers: { 'content-encoding': 'gzip' },
    });
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /Content-Encoding is not supported/);
  });

  test('a connection with more unanswered requests than anybody needs is refused and closed', async () => {
    const { id } = await channel(relay);
    const poll = `GET /channels/${id}/feeds.json?after=0&wait=50 HTTP/1.1\r\n\r\n`;
    const socket = await opened(relay);
    const closed = once(socket, 'close');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.write(poll.repeat(PIPELINED_REQUESTS + 1));
    // the refusal comes in its turn: as soon as those before it have their answers
    await fetch(`${relay.url}/channels/${id}.json`, { method: 'DELETE' });
    await closed;
    assert.equal(text.match(/HTTP\/1\.1 404 /g)?.length, PIPELINED_REQUESTS);
    assert.match(text, /HTTP\/1\.1 429 /);
  });

  test('connections beyond the limit are told so, far beyond it closed at once, later ones taken again', async (t) => {
    const narrow = await started(t, { connections: 2 });
    const [first, second] = [await opened(narrow), await opened(narrow)];
    for (const path of ['/healthz', '/channels/1/feeds/live']) {
      const refusal = await exchange(narrow, `GET ${path} HTTP/1.1\r\n\r\n`);
      assert.match(
        refusal,
        /^HTTP\/1\.1 503 [^]*\r\nRetry-After: 10\r\n[^]*\r\nConnection: close\r\n[^]*--connections/,
      );
    }
    const spare = Array.from({ length: SPARE_CONNECTIONS + 1 }, () => connect(narrow.port, '127.0.0.1'));
    const closed = spare.map(async (socket) => {
      socket.on('error', () => {});
      await new Promise((resolve) => socket.once('close', resolve));
      return socket.bytesRead;
    });
    assert.equal(await Promise.race(closed), 0);
    for (const socket of spare) socket.destroy();
    const gone = once(first, 'close');
    first.destroy();
    await gone;
    second.destroy();
    // the relay notices a moment later
    let status = 0;
    while (status !== 200)
      status = await fetch(`${narrow.url}/healthz`).then(
        (answer) => answer.status,
        () => 0,
      );
  });
});

describe('stopping', () => {
  test('finishes what runs, answers who waits, and refuses what is new', async (t) => {
    const stopping = await started(t);
    const { id, write } = await channel(stopping);
    const poll = fetch(`${stopping.url}/channels/${id}/feeds.json?after=3&wait=50`).then((answer) => answer.json());
    const updates = Array.from({ length: 3 }, () =>
      fetch(`${stopping.url}/update?api_key=${write}`).then((answer) => answer.text()),
    );
    const numbers = await Promise.all(updates);
    assert.deepEqual(numbers.sort(), ['1', '2', '3']);
    const running = fetch(`${stopping.url}/update?api_key=${write}`).then(
      (answer) => answer.text(),
      () => 'refused',
    );
    await Promise.all([stopping.close(), stopping.close()]);
    assert.ok(['4', 'refused'].includes(await running));
    assert.ok(await poll);
    await assert.rejects(fetch(`${stopping.url}/healthz`));
  });

  test('does not wait for connections that are idle or half a request', async (t) => {
    const stopping = await started(t);
    const idle = await opened(stopping);
    const half = await opened(stopping);
    half.write('GET /healthz HTTP/1.1\r\nX: ');
    await fetch(`${stopping.url}/healthz`);
    const ended = Promise.all([once(idle, 'close'), once(half, 'close')]);
    await stopping.close();
    await ended;
  });
});

describe('starting', () => {
  test('says which port is in use', async (t) => {
    await assert.rejects(startRelay({ data: temporaryFolder(t), port: relay.port }), {
      code: 'address-in-use',
      message: `Port ${relay.port} is in use.`,
    });
  });

  test('says that it cannot listen on an address that is not here', async (t) => {
    await assert.rejects(startRelay({ data: temporaryFolder(t), port: 0, host: '203.0.113.1' }), {
      code: 'address-unusable',
    });
  });

  test('on loopback makes no user key, for others makes one once, and a further one on request', async (t) => {
    const data = temporaryFolder(t);
    const keys: (string | null)[] = [];
    const starts: RelayOptions[] = [
      {},
      { publicUrl: 'https://relay.example' },
      { publicUrl: 'https://relay.example' },
      { host: '0.0.0.0' },
      { newUserKey: true },
    ];
    for (const options of starts) {
      const relay = await startRelay({ data, port: 0, ...options });
      keys.push(relay.firstUserKey);
      await relay.close();
    }
    assert.deepEqual(
      keys.map((key) => key !== null),
      [false, true, false, false, true],
    );
  });

  test('with a public address even this computer needs the user key', async (t) => {
    const open = await started(t, { publicUrl: 'https://relay.example' });
    assert.equal((await fetch(`${open.url}/channels.json`, { method: 'POST' })).status, 401);
    const headers = { 'x-thingspeakapikey': open.firstUserKey ?? '' };
    assert.equal((await fetch(`${open.url}/channels.json`, { method: 'POST', headers })).status, 200);
  });
});
