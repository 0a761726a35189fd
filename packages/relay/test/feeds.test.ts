import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { relayInProcess, SIX, type TestChannel } from './support/in-process.ts';

const relay = await relayInProcess();
const { get, request, channel, update } = relay;

/** A channel with entries at these times (loose), field1 = a, b, c … */
async function filled(times: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<TestChannel> {
  const made = await channel(settings);
  for (const [index, created_at] of times.entries()) {
    await update(made, { field1: String.fromCharCode(97 + index), created_at });
  }
  return made;
}

/** The entry numbers in a JSON feed. */
async function ids(target: string): Promise<number[]> {
  const reply = await get(target);
  assert.equal(reply.status, 200, reply.text);
  return (JSON.parse(reply.text) as { feeds: { entry_id: number }[] }).feeds.map((entry) => entry.entry_id);
}

const TIMES = ['2026-11-20 06:00:00', '2026-11-22 06:00:00', '2026-11-23 07:00:00', '2026-11-24 05:58:30'];

describe('a JSON feed', () => {
  test('has exactly this shape', async () => {
    const { id, write } = await channel({ name: 'Garden', field1: 'message', field2: '', field3: 'plain' });
    await get(`/update?api_key=${write}&field1=a&created_at=2026-11-24T05:00:00Z`);
    const reply = await get(`/channels/${id}/feeds.json`);
    assert.equal(reply.type, 'application/json; charset=utf-8');
    assert.equal(
      reply.text,
      `{"channel":{"id":${id},"name":"Garden","latitude":"0.0","longitude":"0.0","field1":"message","field3":"plain",` +
        '"created_at":"2026-11-24T06:00:00Z","updated_at":"2026-11-24T06:00:00Z","last_entry_id":1},' +
        '"feeds":[{"created_at":"2026-11-24T05:00:00Z","entry_id":1,"field1":"a","field3":null}]}',
    );
  });

  test('shows a field without a label once an entry has it: nothing that was stored is hidden', async () => {
    const made = await channel({ field2: '' });
    assert.match((await get(`/channels/${made.id}/feeds.csv`)).text, /^created_at,entry_id,field1\n$/);
    await update(made, { field1: 'a', field3: 'c' });
    assert.equal(
      (await get(`/channels/${made.id}/feeds.csv`)).text,
      'created_at,entry_id,field1,field3\n2026-11-24 06:00:00 UTC,1,a,c\n',
    );
    assert.equal((await get(`/channels/${made.id}/fields/3/last`)).text, 'c');
  });

  test('leaves out what is blank, and has metadata only on request', async () => {
    const settings = { description: 'd', elevation: '5', metadata: 'm', latitude: '1', longitude: '2', field2: '' };
    const { id } = await channel(settings);
    const rest =
      '"created_at":"2026-11-24T06:00:00Z","updated_at":"2026-11-24T06:00:00Z","elevation":"5","last_entry_id":null';
    const head = `{"channel":{"id":${id},"name":"Channel ${id}","description":"d","latitude":"1","longitude":"2","field1":"one",${rest}`;
    assert.equal((await get(`/channels/${id}/feeds.json`)).text, `${head}},"feeds":[]}`);
    assert.equal((await get(`/channels/${id}/feeds.json?metadata=true`)).text, `${head},"metadata":"m"},"feeds":[]}`);
    assert.equal((await get(`/channels/${id}/feeds.json?metadata=TRUE`)).text, `${head}},"feeds":[]}`);
  });

  test('is the answer without an extension, with the singular and with the path in other spellings', async () => {
    const { id } = await filled(TIMES.slice(0, 1));
    const expected = (await get(`/channels/${id}/feeds.json`)).text;
    for (const path of ['feeds', 'feed', 'feed.json', 'feeds.JSON', 'feeds.json/', 'feeds/', 'feeds.json/?x=1']) {
      assert.equal((await get(`/channels/${id}/${path}`)).text, expected, path);
    }
  });

  test('of a field carries that field alone and all labels', async () => {
    const { id } = await filled(TIMES.slice(0, 1));
    for (const path of ['fields/2', 'field/2', 'fields/field2.json', 'field/2.json']) {
      const { text } = await get(`/channels/${id}/${path}`);
      assert.match(text, /"field1":"one","field2":"two"/);
      assert.match(text, /"feeds":\[\{"created_at":"2026-11-20T06:00:00Z","entry_id":1,"field2":null\}\]/);
    }
    assert.match((await get(`/channels/${id}/fields/12.json`)).text, /"entry_id":1,"field1":"a","field2":null/);
  });

  test('has location and status on request', async () => {
    const made = await channel({ field2: '' });
    await update(made, { field1: 'a', latitude: '1.5', longitude: '2', elevation: '3', status: 'fine' });
    const url = `/channels/${made.id}/feeds.json`;
    const place = '"latitude":"1.5","longitude":"2","elevation":"3"';
    assert.match((await get(`${url}?location=true`)).text, new RegExp(`"field1":"a",${place}\\}`));
    assert.match((await get(`${url}?status=TRUE`)).text, /"field1":"a","status":"fine"\}/);
    assert.match(
      (await get(`${url}?location=True&status=true`)).text,
      new RegExp(`"field1":"a",${place},"status":"fine"\\}`),
    );
  });

  test('never holds a number where a value is, and escapes what JSON must', async () => {
    const made = await channel({ field2: '' });
    const value = '<script>"\\ \n   é\u{1F600}';
    await update(made, { field1: value });
    const { feeds } = JSON.parse((await get(`/channels/${made.id}/feeds.json`)).text) as {
      feeds: { field1: unknown }[];
    };
    assert.equal(feeds[0]?.field1, value);
  });
});

