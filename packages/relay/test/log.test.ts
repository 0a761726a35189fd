import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openLog, type LogFormat, type LogLevel, type LoggedRequest } from '../src/access-log.ts';
import { relayInProcess } from './support/in-process.ts';

const SECRET = 'SECRETSECRETSEC1';

function request(more: Partial<LoggedRequest> = {}): LoggedRequest {
  const answer = { status: 200, type: 'json', body: SECRET, headers: { X: SECRET } } as const;
  return {
    method: 'GET',
    answer,
    route: '/channels/:id/feeds',
    channel: '7',
    fault: null,
    milliseconds: 1.26,
    ...more,
  };
}

async function logged(format: LogFormat, level: LogLevel, requests: readonly LoggedRequest[]): Promise<string[]> {
  const lines: string[] = [];
  const log = await openLog({ format, level, write: (line) => lines.push(line) });
  for (const one of requests) log.request(one);
  log.close();
  return lines;
}

describe('the log', () => {
  test('as JSON: method, route, channel, status and time of each request', async () => {
    const [line = ''] = await logged('json', 'info', [request()]);
    const { time: _, ...rest } = JSON.parse(line) as Record<string, unknown>;
    assert.deepEqual(rest, {
      level: 30,
      method: 'GET',
      route: '/channels/:id/feeds',
      channel: '7',
      status: 200,
      ms: 1.3,
      msg: 'request',
    });
  });

  test('for people: one line', async () => {
    const [line = ''] = await logged('pretty', 'info', [request()]);
    assert.match(line, /^\d\d:\d\d:\d\d {2}200 {2}GET \/channels\/7\/feeds {2}1\.3 ms\n$/);
  });

  test('none and silent say nothing, error says only what went wrong', async () => {
    const fault = new TypeError(`cannot parse ${SECRET}`);
    for (const format of ['json', 'pretty'] as const) {
      assert.deepEqual(await logged(format, 'silent', [request({ fault })]), []);
      assert.equal((await logged(format, 'error', [request(), request({ fault })])).length, 1);
      assert.equal((await logged(format, 'info', [request(), request({ fault })])).length, 3);
    }
    assert.deepEqual(await logged('none', 'info', [request({ fault })]), []);
  });

  test('tells where a fault happened, and not what its message quotes', async () => {
    const fault = new TypeError(`cannot parse ${SECRET}\n    at ${SECRET}`);
    fault.stack = `TypeError: cannot parse ${SECRET}\n    at parse (file.ts:1:2)`;
    for (const format of ['json', 'pretty'] as const) {
      const text = (await logged(format, 'info', [request({ fault })])).join('');
      assert.match(text, /TypeError/);
      assert.match(text, /at parse \(file\.ts:1:2\)/);
      assert.ok(!text.includes(SECRET));
    }
  });
});

test('what the app hands to the log holds no part of a request but its channel number', async () => {
  const { App } = await import('../src/app.ts');
  const { limitsOf } = await import('../src/limits.ts');
  const relay = await relayInProcess();
  const { id, write } = await relay.channel();
  const app = new App({
    store: relay.store,
    limits: limitsOf({}),
    readers: relay.readers,
    now: Date.now,
    trustsLoopback: () => true,
    draining: new AbortController().signal,
    onStored: null,
  });
  const targets = [
    `/update?api_key=${write}&field1=${SECRET}`,
    `/channels/${id}/feeds/${SECRET}.json?key=${write}`,
    `/channels/${SECRET}/feeds.json`,
    `/${SECRET}/${write}`,
    `/update.json?field1=%ff${SECRET}`,
    `/users/${SECRET}/channels.json`,
  ];
  for (const format of ['json', 'pretty'] as const) {
    const lines: string[] = [];
    const log = await openLog({ format, level: 'info', write: (line) => lines.push(line) });
    for (const target of targets) {
      for (const method of ['GET', 'POST', SECRET]) {
        const raw = {
          method,
          target,
          headers: { 'x-thingspeakapikey': write },
          address: SECRET,
          body: Buffer.from(SECRET),
          gone: () => new AbortController().signal,
        };
        log.request({ ...(await app.answer(raw)), method: method.toLowerCase(), milliseconds: 1 });
      }
    }
    assert.equal(lines.length, targets.length * 3);
    assert.ok(!lines.join('').toUpperCase().includes(SECRET) && !lines.join('').includes(write));
  }
});
