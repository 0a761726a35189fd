import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relayInProcess, type Reply } from './support/in-process.ts';

const { get, request, channel, update } = await relayInProcess();
const made = await channel();
await update(made, { field1: '<script>alert(1)</script>', status: '<script>alert(2)</script>' });

/** One answer of every kind. */
async function answers(more: string): Promise<[string, Reply][]> {
  const { id, write } = made;
  const targets = [
    '/healthz?',
    '/?',
    '/nowhere?',
    '/update?',
    `/update?api_key=${write}&`,
    `/update.json?api_key=${write}&`,
    '/channels.json?',
    `/channels/${id}.json?`,
    `/channels/${id}/feeds.json?`,
    `/channels/${id}/feeds.csv?status=true&`,
    `/channels/${id}/feeds.xml?`,
    `/channels/${id}/feeds/1.json?`,
    `/channels/${id}/feeds/last.txt?`,
    `/channels/${id}/fields/1/last?`,
    `/channels/${id}/fields/1/1.txt?`,
    '/channels/999/feeds.json?',
    `/channels/${id}/feeds/last_data_age.txt?`,
    `/channels/${id}/fields/1/last?prepend=<html>&`,
    '/update.json?field1=%ff&',
  ];
  const replies: [string, Reply][] = [];
  for (const target of targets) replies.push([target, await get(target + more)]);
  replies.push(
    ['OPTIONS', await request('OPTIONS', `/update?${more}`)],
    ['PUT', await request('PUT', `/update?${more}`)],
  );
  return replies;
}

test('no answer can ever be a page', async () => {
  for (const more of ['', 'headers=false']) {
    for (const [target, { headers, type }] of await answers(more)) {
      assert.match(type ?? '', /^(application\/json|text\/csv|text\/plain); charset=utf-8$/, target);
      assert.equal(headers['x-content-type-options'], 'nosniff', target);
      assert.equal(headers['content-security-policy'], "default-src 'none'; sandbox", target);
    }
  }
});

test('every answer allows other sites (CORS), errors included', async () => {
  for (const [target, { headers }] of await answers('')) {
    assert.equal(headers['access-control-allow-origin'], '*', target);
    assert.equal(headers['access-control-allow-methods'], 'GET, POST, PUT, OPTIONS, DELETE, PATCH');
    assert.equal(
      headers['access-control-allow-headers'],
      'origin, content-type, X-Requested-With, THINGSPEAKAPIKEY, X-THINGSPEAKAPIKEY, Last-Event-ID',
    );
    assert.equal(headers['access-control-max-age'], '1800');
  }
});

test('what went well is revalidated, what did not is not kept', async () => {
  for (const [target, { headers, status }] of await answers('')) {
    assert.equal(headers['cache-control'], status < 400 ? 'max-age=0, private, must-revalidate' : 'no-cache', target);
  }
});

test('headers=false in a query or a body leaves out all that is not needed', async () => {
  const few = ['content-security-policy', 'content-type', 'referrer-policy', 'x-content-type-options'];
  const reply = await get(`/channels/${made.id}/feeds.json?headers=false`);
  assert.deepEqual(Object.keys(reply.headers).sort(), few);
  const body = await request('POST', '/update', { form: { api_key: made.write, headers: 'false' } });
  assert.deepEqual(Object.keys(body.headers).sort(), few);
});
