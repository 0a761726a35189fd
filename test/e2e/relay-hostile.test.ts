// Malformed and hostile HTTP requests against the real relay: it never crashes, answers no 5xx that is not a stated limit,
// and does not grow.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { createChannel, startRelayProcess, temporaryFolder, type NewChannel } from '@fernspeak/test';

const LONG = process.env['FERNSPEAK_LONG'] === '1';

interface Attack {
  readonly name: string;
  readonly request: (mischief: Mischief) => Buffer;
  /** After how many requests memory is measured (what is warm by the first must not grow any more), and how many come. */
  readonly steps: readonly [first: number, second: number, all: number];
}

const ATTACKS: readonly Attack[] = [
  {
    name: 'malformed requests of every kind',
    request: (mischief) => mischief.request(),
    steps: LONG ? [10_000, 100_000, 1_000_000] : [10_000, 20_000, 20_000],
  },
  // these leave the least behind, so that V8's space for new objects would go on growing the longest
  { name: 'requests that are no HTTP', request: (mischief) => mischief.noise(), steps: [10_000, 100_000, 100_000] },
];
const GROWTH_BYTES = 20 * 1024 * 1024;
const CONNECTIONS = 16;
/** Printed with a failure: the same seed makes the same requests. */
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes requests that no client sends. */
class Mischief {
  readonly #next: () => number;
  readonly #channel: NewChannel;

  constructor(seed: number, channel: NewChannel) {
    this.#next = random(seed);
    this.#channel = channel;
  }

  request(): Buffer {
    const whole = Buffer.from(this.#wellFormed(), 'latin1');
    const kind = this.#below(10);
    if (kind < 5) return whole;
    if (kind < 6) return this.#bytes(this.#below(300));
    if (kind < 8) return whole.subarray(0, this.#below(whole.length));
    const broken = Buffer.concat([whole, this.#bytes(this.#below(20))]);
    for (let flips = this.#below(8); flips >= 0; flips--) broken[this.#below(broken.length)] = this.#below(256);
    return broken;
  }

  noise(): Buffer {
    return Buffer.concat([this.#bytes(16), Buffer.from('\r\n\r\n')]);
  }

  /** HTTP as such, with strange contents. */
  #wellFormed(): string {
    const body = this.#pick([
      '',
      '{',
      '{"__proto__":{"a":1},"field1":1e999}',
      `{"updates":${'['.repeat(this.#below(3000))}`,
      '{"updates":[{"delta_t":1e308}]}',
      `{"write_api_key":"${this.#channel.writeKey}","updates":[null,1,"x",{"field1":"\\ud800"}]}`,
      '[]',
      'null',
      '"\\u0000"',
      `api_key=${this.#channel.writeKey}&field1=%FF%FE`,
      '%',
      '&&&===',
      'a'.repeat(this.#below(5000)),
      '--x\r\n\r\n--x--',
      '\0\0\0',
      `api_key=${this.#channel.writeKey}&created_at=9999-99-99&field9=1&status=%00`,
      'field1[]=1&field1[a]=2',
      this.#bytes(50).toString('latin1'),
    ]);
    const lines = [
      `${this.#pick(['GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'CONNECT', 'X'])} ${this.#target()} HTTP/${this.#pick(['1.1', '1.1', '1.1', '1.1', '1.0', '2.0'])}`,
      ...(this.#below(2) === 0 ? ['Host: api.thingspeak.com'] : []),
      ...(this.#below(2) === 0
        ? [
            `Content-Type: ${this.#pick(['application/json', 'multipart/form-data', 'multipart/form-data; boundary=x', 'text/plain', 'application/x-www-form-urlencoded; charset=utf-7', '/'])}`,
          ]
        : []),
      this.#pick([
        ...Array.from({ length: 12 }, () => `Content-Length: ${body.length}`),
        `Content-Length: ${this.#below(99)}`,
        'Content-Length: -1',
        'Transfer-Encoding: chunked',
        'Transfer-Encoding: gzip, chunked',
        'X: y',
      ]),
      this.#pick([
        'X-THINGSPEAKAPIKEY: ',
        'Expect: 100-continue',
        'Expect: x',
        'Upgrade: websocket',
        'Connection: upgrade, close',
        'Content-Encoding: gzip',
        'If-None-Match: "',
        'Accept: application/xml',
        `Cookie: ${'c'.repeat(this.#below(9000))}`,
        'Origin: null',
        'X-Forwarded-For: ::1',
      ]),
      'Connection: close',
    ];
    return `${lines.join('\r\n')}\r\n\r\n${body}`;
  }

  #target(): string {
    const id = this.#pick([
      String(this.#channel.id),
      '0',
      '-1',
      '1e3',
      '99999999999999999999',
      '%2F',
      '%00',
      '__proto__',
      'constructor',
      '..',
      '%',
      '%E0%A4%A',
      '1;2',
      String(this.#below(1e9)),
    ]);
    const path = this.#pick([
      '/update',
      '/update.json',
      '/s/update.xml',
      `/channels/${id}/feeds.json`,
      `/channels/${id}/fields/${id}.csv`,
      `/channels/${id}/feeds/${id}.json`,
      `/channels/${id}.json`,
      `/channels/${id}/bulk_update.json`,
      `/channels/${id}/feeds/last`,
      `/channels/${id}/fields/1/last_data_age.txt`,
      '/channels.json',
      '/healthz',
      '/',
      '*',
      '//',
      'http://x/update',
      '/.json',
      `/${'a/'.repeat(this.#below(200))}`,
      '/\xff\xfe',
    ]);
    const query = this.#pick([
      '',
      '?',
      `?api_key=${this.#channel.writeKey}&field1=${this.#pick(['%', '%ff', '<script>', 'x'.repeat(this.#below(3000)), '%00', '\xc3\x28'])}`,
      '?results=-1',
      '?results=1e9',
      '?after=-1&wait=1e9',
      '?after=0&wait=x',
      '?after=99999999999&wait=0.01',
      '?start=x&end=%FF',
      '?timezone=../../etc/passwd',
      '?timezone=__proto__&results=5',
      '?offset=1e309',
      '?round=99999',
      '?round=-5&min=NaN&max=Infinity',
      '?callback=alert',
      '?average=daily',
      '?key=a&key=b&api_key[]=c',
      `?${'a&'.repeat(this.#below(500))}`,
      '?start_entry_id=-1&end_entry_id=1e99',
      '?start=-9999-01-01',
      '?created_at=0000-00-00',
      '?headers=false&headers=false',
      '#?#',
      '?days=99999999999999999999',
    ]);
    return path + query;
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#below(items.length)] as Item;
  }

  #below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  #bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.#below(256)));
  }
}

