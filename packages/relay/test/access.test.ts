import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { IncomingHttpHeaders } from 'node:http';
import { makeKey } from '../src/keys.ts';
import { relayInProcess, type InProcessRelay } from './support/in-process.ts';

const local = await relayInProcess();
const open = await relayInProcess({ trustsLoopback: false });

/** Everything that administers, against a channel that exists. */
async function administer(relay: InProcessRelay, id: number, headers: IncomingHttpHeaders): Promise<number[]> {
  const attempts = [
    relay.request('POST', '/channels.json', { form: { name: 'x' }, headers }),
    relay.request('GET', '/channels.json', { headers }),
    relay.request('PUT', `/channels/${id}.json`, { form: { name: 'x' }, headers }),
    relay.request('DELETE', `/channels/${id}/feeds.json`, { headers }),
    relay.request('DELETE', `/channels/${id}.json`, { headers }),
  ];
  return (await Promise.all(attempts)).map(({ status }) => status);
}

const NONE = [401, 401, 401, 401, 401];

describe('without a key, on loopback', () => {
  test('a request straight from this computer administers', async () => {
    const hosts = [
      '127.0.0.1:8130',
      'localhost',
      'LOCALHOST:8130',
      '[::1]:8130',
      '127.1.2.3:80',
      'relay.localhost:8130',
    ];
    for (const host of hosts) {
      assert.equal((await local.request('POST', '/channels.json', { headers: { host } })).status, 200, host);
    }
  });

  test('a request that a proxy passed on administers nothing', async () => {
    const { id } = await local.channel();
    const names = [
      'forwarded',
      'via',
      'x-forwarded-for',
      'x-forwarded-proto',
      'x-forwarded-host',
      'x-forwarded-anything',
      'x-real-ip',
    ];
    for (const name of names) assert.deepEqual(await administer(local, id, { [name]: 'for=127.0.0.1' }), NONE, name);
    assert.deepEqual(await administer(local, id, { via: '' }), NONE, 'also when it is empty');
  });

  test('a page of another place administers nothing', async () => {
    const { id } = await local.channel();
    const origins = [
      'https://evil.example',
      'null',
      'http://localhost:5173',
      'http://127.0.0.1',
      'file://',
      'http://127.0.0.1:8130.evil.example',
      '',
    ];
    for (const origin of origins) assert.deepEqual(await administer(local, id, { origin }), NONE, origin);
    for (const site of ['cross-site', 'same-site', 'anything']) {
      assert.deepEqual(await administer(local, id, { 'sec-fetch-site': site }), NONE, site);
    }
  });

  test("the relay's own page administers", async () => {
    const headers = { origin: 'http://127.0.0.1:8130', 'sec-fetch-site': 'same-origin' };
    assert.equal((await local.request('POST', '/channels.json', { headers })).status, 200);
  });

  test('a name that was pointed at this computer administers nothing', async () => {
    const { id } = await local.channel();
    const hosts = [
      'evil.example',
      'evil.example:8130',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'api.thingspeak.com',
      '0.0.0.0',
      'xlocalhost',
      '',
    ];
    for (const host of hosts) assert.deepEqual(await administer(local, id, { host }), NONE, host);
    const rebound = { host: 'evil.example:8130', origin: 'http://evil.example:8130', 'sec-fetch-site': 'same-origin' };
    assert.deepEqual(await administer(local, id, rebound), NONE);
  });

  test('a device that says any Host still writes and reads', async () => {
    const { id, write } = await local.channel();
    const headers = { host: 'api.thingspeak.com' };
    assert.equal(
      (await local.request('POST', '/update', { form: { api_key: write, field1: 'a' }, headers })).text,
      '1',
    );
    assert.equal((await local.get(`/channels/${id}/feeds/last.txt`, headers)).status, 200);
  });
});

describe('with a key', () => {
  test("a channel's keys administer nothing, not even here", async () => {
    const { id, write, read } = await local.channel();
    for (const key of [write, read, 'WRONGWRONGWRONG1'])
      assert.deepEqual(await administer(local, id, { thingspeakapikey: key }), NONE);
  });

  test('the user key administers from anywhere', async () => {
    const { key, hash, tail } = makeKey(true);
    await local.store.addUserKey({ hash, tail, write: true });
    const { id } = await local.channel();
    const headers = {
      thingspeakapikey: key,
      'x-forwarded-for': '203.0.113.9',
      origin: 'https://app.example',
      host: 'relay.example',
    };
    // the last two race for one channel: whichever is second finds it gone
    const statuses = await administer(local, id, headers);
    assert.deepEqual(statuses.slice(0, 3), [200, 200, 200]);
    assert.ok(statuses.every((status) => status === 200 || status === 404));
  });

  test('the user key may stand in the body of a PUT, in the address of a DELETE', async () => {
    const { key, hash, tail } = makeKey(true);
    await open.store.addUserKey({ hash, tail, write: true });
    const made = await open.request('POST', '/channels.json', { form: { api_key: key } });
    const { id } = JSON.parse(made.text) as { id: number };
    assert.equal(
      (await open.request('PUT', `/channels/${id}.json`, { json: { api_key: key, name: 'x' } })).status,
      200,
    );
    assert.equal((await open.request('DELETE', `/channels/${id}/feeds.json?api_key=${key}`)).status, 200);
    assert.equal((await open.request('DELETE', `/channels/${id}.json`, { form: { api_key: key } })).status, 200);
  });
});

test('a relay for others administers nothing without a key, also from this computer', async () => {
  const reply = await open.request('POST', '/channels.json');
  assert.equal(reply.status, 401);
  assert.equal(
    reply.text,
    '{"status":"401","error":{"error_code":"error_auth_required","message":"Authorization Required",' +
      '"details":"Please provide proper authentication details."}}',
  );
});