describe('a CSV feed', () => {
  test('has a line of names, a line an entry and no blank line', async () => {
    const made = await channel();
    await update(made, { field1: 'a,b', field2: 'say "hi"', created_at: '2018-01-26 20:35:15' });
    await update(made, { field1: '', created_at: '2018-01-26 20:35:16' });
    await update(made, { field1: 'two\nlines', field2: 'ü', created_at: '2018-01-26 20:35:17' });
    const reply = await get(`/channels/${made.id}/feeds.csv`);
    assert.equal(reply.type, 'text/csv; charset=utf-8');
    assert.equal(
      reply.text,
      'created_at,entry_id,field1,field2\n' +
        '2018-01-26 20:35:15 UTC,1,"a,b","say ""hi"""\n' +
        '2018-01-26 20:35:16 UTC,2,"",\n' +
        '2018-01-26 20:35:17 UTC,3,"two\nlines",ü\n',
    );
  });

  test('of a field, as the article reads it, has that field in its third column', async () => {
    const { id } = await filled(TIMES.slice(0, 2));
    assert.equal(
      (await get(`/channels/${id}/field/1.csv`)).text,
      'created_at,entry_id,field1\n2026-11-20 06:00:00 UTC,1,a\n2026-11-22 06:00:00 UTC,2,b\n',
    );
  });

  test('of an empty channel is the line of names', async () => {
    const { id } = await channel();
    assert.equal(
      (await get(`/channels/${id}/feeds.CSV?status=true`)).text,
      'created_at,entry_id,field1,field2,status\n',
    );
  });
});

