import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relayInProcess, SIX } from './support/in-process.ts';

const { get, channel, update, clock } = await relayInProcess();

async function withStatuses(settings: Record<string, string> = {}): Promise<number> {
  clock.ms = SIX;
  const made = await channel({ name: 'Garden', ...settings });
  await update(made, { field1: 'old', status: 'long ago', created_at: '2026-11-20 06:00:00' });
  await update(made, { field1: 'a', status: 'dry, "very"' });
  await update(made, { field1: 'b' });
  return made.id;
}

test('the status feed holds the last day, also entries without a status (thingspeak-api 3.6)', async () => {
  const id = await withStatuses({ elevation: '12' });
  assert.equal(
    (await get(`/channels/${id}/status.json`)).text,
    '{"channel":{"name":"Garden","latitude":"0.0","longitude":"0.0","elevation":"12"},"feeds":[' +
      '{"created_at":"2026-11-24T06:00:00Z","entry_id":2,"status":"dry, \\"very\\""},' +
      '{"created_at":"2026-11-24T06:00:00Z","entry_id":3,"status":null}]}',
  );
  assert.equal(
    (await get(`/channels/${id}/status.csv`)).text,
    'created_at,entry_id,status\n2026-11-24 06:00:00 UTC,2,"dry, ""very"""\n2026-11-24 06:00:00 UTC,3,\n',
  );
});

test('other times and numbers can be asked for', async () => {
  const id = await withStatuses();
  const ids = async (query: string): Promise<number[]> => {
    const { feeds } = JSON.parse((await get(`/channels/${id}/status.json?${query}`)).text) as {
      feeds: { entry_id: number }[];
    };
    return feeds.map(({ entry_id }) => entry_id);
  };
  assert.deepEqual(await ids('days=30'), [1, 2, 3]);
  assert.deepEqual(await ids('results=3'), [1, 2, 3]);
  assert.deepEqual(await ids('end=2026-11-21'), []);
  assert.deepEqual(await ids('start=2026-11-01&end=2026-11-21'), [1]);
});

test('the last one, and the recent ones without a channel', async () => {
  const id = await withStatuses();
  const last = '{"created_at":"2026-11-24T06:00:00Z","entry_id":3,"status":null}';
  assert.equal((await get(`/channels/${id}/status/last.json`)).text, last);
  assert.equal(
    (await get(`/channels/${id}/status/last.csv`)).text,
    'created_at,entry_id,status\n2026-11-24 06:00:00 UTC,3,\n',
  );
  const recent = JSON.parse((await get(`/channels/${id}/status/recent.json`)).text) as { entry_id: number }[];
  assert.deepEqual(
    recent.map(({ entry_id }) => entry_id),
    [1, 2, 3],
  );
  const empty = await get(`/channels/${(await channel()).id}/status/last.json`);
  assert.deepEqual([empty.status, empty.text], [404, '-1']);
});

test('a private channel gives no status away', async () => {
  const id = await withStatuses({ public_flag: 'false' });
  for (const path of ['status.json', 'status/last.json', 'status/recent.json', 'status.csv']) {
    const { status, text } = await get(`/channels/${id}/${path}`);
    assert.deepEqual([status, text], [400, '-1'], path);
  }
});
