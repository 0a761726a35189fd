import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { describe, it } from 'node:test';
import type { Channel, ChannelErrorCode } from '@fernspeak/channel';
import { ChannelError, openHttpChannel } from '@fernspeak/channel';
import type { Handler } from './small-server.ts';
import { EMPTY_FEED, answer, smallServer } from './small-server.ts';

const WRITE_KEY = 'WRITEWRITEWRITE1';
const READ_KEY = 'READREADREADREAD';
const SECRET = 'gAAAAASECRETPAYLOAD';

async function failure(work: Promise<unknown>): Promise<ChannelError> {
  const error: unknown = await work.then(
    () => assert.fail('it should have failed'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ChannelError, String(error));
  const told = `${error.message} ${error.hint ?? ''}`;
  for (const secret of [WRITE_KEY, READ_KEY, SECRET]) assert.ok(!told.includes(secret), told);
  return error;
}

/** Serves what `info` needs, and `handle` for the rest. */
function afterInfo(handle: Handler): Handler {
  return (request, response, raw) => {
    if (request.url.startsWith('/channels/9/feeds.json')) return answer(response, 200, EMPTY_FEED);
    if (request.url === '/channels/9.json') return answer(response, 404, '{"status":"404"}');
    return handle(request, response, raw);
  };
}

function readAll(channel: Channel): Promise<unknown> {
  return Array.fromAsync(channel.read({ after: 0 }));
}

interface Expected {
  readonly code: ChannelErrorCode;
  readonly stored?: 'no' | 'unknown';
  readonly says?: RegExp;
  readonly retryAfterMs?: number;
}

const ERROR_OBJECT = {
  status: '401',
  error: { error_code: 'error_auth_required', message: 'Authorization Required', details: '' },
};

const WRITE_ANSWERS: readonly [string, Handler, Expected][] = [
  ['0 with 200: too fast', (_, r) => answer(r, 200, '0'), { code: 'rate-limited', stored: 'no', retryAfterMs: 15_000 }],
  ['0 with 400: not the write key', (_, r) => answer(r, 400, '0'), { code: 'unauthorized', stored: 'no' }],
  ['401', (_, r) => answer(r, 401, ERROR_OBJECT), { code: 'unauthorized', stored: 'no' }],
  ['404', (_, r) => answer(r, 404, '{"status":"404"}'), { code: 'not-found', stored: 'no' }],
  ['402', (_, r) => answer(r, 402, ERROR_OBJECT), { code: 'refused', stored: 'no', says: /allowance/ }],
  [
    '429 with Retry-After',
    (_, r) => answer(r, 429, '{}', { 'retry-after': '7' }),
    { code: 'rate-limited', stored: 'no', retryAfterMs: 7000 },
  ],
  [
    '400 with the reason',
    (_, r) =>
      answer(r, 400, { status: '400', error: { message: 'Not sealed', details: 'field1\u001b[31m is no token' } }),
    { code: 'refused', stored: 'no', says: /Not sealed: field1 \[31m is no token/ },
  ],
  ['500', (_, r) => answer(r, 500, 'oops'), { code: 'unclear', stored: 'unknown' }],
  [
    'a web page with 200',
    (_, r) => answer(r, 200, '<!DOCTYPE html><p>Log in', { 'content-type': 'text/html' }),
    { code: 'not-a-channel', stored: 'unknown', says: /web page/ },
  ],
  ['a web page with 403', (_, r) => answer(r, 403, '<html>'), { code: 'unauthorized', stored: 'no' }],
  ['another JSON', (_, r) => answer(r, 200, '{"hello":"world"}'), { code: 'not-a-channel', stored: 'unknown' }],
  ['no JSON', (_, r) => answer(r, 200, 'hello'), { code: 'not-a-channel', stored: 'unknown' }],
  [
    'a redirect',
    (_, r) => answer(r, 307, '', { location: 'http://127.0.0.1:1/login?session=secret' }),
    { code: 'not-a-channel', stored: 'no', says: /sends elsewhere to http:\/\/127\.0\.0\.1:1\/login;/ },
  ],
  [
    'half an answer',
    (_, r) => {
      r.writeHead(200, { 'content-length': '100' });
      r.write('{"entry_id":', () => r.destroy());
    },
    { code: 'unclear', stored: 'unknown', says: /broke/ },
  ],
  ['no answer, connection cut', (_, r) => r.destroy(), { code: 'unclear', stored: 'unknown' }],
  ['no answer at all', () => {}, { code: 'unclear', stored: 'unknown', says: /within 0\.5 seconds/ }],
  [
    'an answer that drips',
    (_, r) => {
      r.writeHead(200);
      const drip = setInterval(() => r.write(' '), 50);
      r.on('close', () => clearInterval(drip));
    },
    { code: 'unclear', stored: 'unknown', says: /within 0\.5 seconds/ },
  ],
  [
    'the entry of another channel',
    (_, r) => answer(r, 200, { channel_id: 7, created_at: '2026-11-24T06:00:00Z', entry_id: 12, field1: 'x' }),
    {
      code: 'unauthorized',
      stored: 'no',
      says: /belongs to channel 7, not to channel 9: what was sent is now entry 12 of channel 7/,
    },
  ],
];

describe('an update that is answered with', () => {
  for (const [name, handle, expected] of WRITE_ANSWERS) {
    it(name, async (t) => {
      const { address, requests } = await smallServer(t, afterInfo(handle));
      const channel = openHttpChannel({ address, writeKey: WRITE_KEY, timeoutMs: 500 });
      const error = await failure(channel.append([[SECRET]]));
      assert.equal(error.code, expected.code, error.message);
      assert.equal(error.stored, expected.stored, error.message);
      if (expected.says !== undefined) assert.match(error.message, expected.says);
      if (expected.retryAfterMs !== undefined) assert.equal(error.retryAfterMs, expected.retryAfterMs);
      const posts = requests.filter(({ method }) => method === 'POST');
      assert.equal(posts.length, 1, 'an append is never repeated by itself');
    });
  }

  it('an entry number: stored', async (t) => {
    const stored = { channel_id: 9, created_at: '2026-11-24T06:00:00Z', entry_id: 18, field1: 'x' };
    const { address, requests } = await smallServer(
      t,
      afterInfo((_, response) => answer(response, 200, stored)),
    );
    const channel = openHttpChannel({ address, writeKey: WRITE_KEY });
    assert.deepEqual(await channel.append([['a b&c=ä', null, '']]), [18]);
    const post = requests.find(({ method }) => method === 'POST');
    assert.equal(post?.url, '/update.json');
    assert.deepEqual(
      [...new URLSearchParams(post?.body)],
      [
        ['api_key', WRITE_KEY],
        ['field1', 'a b&c=ä'],
        ['field3', ''],
      ],
    );
    assert.ok(
      requests.every(({ url }) => !url.includes(WRITE_KEY)),
      'the key is in no URL',
    );
  });

  it('the bare number, as old servers do: stored', async (t) => {
    const { address } = await smallServer(
      t,
      afterInfo((_, response) => answer(response, 200, '18')),
    );
    assert.deepEqual(await openHttpChannel({ address, writeKey: WRITE_KEY }).append([['x']]), [18]);
  });
});

const READ_ANSWERS: readonly [string, Handler, Expected][] = [
  ['-1 with 400: private', (_, r) => answer(r, 400, '-1'), { code: 'unauthorized' }],
  ['"-1" with 200, as old servers do', (_, r) => answer(r, 200, '"-1"'), { code: 'unauthorized' }],
  ['401', (_, r) => answer(r, 401, ERROR_OBJECT), { code: 'unauthorized' }],
  ['404', (_, r) => answer(r, 404, '<html>'), { code: 'not-found' }],
  [
    'a web page',
    (_, r) => answer(r, 200, '<html>welcome to the hotel</html>', { 'content-type': 'text/html' }),
    { code: 'not-a-channel', says: /web page/ },
  ],
  ['another JSON', (_, r) => answer(r, 200, '{"feeds":[]}'), { code: 'not-a-channel' }],
  [
    'a feed with a bad entry',
    (_, r) => answer(r, 200, { ...EMPTY_FEED, feeds: [{ entry_id: -5, created_at: 'x' }] }),
    { code: 'not-a-channel' },
  ],
  [
    'a redirect',
    (_, r) => answer(r, 302, '', { location: 'https://login.example/' }),
    { code: 'not-a-channel', says: /sends elsewhere/ },
  ],
  ['no answer', () => {}, { code: 'unclear', says: /within/ }],
  [
    '429 for a long time',
    (_, r) => answer(r, 429, '{}', { 'retry-after': '3600' }),
    { code: 'rate-limited', retryAfterMs: 3_600_000 },
  ],
  [
    'more than anybody can want',
    (_, r) => {
      const megabyte = Buffer.alloc(1024 * 1024, ' ');
      const more = (): void => {
        while (!r.destroyed && r.write(megabyte));
        r.once('drain', more);
      };
      more();
    },
    { code: 'not-a-channel', says: /longer than/ },
  ],
];

describe('a read that is answered with', () => {
  for (const [name, handle, expected] of READ_ANSWERS) {
    it(name, async (t) => {
      const { address } = await smallServer(t, (request, response, raw) =>
        request.url === '/channels/9.json' ? answer(response, 404, '{}') : handle(request, response, raw),
      );
      const timeoutMs = name.startsWith('more') ? 20_000 : 500;
      const error = await failure(readAll(openHttpChannel({ address, readKey: READ_KEY, timeoutMs })));
      assert.equal(error.code, expected.code, error.message);
      if (expected.says !== undefined) assert.match(error.message, expected.says);
      if (expected.retryAfterMs !== undefined) assert.equal(error.retryAfterMs, expected.retryAfterMs);
    });
  }

  for (const [name, failing] of [
    ['500', (response) => answer(response, 500, 'oops')],
    ['429 and soon', (response) => answer(response, 429, '{}', { 'retry-after': '0' })],
    [
      'half an answer',
      (response) => response.writeHead(200, { 'content-length': '99' }).write('{', () => response.destroy()),
    ],
    ['a cut connection', (response) => response.destroy()],
  ] satisfies [string, (response: Parameters<Handler>[1]) => unknown][]) {
    it(`${name} is repeated, politely`, async (t) => {
      let tries = 0;
      const { address } = await smallServer(t, (request, response) => {
        if (request.url === '/channels/9.json') return answer(response, 404, '{}');
        return ++tries < 3 ? failing(response) : answer(response, 200, EMPTY_FEED);
      });
      assert.deepEqual(await readAll(openHttpChannel({ address })), []);
      assert.equal(tries, 3);
    });
  }
});

describe('a server that is not there', () => {
  async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  it('is unreachable, and nothing was stored', async () => {
    const address = `http://127.0.0.1:${await freePort()}/channels/9`;
    const channel = openHttpChannel({ address, writeKey: WRITE_KEY });
    for (const work of [channel.append([['x']]), channel.info(), readAll(channel)]) {
      const error = await failure(work);
      assert.equal(error.code, 'unreachable', error.message);
      assert.equal(error.stored, 'no');
    }
  });

  it('has a name that nobody knows', async () => {
    const channel = openHttpChannel({ address: 'http://nowhere.invalid/channels/9', writeKey: WRITE_KEY });
    assert.equal((await failure(channel.append([['x']]))).code, 'unreachable');
  });

  it('has a port that fetch does not use', async () => {
    const channel = openHttpChannel({ address: 'http://127.0.0.1:1/channels/9', writeKey: WRITE_KEY });
    for (const work of [channel.append([['x']]), readAll(channel)]) {
      const error = await failure(work);
      assert.deepEqual([error.code, error.stored], ['not-a-channel', 'no']);
      assert.match(`${error.message} ${error.hint}`, /may not use its port\..*--port/);
    }
  });

  it('speaks something else than HTTP', async (t) => {
    const server = createTcpServer((socket) => socket.on('error', () => {}).end('SSH-2.0-OpenSSH_9.2\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/channels/9`;
    assert.equal((await failure(readAll(openHttpChannel({ address })))).code, 'not-a-channel');
  });

  it('was not asked, because the signal was aborted before: nothing goes on', async (t) => {
    const { address } = await smallServer(t, (_, response) => answer(response, 200, EMPTY_FEED));
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const channel = openHttpChannel({ address, writeKey: WRITE_KEY });
    await assert.rejects(channel.append([['x']], { signal: AbortSignal.abort(new Error('enough')) }), /enough/);
    await assert.rejects(channel.info({ signal: AbortSignal.abort(new Error('enough')) }), /enough/);
    assert.equal(timers(), before);
  });

  it('answered while this program had no time to read: the answer counts', async (t) => {
    const { address } = await smallServer(t, (_, response) => {
      setTimeout(() => answer(response, 200, EMPTY_FEED), 50);
      // this process is busy, as on a starved or sleeping computer, until long after the time-out
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
    });
    assert.deepEqual(await readAll(openHttpChannel({ address, timeoutMs: 1000 })), []);
  });

  it('was silent before anything was written: nothing was stored', async (t) => {
    const { address, requests } = await smallServer(t, () => {});
    const error = await failure(openHttpChannel({ address, writeKey: WRITE_KEY, timeoutMs: 200 }).append([['x']]));
    assert.equal(error.stored, 'no');
    assert.ok(requests.every(({ method }) => method === 'GET'));
  });
});

describe('keys', () => {
  it('without a write key nothing is asked', async (t) => {
    const { address, requests } = await smallServer(t, (_, response) => answer(response, 200, EMPTY_FEED));
    const error = await failure(openHttpChannel({ address, readKey: READ_KEY }).append([['x']]));
    assert.equal(error.code, 'unauthorized');
    assert.equal(requests.length, 0);
  });

  it('a read sends the read key in a header, else the write key, never in the URL', async (t) => {
    const { address, requests } = await smallServer(t, (_, response) => answer(response, 200, EMPTY_FEED));
    await readAll(openHttpChannel({ address, readKey: READ_KEY, writeKey: WRITE_KEY }));
    assert.equal(requests.at(-1)?.key, READ_KEY);
    await readAll(openHttpChannel({ address, writeKey: WRITE_KEY }));
    assert.equal(requests.at(-1)?.key, WRITE_KEY);
    assert.ok(requests.every(({ url }) => !url.includes(READ_KEY) && !url.includes(WRITE_KEY)));
  });

  it('a write key that a private channel does not know is found before anything is written', async (t) => {
    const { address, requests } = await smallServer(t, (request, response) =>
      request.key === READ_KEY ? answer(response, 200, EMPTY_FEED) : answer(response, 400, '-1'),
    );
    const error = await failure(openHttpChannel({ address, readKey: READ_KEY, writeKey: WRITE_KEY }).append([['x']]));
    assert.equal(error.code, 'unauthorized');
    assert.ok(requests.every(({ method }) => method === 'GET'));
  });
});