describe('which entries', () => {
  test('the newest 100 of any age when nothing is asked for', async () => {
    const made = await channel();
    const updates = Array.from({ length: 105 }, () => ({ created_at: '2001-01-01 00:00:00', field1: 'a' }));
    await request('POST', `/channels/${made.id}/bulk_update.json`, { json: { write_api_key: made.write, updates } });
    const url = `/channels/${made.id}/feeds.json`;
    assert.deepEqual(
      await ids(url),
      Array.from({ length: 100 }, (_, index) => index + 6),
    );
    assert.equal((await ids(`${url}?results=8000`)).length, 105);
    assert.equal((await ids(`${url}?results=99999999999999999999`)).length, 105);
    assert.equal((await ids(`${url}?start=2000-01-01`)).length, 105);
    assert.equal((await ids(`${url}?end=2030-01-01`)).length, 105);
    assert.equal((await ids(`${url}?start_entry_id=1`)).length, 105);
    assert.equal((await ids(`${url}?days=99999`)).length, 105);
    assert.equal((await ids(`${url}?minutes=99999999`)).length, 100);
  });

  test('results: the newest, none for 0, for what is no number and for less', async () => {
    const { id } = await filled(TIMES);
    const url = `/channels/${id}/feeds.json`;
    assert.deepEqual(await ids(`${url}?results=2`), [3, 4]);
    for (const results of ['0', 'abc', '-1']) assert.deepEqual(await ids(`${url}?results=${results}`), [], results);
    assert.match((await get(`${url}?results=0`)).text, /"last_entry_id":4\},"feeds":\[\]\}$/);
  });

  test('order is by time, not by number', async () => {
    const { id } = await filled([...TIMES].toReversed());
    assert.deepEqual(await ids(`/channels/${id}/feeds.json`), [4, 3, 2, 1]);
    assert.deepEqual(await ids(`/channels/${id}/feeds.json?results=1`), [1]);
  });

  test('days and minutes count back from now, minutes win', async () => {
    const { id } = await filled(TIMES);
    const url = `/channels/${id}/feeds.json`;
    assert.deepEqual(await ids(`${url}?days=1`), [3, 4]);
    assert.deepEqual(await ids(`${url}?days=2`), [2, 3, 4]);
    assert.deepEqual(await ids(`${url}?days=2&minutes=2`), [4]);
  });

  test('start and end are inclusive, start wins over days, the newest win', async () => {
    const { id } = await filled(TIMES);
    const url = `/channels/${id}/feeds.json`;
    assert.deepEqual(await ids(`${url}?start=2026-11-22%2006:00:00&end=2026-11-23T07:00:00Z`), [2, 3]);
    assert.deepEqual(await ids(`${url}?start=2026-11-22%2006:00:01`), [3, 4]);
    assert.deepEqual(await ids(`${url}?start=2026-11-01&days=1`), [1, 2, 3, 4]);
    assert.deepEqual(await ids(`${url}?end=2026-11-23&results=1`), [2]);
    assert.deepEqual(
      await ids(`${url}?start=2026-11-22%2001:00:00&end=2026-11-22%2001:00:00&timezone=America/New_York`),
      [2],
    );
  });

  test('a start that is no time is said', async () => {
    const { id } = await channel();
    const reply = await get(`/channels/${id}/feeds.json?start=noon`);
    assert.equal(reply.status, 400);
    assert.match(reply.text, /start is not a time/);
  });

  test('a range of numbers', async () => {
    const { id } = await filled(TIMES);
    const url = `/channels/${id}/feeds.json`;
    assert.deepEqual(await ids(`${url}?start_entry_id=2&end_entry_id=3`), [2, 3]);
    assert.deepEqual(await ids(`${url}?start_entry_id=3`), [3, 4]);
    assert.deepEqual(await ids(`${url}?end_entry_id=2`), [1, 2]);
    assert.deepEqual(await ids(`${url}?start_entry_id=2&end_entry_id=99999999999999999999`), [2, 3, 4]);
    assert.deepEqual(await ids(`${url}?start_entry_id=-5&end_entry_id=-1`), []);
  });
});