/** Sends these bytes on a connection of its own and gives the statuses of all answers, when it is closed. */
function statusesOf(port: number, bytes: Buffer): Promise<number[]> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => {
      // values that were stored by other requests could look like a status line, but never at the start of an answer
      const answers = text.matchAll(
        /(?:^|\r\n\r\n[^]*?)HTTP\/1\.1 (\d{3}) [\w ]+\r\n(?:Content-Type|X-|Date|Connection|Allow)/g,
      );
      resolve([...answers].map(([, status]) => Number(status)));
    });
  });
}

/** Resident bytes of a process (Linux). */
function residentBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes) * 1024;
}

for (const { name, request, steps } of ATTACKS) {
  const [first, second, all] = steps;
  test(
    `${all} ${name}: no crash, no 5xx but the stated limits, no growth (seed ${SEED})`,
    { skip: process.platform !== 'linux' && 'reads the memory of a process from /proc' },
    async (t) => {
      const quiet = ['--log-format', 'json', '--log-level', 'error'];
      const relay = await startRelayProcess(t, join(temporaryFolder(t), 'data'), quiet);
      let complaints = '';
      relay.process.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
      const mischief = new Mischief(SEED, await createChannel(relay.url));
      const port = Number(new URL(relay.url).port);
      const counts = new Map<number, number>();
      let sent = 0;
      const sendUntil = async (target: number): Promise<void> => {
        const worker = async (): Promise<void> => {
          while (sent < target) {
            sent++;
            const bytes = request(mischief);
            for (const status of await statusesOf(port, bytes)) {
              counts.set(status, (counts.get(status) ?? 0) + 1);
              assert.ok(status < 500 || status === 503, `${status} to ${JSON.stringify(bytes.toString('latin1'))}`);
            }
          }
        };
        await Promise.all(Array.from({ length: CONNECTIONS }, worker));
      };
      await sendUntil(first);
      const before = residentBytes(relay.pid);
      await sendUntil(second);
      const grown = residentBytes(relay.pid) - before;
      await sendUntil(all);
      t.diagnostic(`answers: ${[...counts].map(([status, count]) => `${status}×${count}`).join(' ')}`);
      const [was, more] = [before, grown].map((bytes) => (bytes / 2 ** 20).toFixed(1));
      t.diagnostic(`resident: ${was} MiB after ${first}, ${more} MiB more after ${second}`);
      assert.ok((counts.get(400) ?? 0) > all / 10, 'malformed requests are answered with 400');
      assert.ok(grown < GROWTH_BYTES, `grew by ${grown} bytes`);
      assert.equal(complaints, '');
      assert.equal((await fetch(`${relay.url}/healthz`)).status, 200);
      assert.equal(await relay.stop(), 0);
    },
  );
}

