import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { relayInProcess, SIX } from './support/in-process.ts';

const relay = await relayInProcess();
const { request, get, channel, update } = relay;

const KEY = '[A-Z0-9]{16}';
const MASKED = String.raw`\*{12}[A-Z0-9]{4}`;

/** The keys of a settings object, as it shows them. */
function keysIn(text: string): string[] {
  return (JSON.parse(text) as { api_keys: { api_key: string }[] }).api_keys.map((key) => key.api_key);
}

describe('POST /channels.json', () => {
  test('answers the settings object of the cloud, with both keys', async () => {
    const form = {
      name: 'Garden',
      description: 'd',
      field1: 'a',
      latitude: '1.5',
      tags: 'x, y',
      public_flag: 'true',
      url: 'u',
    };
    const reply = await request('POST', '/channels.json', {
      form: { ...form, metadata: 'm', longitude: '2', elevation: '3' },
    });
    assert.deepEqual([reply.status, reply.type], [200, 'application/json; charset=utf-8']);
    const expected = new RegExp(
      String.raw`^\{"id":\d+,"name":"Garden","description":"d","latitude":"1.5","longitude":"2",` +
        '"created_at":"2026-11-24T06:00:00Z","elevation":"3","last_entry_id":null,"public_flag":true,"url":"u","ranking":85,' +
        String.raw`"metadata":"m","license_id":0,"github_url":null,"tags":\[\{"id":1,"name":"x"\},\{"id":2,"name":"y"\}\],` +
        String.raw`"api_keys":\[\{"api_key":"${KEY}","write_flag":true\},\{"api_key":"${KEY}","write_flag":false\}\]\}$`,
    );
    assert.match(reply.text, expected);
  });

  test('makes a private channel with field1 when nothing is said', async () => {
    const reply = await request('POST', '/channels');
    const { id } = JSON.parse(reply.text) as { id: number };
    assert.match(reply.text, new RegExp(`"name":"Channel ${id}","description":null,"latitude":"0.0"`));
    assert.match(reply.text, /"public_flag":false/);
    const feed = await get(`/channels/${id}/feeds.json?api_key=${keysIn(reply.text)[1]}`);
    assert.match(feed.text, /"field1":"Field Label 1","created_at"/);
  });

  test('takes JSON and JSON booleans', async () => {
    const reply = await request('POST', '/channels.json', { json: { name: 'n', public_flag: true, field1: 'x' } });
    assert.match(reply.text, /"name":"n".*"public_flag":true/);
  });

  test('refuses what is too long, and XML', async () => {
    const long = await request('POST', '/channels.json', { form: { name: 'x'.repeat(256) } });
    assert.equal(long.status, 400);
    assert.match(long.text, /name is too long: at most 255 characters/);
    assert.match((await request('POST', '/channels.xml')).text, /XML is not supported/);
  });

  test('no two keys are the same, and each selects its channel', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => channel()));
    assert.equal(new Set(made.flatMap(({ write, read }) => [write, read])).size, 40);
  });
});

describe('keys after the first answer', () => {
  test('are masked to their last four characters, in every later answer', async () => {
    const { id, write, read } = await channel();
    const expected = [write, read].map((key) => `************${key.slice(-4)}`);
    assert.deepEqual(keysIn((await get(`/channels/${id}.json`)).text), expected);
    assert.deepEqual(keysIn((await request('PUT', `/channels/${id}.json`, { form: { name: 'x' } })).text), expected);
    const list = await get('/channels.json');
    assert.ok(!list.text.includes(write) && !list.text.includes(read));
    assert.match(list.text, new RegExp(`"api_key":"${MASKED}","write_flag":true`));
  });
});

describe('GET /channels.json', () => {
  test('is an array of settings objects', async () => {
    const { id } = await channel({ name: 'mine' });
    const list = JSON.parse((await get('/channels.json')).text) as { id: number; name: string; fernspeak?: unknown }[];
    assert.ok(list.some((one) => one.id === id && one.name === 'mine' && one.fernspeak === undefined));
  });
});

