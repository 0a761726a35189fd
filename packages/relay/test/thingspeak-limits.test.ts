import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { relayInProcess, SIX } from './support/in-process.ts';

const relay = await relayInProcess({ thingspeakLimits: true });
const { request, get, channel, clock } = relay;

describe('with --thingspeak-limits', () => {
  test('255 characters fit into a field, of any script, and 256 do not', async () => {
    const { write } = await channel();
    for (const [index, character] of ['a', 'ü', '\u{1F600}'].entries()) {
      clock.ms = SIX + index * 60_000;
      const send = (length: number): Promise<{ text: string; status: number }> => {
        return request('POST', '/update', { form: { api_key: write, field1: character.repeat(length) } });
      };
      const long = await send(256);
      assert.deepEqual([long.status, long.text], [400, '0']);
      assert.equal((await send(255)).text, String(index + 1));
    }
  });

  test('an entry has at most 3000 bytes', async () => {
    const { write } = await channel();
    const fields = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`field${index + 1}`, 'ü'.repeat(188)]));
    const reply = await request('POST', '/update.json', { form: { api_key: write, ...fields } });
    assert.equal(reply.status, 400);
    assert.match(reply.text, /at most 3000 bytes/);
  });

  test('a second update within 15 s is 0 with 200, in text and JSON, and is not stored', async () => {
    clock.ms = SIX;
    const { id, write } = await channel();
    assert.equal((await get(`/update?api_key=${write}&field1=a`)).text, '1');
    clock.ms += 14_999;
    const text = await get(`/update?api_key=${write}&field1=b`);
    assert.deepEqual([text.status, text.text], [200, '0']);
    const json = await get(`/update.json?api_key=${write}&field1=b`);
    assert.deepEqual([json.status, json.text, json.type], [200, '0', 'application/json; charset=utf-8']);
    clock.ms += 1;
    assert.equal((await get(`/update?api_key=${write}&field1=c`)).text, '2');
    assert.match((await get(`/channels/${id}/fields/1.csv`)).text, /,1,a\n.*,2,c\n$/);
  });

  test('bulk and single updates share the interval, and bulk says 429', async () => {
    clock.ms = SIX;
    const { id, write } = await channel();
    const bulk = (): Promise<{ status: number; headers: Readonly<Record<string, string>> }> => {
      return request('POST', `/channels/${id}/bulk_update.json`, {
        json: { write_api_key: write, updates: [{ field1: 'a' }] },
      });
    };
    assert.equal((await bulk()).status, 202);
    clock.ms += 5_000;
    assert.equal((await get(`/update?api_key=${write}`)).text, '0');
    const refused = await bulk();
    assert.deepEqual([refused.status, refused.headers['retry-after']], [429, '10']);
  });

  test('clearing a channel is no way around the interval', async () => {
    clock.ms = SIX;
    const { id, write } = await channel();
    assert.equal((await get(`/update?api_key=${write}`)).text, '1');
    await request('DELETE', `/channels/${id}/feeds.json`);
    assert.equal((await get(`/update?api_key=${write}`)).text, '0');
  });

  test('channels do not wait for each other', async () => {
    const [one, two] = [await channel(), await channel()];
    assert.equal((await get(`/update?api_key=${one.write}`)).text, '1');
    assert.equal((await get(`/update?api_key=${two.write}`)).text, '1');
  });

  test('the channel tells clients its limits', async () => {
    const { id, read } = await channel();
    const { fernspeak } = JSON.parse((await get(`/channels/${id}.json?api_key=${read}`)).text) as {
      fernspeak: unknown;
    };
    assert.deepEqual(fernspeak, {
      fieldBytes: 255,
      fieldsPerEntry: 8,
      entryBytes: 3000,
      bulkEntries: 960,
      minIntervalMs: 15_000,
      longPoll: true,
      live: true,
      sealed: false,
      keepDays: null,
    });
  });
});

test('--update-interval shortens the wait', async () => {
  const short = await relayInProcess({ thingspeakLimits: true, updateIntervalMs: 500 });
  const { write } = await short.channel();
  assert.equal((await short.get(`/update?api_key=${write}`)).text, '1');
  short.clock.ms += 499;
  assert.equal((await short.get(`/update?api_key=${write}`)).text, '0');
  short.clock.ms += 1;
  assert.equal((await short.get(`/update?api_key=${write}`)).text, '2');
});

test('--update-interval works without the other limits, too', async () => {
  const slow = await relayInProcess({ updateIntervalMs: 1000 });
  const { write } = await slow.channel();
  assert.equal(
    (await slow.request('POST', '/update', { form: { api_key: write, field1: 'x'.repeat(300) } })).text,
    '1',
  );
  assert.equal((await slow.get(`/update?api_key=${write}`)).text, '0');
});