test('a stored script is never a page, whatever is asked for', async (t) => {
  // without the app, whose own page is no stored value
  const relay = await startRelayProcess(t, join(temporaryFolder(t), 'data'), ['--web', 'none']);
  const script = '<html><script>alert(1)</script>';
  const { id, writeKey } = await createChannel(relay.url, { name: script, description: script, metadata: script });
  await fetch(`${relay.url}/update`, {
    method: 'POST',
    body: new URLSearchParams({ api_key: writeKey, field1: script, status: script }),
  });
  const paths = [
    'feeds',
    'feeds.json',
    'feeds.csv',
    'feeds.html',
    'feeds.htm',
    'feeds/last',
    'feeds/last.txt',
    'fields/1/last',
    'fields/1/last.html',
    'fields/1/last.txt',
    'feeds/1',
    `fields/1/last?prepend=${script}`,
  ];
  for (const path of [...paths.map((path) => `/channels/${id}/${path}`), `/channels/${id}.json`, `/${script}`, '/']) {
    for (const headers of [{}, { accept: 'text/html' }, { accept: 'text/html,*/*' }]) {
      const separator = path.includes('?') ? '&' : '?';
      for (const query of ['', `${separator}headers=false`]) {
        const answer = await fetch(relay.url + path + query, { headers });
        assert.match(answer.headers.get('content-type') ?? '', /^(application\/json|text\/csv|text\/plain);/, path);
        assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
        assert.equal(answer.headers.get('content-security-policy'), "default-src 'none'; sandbox");
        await answer.text();
      }
    }
  }
});

test('a request that came through a proxy or from a page of another place creates and changes nothing', async (t) => {
  const relay = await startRelayProcess(t, join(temporaryFolder(t), 'data'));
  const { id, writeKey } = await createChannel(relay.url, { name: 'Ada' });
  await fetch(`${relay.url}/update`, { method: 'POST', body: new URLSearchParams({ api_key: writeKey, field1: 'a' }) });
  const seen = async (path: string): Promise<unknown> => (await fetch(relay.url + path)).json();
  const before = await Promise.all(['/channels.json', `/channels/${id}/feeds.json`].map(seen));
  const hostile: Record<string, string>[] = [
    { forwarded: 'for=127.0.0.1' },
    { 'x-forwarded-for': '127.0.0.1' },
    { 'x-forwarded-host': 'localhost' },
    { 'x-forwarded-proto': 'https' },
    { 'x-forwarded-anything': '' },
    { via: '1.1 proxy' },
    { origin: 'https://evil.example' },
    { origin: 'http://localhost' },
    { origin: 'null' },
  ];
  const asked: [method: string, path: string, status: number, body?: URLSearchParams | string][] = [
    ['POST', '/channels.json', 401, new URLSearchParams({ name: 'x' })],
    ['PUT', `/channels/${id}.json`, 401, new URLSearchParams({ name: 'x' })],
    ['DELETE', `/channels/${id}/feeds.json`, 401],
    ['DELETE', `/channels/${id}.json`, 401],
    ['GET', '/channels.json', 401],
    // who has a channel's key writes from anywhere; without it nobody does
    ['POST', '/update', 400, new URLSearchParams({ field1: 'x' })],
    ['POST', `/channels/${id}/bulk_update.json`, 401, '{"updates":[{"field1":"x"}]}'],
  ];
  for (const headers of hostile) {
    for (const [method, path, status, body] of asked) {
      const answer = await fetch(relay.url + path, { method, headers, ...(body === undefined ? {} : { body }) });
      assert.equal(answer.status, status, `${method} ${path} ${JSON.stringify(headers)}: ${await answer.text()}`);
    }
  }
  assert.deepEqual(await Promise.all(['/channels.json', `/channels/${id}/feeds.json`].map(seen)), before);
});