describe('GET /channels/ID.json', () => {
  test('gives a reader the public part and what clients must know', async () => {
    const { id, read } = await channel({ public_flag: 'false', metadata: 'm', name: 'n' });
    const { text } = await get(`/channels/${id}.json?api_key=${read}`);
    assert.equal(
      text,
      `{"id":${id},"name":"n","description":null,"latitude":"0.0","longitude":"0.0","created_at":"2026-11-24T06:00:00Z",` +
        '"elevation":null,"last_entry_id":null,"public_flag":false,"url":null,"ranking":15,"license_id":0,"github_url":null,"tags":[],' +
        '"fernspeak":{"fieldBytes":65536,"fieldsPerEntry":8,"entryBytes":786432,"bulkEntries":960,"minIntervalMs":0,' +
        '"longPoll":true,"live":true,"sealed":false,"keepDays":null}}',
    );
  });

  test('gives the owner metadata and masked keys, too', async () => {
    const { id } = await channel({ metadata: 'm' });
    assert.match((await get(`/channels/${id}.json`)).text, /"metadata":"m",.*"api_keys":\[.*\],"fernspeak":\{/);
  });

  test('needs a key of a private channel, in the write key, too', async () => {
    const { id, write } = await channel({ public_flag: 'false' });
    const other = await channel();
    assert.equal((await get(`/channels/${id}.json?api_key=${write}`)).status, 200);
    assert.equal((await get(`/channels/${id}.json?api_key=${other.write}`)).status, 401);
    assert.equal((await get(`/channels/${id}.json`, { host: '127.0.0.1', via: '1.1 proxy' })).status, 401);
  });
});

describe('PUT /channels/ID.json', () => {
  test('changes what is given and leaves the rest, and an empty value unsets', async () => {
    const { id } = await channel({ name: 'before', description: 'stays', field2: 'goes' });
    relay.clock.ms = SIX + 60_000;
    const reply = await request('PUT', `/channels/${id}.json`, {
      form: { name: 'after', public_flag: 'false', field2: '', field3: 'new' },
    });
    relay.clock.ms = SIX;
    assert.match(reply.text, /"name":"after","description":"stays".*"public_flag":false/);
    const { fernspeak: _, ...shown } = JSON.parse((await get(`/channels/${id}.json`)).text) as Record<string, unknown>;
    assert.equal(shown['description'], 'stays');
    await request('PUT', `/channels/${id}.json`, { form: { public_flag: 'true' } });
    const feed = await get(`/channels/${id}/feeds.json`);
    assert.match(feed.text, /"field1":"one","field3":"new","created_at"/);
  });

  test('write_api_key adds a write key that the owner chose', async () => {
    const [made, other] = [await channel(), await channel()];
    const chosen = `CHOSEN${String(made.id).padStart(10, '0')}`;
    const put = (id: number, key: string): Promise<{ status: number; text: string }> =>
      request('PUT', `/channels/${id}.json`, { form: { write_api_key: key } });
    const reply = await put(made.id, chosen);
    assert.equal(keysIn(reply.text).at(-1), `************${chosen.slice(-4)}`);
    assert.ok(!reply.text.includes(chosen));
    assert.equal(await update({ ...made, write: chosen }, { field1: 'a' }), 1);
    assert.equal(await update(made, { field1: 'b' }), 2);
    assert.equal((await put(other.id, chosen)).status, 409);
    for (const bad of ['', 'short', chosen.toLowerCase()]) assert.equal((await put(made.id, bad)).status, 400);
  });

  test('moves updated_at, which entries do not', async () => {
    const made = await channel();
    relay.clock.ms = SIX + 60_000;
    await update(made, { field1: 'a' });
    assert.match((await get(`/channels/${made.id}/feeds.json`)).text, /"updated_at":"2026-11-24T06:00:00Z"/);
    await request('PUT', `/channels/${made.id}.json`, { form: { name: 'x' } });
    relay.clock.ms = SIX;
    assert.match((await get(`/channels/${made.id}/feeds.json`)).text, /"updated_at":"2026-11-24T06:01:00Z"/);
  });
});

describe('DELETE', () => {
  test('of feeds empties the channel, and numbers begin at 1', async () => {
    const made = await channel();
    await update(made, { field1: 'a' });
    await update(made, { field1: 'b' });
    const reply = await request('DELETE', `/channels/${made.id}/feeds.json`);
    assert.deepEqual([reply.status, reply.text], [200, '[]']);
    assert.match((await get(`/channels/${made.id}/feeds.json`)).text, /"last_entry_id":null\},"feeds":\[\]\}$/);
    assert.equal(await update(made, { field1: 'c' }), 1);
  });

  test('of a channel answers with what it was, and it is gone', async () => {
    const made = await channel({ name: 'gone' });
    await update(made, { field1: 'a' });
    const reply = await request('DELETE', `/channels/${made.id}.json`);
    assert.match(reply.text, new RegExp(`^\\{"id":${made.id},"name":"gone".*"last_entry_id":1.*"tags":\\[\\]\\}$`));
    assert.equal((await get(`/channels/${made.id}/feeds.json`)).status, 404);
    assert.equal((await get(`/update?api_key=${made.write}`)).status, 400);
    assert.equal((await request('DELETE', `/channels/${made.id}.json`)).status, 404);
  });
});