describe('what is done to values', () => {
  const numbers = async (): Promise<TestChannel> => {
    const made = await channel();
    for (const value of ['1', '2.55', '3,5', 'text', '.5', '1e5']) await update(made, { field1: value });
    return made;
  };

  test('min and max drop entries whose numbers lie beyond, and pass what is no number', async () => {
    const { id } = await numbers();
    assert.deepEqual(await ids(`/channels/${id}/feeds.json?min=2`), [2, 3, 4, 5, 6]);
    assert.deepEqual(await ids(`/channels/${id}/feeds.json?min=2&max=3`), [2, 4, 5, 6]);
  });

  test('round gives every number so many decimals', async () => {
    const { id } = await numbers();
    const { text } = await get(`/channels/${id}/fields/1.csv?round=1`);
    assert.deepEqual(
      text
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(/,(.*)/s)[1]?.split(/,(.*)/s)[1]),
      ['1.0', '2.5', '"3,5"', 'text', '.5', '1e5'],
    );
  });

  test('timezone and offset show in JSON and CSV', async () => {
    const { id } = await filled(['2016-11-22 12:20:00']);
    const url = `/channels/${id}/feeds`;
    assert.match(
      (await get(`${url}.json?timezone=America/New_York`)).text,
      /"created_at":"2016-11-22T07:20:00-05:00","entry_id"/,
    );
    assert.match((await get(`${url}.csv?timezone=America/New_York`)).text, /\n2016-11-22 07:20:00 -0500,1,/);
    assert.match((await get(`${url}.csv?offset=-5`)).text, /\n2016-11-22 07:20:00 -0500,1,/);
    assert.match(
      (await get(`${url}.json?timezone=Europe/London`)).text,
      /"created_at":"2016-11-22T12:20:00\+00:00","entry_id"/,
    );
    for (const unknown of [
      'timezone=Mars/Olympus',
      'timezone=america/new_york',
      'timezone=%2B05:30',
      'offset=0',
      'offset=99',
    ]) {
      assert.match((await get(`${url}.csv?${unknown}`)).text, /\n2016-11-22 12:20:00 UTC,1,/, unknown);
    }
  });
});

describe('who may read', () => {
  test('a private channel says -1 with 400, in any form, and to a foreign key', async () => {
    const { id } = await channel({ public_flag: 'false' });
    const other = await channel();
    for (const path of [
      'feeds',
      'feeds.json',
      'feeds.csv',
      'fields/1.csv',
      'feeds/last.txt',
      'fields/1/last',
      'feeds/1.json',
      'feeds/last_data_age.json',
      'feeds.json?after=0&wait=50',
    ]) {
      for (const headers of [{}, { thingspeakapikey: other.write }]) {
        const reply = await get(`/channels/${id}/${path}`, headers);
        assert.deepEqual([reply.status, reply.text], [400, '-1'], path);
      }
    }
    assert.equal((await get(`/channels/${id}/feeds.json`)).type, 'application/json; charset=utf-8');
  });

  test('the read key and the write key both read, from a header or the address', async () => {
    const { id, read, write } = await channel({ public_flag: 'false' });
    for (const key of [read, write]) {
      assert.equal((await get(`/channels/${id}/feeds.json?api_key=${key}`)).status, 200);
      assert.equal((await get(`/channels/${id}/feeds.json`, { 'x-thingspeakapikey': key })).status, 200);
    }
  });

  test('a wrong key on a public channel is passed over', async () => {
    const { id } = await channel();
    assert.equal((await get(`/channels/${id}/feeds.json?api_key=WRONG`)).status, 200);
  });

  test('an unknown channel is 404 with an error object', async () => {
    const reply = await get('/channels/999999/feeds.json');
    assert.equal(reply.status, 404);
    assert.equal(
      reply.text,
      '{"status":"404","error":{"error_code":"error_resource_not_found","message":"Resource Not Found","details":"There is no such channel."}}',
    );
    assert.deepEqual((await get('/channels/999999/feeds.csv')).text, 'error_resource_not_found');
  });

  test('a channel number that is none is 404', async () => {
    const { id } = await channel();
    const paths = [
      '1e3',
      '0x1',
      '-1',
      `0${id}`,
      `${id}.0`,
      '99999999999999999999',
      `${id}%2Ffeeds`,
      '%00',
      '..',
      ' 1',
      '1%20',
      '٣',
    ];
    for (const path of paths) assert.equal((await get(`/channels/${path}/feeds.json`)).status, 404, path);
  });
});

test('the relay looks at its own clock', async () => {
  const { id } = await filled(TIMES);
  relay.clock.ms = SIX + 86_400_000;
  assert.deepEqual(await ids(`/channels/${id}/feeds.json?days=1`), []);
  relay.clock.ms = SIX;
});
