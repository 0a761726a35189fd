import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { relayInProcess, type TestChannel } from './support/in-process.ts';

const { get, channel, update } = await relayInProcess();

async function made(): Promise<TestChannel> {
  const made = await channel();
  await update(made, { field1: 'a', field2: '2.55', created_at: '2026-11-24 05:00:00' });
  await update(made, { field1: 'b', created_at: '2026-11-24 04:00:00' });
  return made;
}

const LAST = '{"created_at":"2026-11-24T04:00:00Z","entry_id":2,"field1":"b","field2":null}';

describe('the last entry', () => {
  test('is the one with the highest number, also when it is older', async () => {
    const { id } = await made();
    for (const path of ['feeds/last', 'feed/last', 'feeds/last.json', 'feeds/last.txt']) {
      assert.equal((await get(`/channels/${id}/${path}`)).text, LAST, path);
    }
    assert.equal((await get(`/channels/${id}/feeds/last.txt`)).type, 'text/plain; charset=utf-8');
    const csv = 'created_at,entry_id,field1,field2\n2026-11-24 04:00:00 UTC,2,b,\n';
    assert.equal((await get(`/channels/${id}/feeds/last.csv`)).text, csv);
  });

  test('of a field is the last one that has it', async () => {
    const { id } = await made();
    const path = `/channels/${id}/fields/2/last`;
    assert.equal(
      (await get(`${path}.json`)).text,
      '{"created_at":"2026-11-24T05:00:00Z","entry_id":1,"field2":"2.55"}',
    );
    assert.equal((await get(`${path}.csv`)).text, 'created_at,entry_id,field2\n2026-11-24 05:00:00 UTC,1,2.55\n');
  });

  test('of a field is the bare value as text and without an extension', async () => {
    const { id } = await made();
    for (const path of ['fields/2/last', 'field/2/last.txt', 'fields/field2/last.text']) {
      const reply = await get(`/channels/${id}/${path}`);
      assert.deepEqual([reply.text, reply.type], ['2.55', 'text/plain; charset=utf-8'], path);
    }
  });

  test('takes round, prepend, append and a time zone', async () => {
    const { id } = await made();
    assert.equal((await get(`/channels/${id}/fields/2/last?round=1&prepend=%3C&append=%20V`)).text, '<2.5 V');
    assert.match((await get(`/channels/${id}/feeds/last.json?timezone=Asia/Kolkata`)).text, /T09:30:00\+05:30/);
  });
});

describe('one entry by its number', () => {
  test('as JSON, CSV and of a field', async () => {
    const { id } = await made();
    for (const path of ['feeds/2.json', 'feeds/2', 'feeds/entry/2.json', 'feed/2.json']) {
      assert.equal((await get(`/channels/${id}/${path}`)).text, LAST, path);
    }
    assert.equal(
      (await get(`/channels/${id}/fields/1/2.json`)).text,
      '{"created_at":"2026-11-24T04:00:00Z","entry_id":2,"field1":"b"}',
    );
    assert.equal((await get(`/channels/${id}/fields/1/1.txt`)).text, 'a');
  });
});

describe('no such entry', () => {
  test('is 404 with -1, which no value can be taken for', async () => {
    const { id } = await channel();
    const paths = [
      'feeds/last.json',
      'feeds/last.txt',
      'fields/1/last',
      'feeds/1.json',
      'feeds/0.json',
      'feeds/99999999999.json',
      'feeds/last_data_age.json',
    ];
    for (const path of paths) {
      const reply = await get(`/channels/${id}/${path}`);
      assert.deepEqual([reply.status, reply.text], [404, '-1'], path);
    }
  });

  test('nor is there one of a field that is off or of a number that is none', async () => {
    const { id } = await made();
    for (const path of [
      'fields/3/last',
      'fields/9/last',
      'fields/x/last',
      'feeds/1e0.json',
      'feeds/-1.json',
      'feeds/01.json',
      'fields/0.json',
    ]) {
      assert.equal((await get(`/channels/${id}/${path}`)).status, 404, path);
    }
  });
});

describe('last_data_age', () => {
  test('is in seconds, as JSON, text and CSV', async () => {
    const { id } = await made();
    assert.equal(
      (await get(`/channels/${id}/feeds/last_data_age.json`)).text,
      '{"last_data_age":"7200","last_data_age_units":"s"}',
    );
    assert.equal((await get(`/channels/${id}/feeds/last_data_age.txt`)).text, '7200');
    assert.equal((await get(`/channels/${id}/fields/2/last_data_age.txt`)).text, '3600');
    assert.equal(
      (await get(`/channels/${id}/fields/2/last_data_age.csv`)).text,
      'last_data_age,last_data_age_units\n3600,s\n',
    );
  });
});
