import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { relayInProcess, type Reply, type TestChannel } from './support/in-process.ts';

const { request, get, channel } = await relayInProcess();

function bulk({ id, write }: TestChannel, updates: unknown): Promise<Reply> {
  return request('POST', `/channels/${id}/bulk_update.json`, { json: { write_api_key: write, updates } });
}

/** The CSV lines of field1 and field2, without the line of names. */
async function lines({ id }: TestChannel): Promise<string[]> {
  return (await get(`/channels/${id}/feeds.csv`)).text.trim().split('\n').slice(1);
}

describe('POST bulk_update.json', () => {
  test('stores all in order and answers 202', async () => {
    const made = await channel();
    const reply = await bulk(made, [{ field1: 'a' }, { field1: 2.5, field2: 'b' }, {}]);
    assert.deepEqual([reply.status, reply.text], [202, '{"success":true}']);
    const at = '2026-11-24 06:00:00 UTC';
    assert.deepEqual(await lines(made), [`${at},1,a,`, `${at},2,2.5,b`, `${at},3,,`]);
  });

  test('takes times as ISO 8601, MySQL style and epoch, as text and number', async () => {
    const made = await channel({ field2: '' });
    const times = [
      '2026-01-01T00:00:00Z',
      '2026-01-01 00:00:01',
      1767225602,
      '1767225603',
      '2026-01-01 05:30:04 +05:30',
    ];
    await bulk(
      made,
      times.map((created_at) => ({ created_at, field1: 'a' })),
    );
    assert.deepEqual(
      (await lines(made)).map((line) => line.slice(0, 19)),
      [0, 1, 2, 3, 4].map((second) => `2026-01-01 00:00:0${second}`),
    );
  });

  test('delta_t counts from the update before, and the last one is now', async () => {
    const made = await channel({ field2: '' });
    await bulk(made, [
      { delta_t: 0, field1: 'a' },
      { delta_t: '20', field1: 'b' },
      { delta_t: 10, field1: 'c' },
    ]);
    assert.deepEqual(
      (await lines(made)).map((line) => line.slice(11, 19)),
      ['05:59:30', '05:59:50', '06:00:00'],
    );
  });

  test('delta_t goes on from a created_at', async () => {
    const made = await channel({ field2: '' });
    await bulk(made, [{ created_at: '2026-01-01T00:00:00Z' }, { delta_t: 5 }, { delta_t: 5 }]);
    assert.deepEqual(
      (await lines(made)).map((line) => line.slice(11, 19)),
      ['00:00:00', '00:00:05', '00:00:10'],
    );
  });

  test('takes the key from a header, too', async () => {
    const { id, write } = await channel();
    const headers = { 'x-thingspeakapikey': write };
    const reply = await request('POST', `/channels/${id}/bulk_update.json`, {
      json: { updates: [{ field1: 'a' }] },
      headers,
    });
    assert.equal(reply.status, 202);
  });

  test("refuses a wrong key, a read key and another channel's key with the cloud's 401", async () => {
    const { id, read } = await channel();
    const other = await channel();
    for (const write of ['WRONG', read, other.write, '']) {
      const reply = await bulk({ id, write, read }, [{ field1: 'a' }]);
      assert.equal(reply.status, 401);
      assert.equal(
        reply.text,
        '{"status":"401","error":{"error_code":"error_auth_required","message":"Authorization Required",' +
          '"details":"Please provide proper authentication details."}}',
      );
    }
  });

  test('refuses all when one is bad, and stores none', async () => {
    const made = await channel();
    const bad: [unknown, RegExp][] = [
      [[{ field1: 'a' }, 5], /Update 2 is not an object/],
      [[{ field1: 'a' }, { field1: { x: 1 } }], /field1 must be one value/],
      [[{ field1: 'a' }, { field1: 'x'.repeat(65_537) }], /field1 is too long/],
      [[{ field1: 'a' }, { created_at: 'noon' }], /created_at of update 2 is not a time/],
      [[{ field1: 'a' }, { delta_t: -1 }], /delta_t of update 2/],
      [[{ field1: 'a' }, { created_at: 9e15 }], /created_at of update 2/],
      [[], /at least one/],
      ['a', /at least one/],
    ];
    for (const [updates, details] of bad) {
      const reply = await bulk(made, updates);
      assert.equal(reply.status, 400);
      assert.match(reply.text, details);
    }
    assert.deepEqual(await lines(made), []);
  });

  test('refuses more entries than the limit with 413', async () => {
    const made = await channel();
    const updates = Array.from({ length: 961 }, () => ({ field1: 'a' }));
    assert.equal((await bulk(made, updates)).status, 413);
    assert.equal((await bulk(made, updates.slice(1))).status, 202);
  });

  test('refuses bad syntax with 400, an unknown channel with 404 and the CSV form by name', async () => {
    const { id } = await channel();
    assert.equal((await request('POST', `/channels/${id}/bulk_update.json`, { json: '{"updates":' })).status, 400);
    assert.equal((await request('POST', '/channels/999999/bulk_update.json', { json: {} })).status, 404);
    const csv = await request('POST', `/channels/${id}/bulk_update.csv`, { form: { updates: '' } });
    assert.equal(csv.status, 400);
    assert.match(csv.text, /\.csv is not supported here/);
  });
});
