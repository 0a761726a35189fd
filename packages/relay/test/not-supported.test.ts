import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relayInProcess } from './support/in-process.ts';

const { get, request, channel } = await relayInProcess();
const { id } = await channel();

const ASKED: [target: string, named: string][] = [
  ['/channels/ID/feeds.xml', 'XML'],
  ['/channels/ID/fields/1/last.xml', 'XML'],
  ['/channels.xml', 'XML'],
  ['/channels/ID/feeds.json?callback=f', 'JSONP'],
  ['/channels/ID/feeds/last.json?callback=f', 'JSONP'],
  ['/channels/ID/feeds.json?timescale=10', 'Aggregation (timescale)'],
  ['/channels/ID/feeds.csv?sum=daily', 'Aggregation (sum)'],
  ['/channels/ID/feeds.json?average=60', 'Aggregation (average)'],
  ['/channels/ID/fields/1.json?median=1440', 'Aggregation (median)'],
  ['/channels/ID/feeds/last_average.json?average=5', 'Aggregation'],
  ['/channels/ID/fields/1/last_sum.txt?sum=5', 'Aggregation'],
  ['/channels/public.json', 'public list'],
  ['/users/ada/channels.json', 'channels of a user'],
  ['/stream/channels/ID/feeds', 'stream'],
  ['/channels/ID/feeds.txt', '.txt'],
  ['/channels/ID.csv', '.csv'],
];

for (const [target, named] of ASKED) {
  test(`${target} says that it is not supported, and gives nothing else instead`, async () => {
    const reply = await get(target.replace('ID', String(id)));
    if (reply.type?.startsWith('text/')) {
      assert.deepEqual([reply.status, reply.text], [400, 'error_bad_request']);
      return;
    }
    assert.equal(reply.status, 400);
    const { error } = JSON.parse(reply.text) as { error: { error_code: string; details: string } };
    assert.equal(error.error_code, 'error_bad_request');
    assert.ok(error.details.includes(named) && error.details.includes('not supported'), error.details);
  });
}

test('parameters of aggregation without a valid value are passed over, as on ThingSpeak', async () => {
  for (const query of ['timescale=', 'sum=7', 'average=abc', 'median=0', 'callback=']) {
    assert.equal((await get(`/channels/${id}/feeds.json?${query}`)).status, 200, query);
  }
});

test('an unknown path is 404, in the form that was asked for', async () => {
  assert.equal((await get('/nothing/here.json')).status, 404);
  assert.match((await get('/nothing')).text, /"error_code":"error_resource_not_found"/);
  assert.equal((await get('/nothing.txt')).text, 'error_resource_not_found');
});

test('OPTIONS is 200 and empty on any path', async () => {
  for (const path of ['/', '/update', '/a/b/c/d/e', '*']) {
    const reply = await request('OPTIONS', path);
    assert.deepEqual([reply.status, reply.text], [200, '']);
  }
});

test('/healthz says ok, and / says what this is, as plain text', async () => {
  assert.equal((await get('/healthz')).text, '{"status":"ok"}');
  const root = await get('/');
  assert.deepEqual([root.status, root.type], [200, 'text/plain; charset=utf-8']);
});
