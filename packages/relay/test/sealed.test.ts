import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { relayInProcess, type Reply, type TestChannel } from './support/in-process.ts';
import { tokenShape } from './support/token-shape.ts';

const relay = await relayInProcess();
const { request, get, channel } = relay;
const token = tokenShape();
const sealed = (): Promise<TestChannel> => channel({ sealed: 'true' });

function post({ write }: TestChannel, form: Readonly<Record<string, string>>): Promise<Reply> {
  return request('POST', '/update', { form: { api_key: write, ...form } });
}

describe('a sealed channel', () => {
  test('takes tokens, wrapped tokens and parts', async () => {
    const made = await sealed();
    const entries: Readonly<Record<string, string>>[] = [
      { field1: token },
      { field1: `b'${token}'` },
      { field1: token, field2: token },
      { field1: `~AAAAAAAAAAA.1.2~${token.slice(0, 40)}`, field2: token.slice(40, 60) },
      { field1: `~AAAAAAAAAAA.2.2~${token.slice(60)}` },
    ];
    for (const [index, entry] of entries.entries()) assert.equal((await post(made, entry)).text, String(index + 1));
  });

  test('refuses what can be read: text, an empty entry, a mixed one, status and location', async () => {
    const made = await sealed();
    const entries: Readonly<Record<string, string>>[] = [
      { field1: 'hello' },
      {},
      { field1: '' },
      { field1: token, field2: 'hello' },
      { field1: `${token}x` },
      { field1: `~AAAAAAAAAAA.1.2~hello you` },
      { field1: token, status: 'hello' },
      { field1: token, latitude: '48.1' },
      { field1: token, long: '11.5' },
      { field1: token, elevation: '500' },
    ];
    for (const entry of entries) {
      const reply = await post(made, entry);
      assert.deepEqual([reply.status, reply.text], [400, '0'], JSON.stringify(entry));
    }
    assert.match((await get(`/channels/${made.id}/feeds.json`)).text, /"last_entry_id":null/);
  });

  test('says why in JSON and to bulk updates, of which it takes all or none', async () => {
    const { id, write } = await sealed();
    const details =
      'This channel is sealed: it takes Fernet tokens and parts of them, no status and no location. Nothing was stored.';
    const single = await request('POST', '/update.json', { form: { api_key: write, field1: 'hello' } });
    const json = { write_api_key: write, updates: [{ field1: token }, { field1: 'hello' }] };
    const bulk = await request('POST', `/channels/${id}/bulk_update.json`, { json });
    for (const reply of [single, bulk]) {
      assert.equal(reply.status, 400);
      assert.equal(
        reply.text,
        `{"status":"400","error":{"error_code":"error_bad_request","message":"Bad Request","details":"${details}"}}`,
      );
    }
    assert.match((await get(`/channels/${id}/feeds.json`)).text, /"last_entry_id":null/);
  });

  test('says that it is, and stays so', async () => {
    const { id } = await sealed();
    assert.match((await get(`/channels/${id}.json`)).text, /"sealed":true,"keepDays":null\}\}$/);
    assert.equal((await request('PUT', `/channels/${id}.json`, { form: { sealed: 'false' } })).status, 400);
    await request('PUT', `/channels/${id}.json`, { form: { name: 'x' } });
    assert.match((await get(`/channels/${id}.json`)).text, /"sealed":true,"keepDays":null\}\}$/);
  });

  test('the owner is told that an entry is sealed', async () => {
    const made = await sealed();
    relay.stored.length = 0;
    await post(made, { field1: token });
    assert.deepEqual(relay.stored, [{ channel: made.id, entry: 1, characters: 100, sealed: true }]);
  });
});
