import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tokenShape } from './support/token-shape.ts';
import { relayInProcess } from './support/in-process.ts';

const relay = await relayInProcess();
const { request, get, channel } = relay;
const KEY_HEADERS = ['thingspeakapikey', 'x-thingspeakapikey', 'x_thingspeakapikey'];

describe('POST and GET /update', () => {
  test('answers the entry number as text and nothing else', async () => {
    const { write } = await channel();
    const reply = await get(`/update?api_key=${write}&field1=hello`);
    assert.deepEqual([reply.status, reply.type, reply.text], [200, 'text/plain; charset=utf-8', '1']);
    assert.equal((await get(`/update?api_key=${write}&field1=hello`)).text, '2');
  });

  test("takes the article's b'…' as it stands in the address", async () => {
    const { id, write } = await channel();
    const token = `b'${tokenShape()}'`;
    assert.equal((await get(`/update?api_key=${write}&field1=${token}`)).text, '1');
    assert.equal((await get(`/channels/${id}/fields/1/last`)).text, token);
  });

  test('takes a form, JSON, multipart and an empty POST with a query', async () => {
    const { id, write } = await channel();
    const multipart = `--x\r\nContent-Disposition: form-data; name="field1"\r\n\r\nthree\r\n--x--\r\n`;
    await request('POST', '/update', { form: { api_key: write, field1: 'one' } });
    await request('POST', '/update', { json: { api_key: write, field1: 'two' } });
    const headers = { 'content-type': 'multipart/form-data; boundary=x', thingspeakapikey: write };
    await request('POST', '/update', { body: multipart, headers });
    await request('POST', `/update?api_key=${write}&field1=four`);
    const csv = await get(`/channels/${id}/fields/1.csv`);
    assert.deepEqual(
      csv.text
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',')[2]),
      ['one', 'two', 'three', 'four'],
    );
  });

  test('takes a body without a type as a form, with raw blanks and raw percent signs', async () => {
    const { id, write } = await channel();
    const body = `api_key=${write}&field1=5 % of 100% ü&headers=false`;
    assert.equal((await request('POST', '/update', { body })).text, '1');
    assert.equal((await get(`/channels/${id}/fields/1/last`)).text, '5 % of 100% ü');
  });

  test('takes the key from any header that is named after it, and the header wins', async () => {
    const { write } = await channel();
    for (const [index, name] of KEY_HEADERS.entries()) {
      const reply = await request('POST', '/update', {
        form: { api_key: 'WRONG', field1: 'a' },
        headers: { [name]: ` ${write} ` },
      });
      assert.equal(reply.text, String(index + 1));
    }
  });

  test('takes the key as key, api_key or apikey', async () => {
    const { write } = await channel();
    for (const [index, name] of ['key', 'api_key', 'apikey'].entries()) {
      assert.equal((await get(`/update?${name}=${write}`)).text, String(index + 1));
    }
  });

  test('takes the other spellings of the path', async () => {
    const { write } = await channel();
    const paths = ['/update/', '/s/update', '/update.TXT', '/update.text/', 'http://api.thingspeak.com/update'];
    for (const [index, path] of paths.entries()) {
      assert.equal((await get(`${path}?api_key=${write}`)).text, String(index + 1), path);
    }
  });

  test('answers JSON with all eight fields in order', async () => {
    const { id, write } = await channel();
    const form = { api_key: write, field2: 'b"', lat: '1.5', longitude: '2', long: '9', elevation: '', status: 'ok' };
    const reply = await request('POST', '/update.json', { form });
    assert.deepEqual([reply.status, reply.type], [200, 'application/json; charset=utf-8']);
    assert.equal(
      reply.text,
      `{"channel_id":${id},"created_at":"2026-11-24T06:00:00Z","entry_id":1,"field1":null,"field2":"b\\"","field3":null,` +
        '"field4":null,"field5":null,"field6":null,"field7":null,"field8":null,"latitude":"1.5","longitude":"2",' +
        '"elevation":"","status":"ok"}',
    );
  });

  test('answers JSON to a single-valued Accept, and text to a list', async () => {
    const { write } = await channel();
    assert.match((await get(`/update?api_key=${write}`, { accept: 'application/json' })).text, /^\{"channel_id"/);
    assert.equal((await get(`/update?api_key=${write}`, { accept: 'application/json, text/plain' })).text, '2');
    assert.equal((await get(`/update?api_key=${write}`, { accept: '*/*' })).text, '3');
    assert.equal((await get(`/update?api_key=${write}`, { accept: 'text/plain' })).text, '4');
  });

  test('echoes a JSON number as a number and stores it as it was written', async () => {
    const { id, write } = await channel();
    const json = `{"api_key":"${write}","field1":24.9,"field2":12345678901234567890}`;
    const reply = await request('POST', '/update.json', { json });
    assert.match(reply.text, /"field1":24\.9,"field2":12345678901234567890,/);
    const feed = await get(`/channels/${id}/feeds/last.json`);
    assert.match(feed.text, /"field1":"24\.9","field2":"12345678901234567890"/);
  });

  test('stores true, false and null as ThingSpeak would, and refuses a list', async () => {
    const { id, write } = await channel();
    await request('POST', '/update', { json: { api_key: write, field1: true, field2: null } });
    assert.match((await get(`/channels/${id}/feeds/last.json`)).text, /"field1":"true","field2":null/);
    const reply = await request('POST', '/update.json', { json: { api_key: write, field1: [1] } });
    assert.equal(reply.status, 400);
    assert.match(reply.text, /field1 must be one value/);
  });

  test('stores an entry without any field', async () => {
    const { write } = await channel();
    assert.equal((await get(`/update?api_key=${write}&wrong=1`)).text, '1');
  });

  test('tells an empty value from an absent one', async () => {
    const { id, write } = await channel();
    await get(`/update?api_key=${write}&field1=`);
    assert.match((await get(`/channels/${id}/feeds/last.json`)).text, /"field1":"","field2":null\}/);
  });

  test('takes bare field numbers, and the full name wins', async () => {
    const { id, write } = await channel();
    await get(`/update?api_key=${write}&1=a&2=b&field2=c`);
    assert.match((await get(`/channels/${id}/feeds/last.json`)).text, /"field1":"a","field2":"c"/);
  });

  test('keeps names that are special in JavaScript harmless', async () => {
    const { id, write } = await channel();
    const json = `{"__proto__":{"field1":"x"},"constructor":"y","api_key":"${write}","field2":"b"}`;
    assert.equal((await request('POST', '/update', { json })).text, '1');
    assert.equal((await get(`/update?api_key=${write}&__proto__=1&hasOwnProperty=2&toString=3&field1=a`)).text, '2');
    assert.match((await get(`/channels/${id}/feeds.json`)).text, /"field1":null,"field2":"b"/);
  });

  test('of a name that stands twice the last one counts', async () => {
    const { id, write } = await channel();
    await get(`/update?api_key=${write}&field1=a&field1=b`);
    await request('POST', '/update', { json: `{"api_key":"${write}","field1":"c","field1":"d"}` });
    assert.match((await get(`/channels/${id}/fields/1.csv`)).text, /,b\n.*,d\n$/s);
  });

  test('created_at is read loosely, in the time zone that is named', async () => {
    const { write } = await channel();
    const times: [string, string][] = [
      ['created_at=2011-11-11 10:10:10', '2011-11-11T10:10:10Z'],
      ['created_at=2011-11-11T10:10:10Z', '2011-11-11T10:10:10Z'],
      ['created_at=2011-11-11 10:10:10 +05:30', '2011-11-11T04:40:10Z'],
      ['created_at=2011-11-11 10:10:10-05', '2011-11-11T15:10:10Z'],
      ['created_at=2011-07-11 10:10:10&timezone=America/New_York', '2011-07-11T10:10:10-04:00'],
      ['created_at=2011-01-11 10:10:10&offset=-5', '2011-01-11T10:10:10-05:00'],
    ];
    for (const [query, time] of times) {
      const reply = await get(`/update.json?api_key=${write}&${query}`);
      assert.match(reply.text, new RegExp(`"created_at":"${time.replace('+', '\\+')}"`), query);
    }
  });

  test('a created_at that is no time is passed over', async () => {
    const { write } = await channel();
    const reply = await get(`/update.json?api_key=${write}&created_at=yesterday`);
    assert.match(reply.text, /"created_at":"2026-11-24T06:00:00Z"/);
  });
});

describe('/update refuses', () => {
  test('a missing, wrong or read key with 400 and 0, in text and JSON', async () => {
    const { read } = await channel();
    for (const key of ['', 'WRONGWRONGWRONG1', read]) {
      const text = await get(`/update?api_key=${key}&field1=a`);
      assert.deepEqual([text.status, text.type, text.text], [400, 'text/plain; charset=utf-8', '0']);
      const json = await get(`/update.json?api_key=${key}&field1=a`);
      assert.deepEqual([json.status, json.type, json.text], [400, 'application/json; charset=utf-8', '0']);
    }
  });

  test('a field that is too long, and stores nothing of it', async () => {
    const { id, write } = await channel();
    const form = { api_key: write, field1: 'fits', field2: 'ü'.repeat(32_769) };
    const text = await request('POST', '/update', { form });
    assert.deepEqual([text.status, text.text], [400, '0']);
    const json = await request('POST', '/update.json', { form });
    assert.equal(json.status, 400);
    assert.equal(
      json.text,
      '{"status":"400","error":{"error_code":"error_bad_request","message":"Bad Request",' +
        '"details":"field2 is too long: at most 65536 bytes. Nothing was stored."}}',
    );
    assert.match((await get(`/channels/${id}/feeds.json`)).text, /"last_entry_id":null/);
    assert.equal((await request('POST', '/update', { form: { ...form, field2: 'ü'.repeat(32_768) } })).text, '1');
  });

  test('bytes that are not UTF-8 with 422, from a query, a form, JSON and multipart', async () => {
    const { write } = await channel();
    const invalid = Buffer.concat([Buffer.from(`api_key=${write}&field1=`), Buffer.from([0xff, 0xfe])]);
    const json = Buffer.concat([
      Buffer.from(`{"api_key":"${write}","field1":"`),
      Buffer.from([0xc3]),
      Buffer.from('"}'),
    ]);
    const replies = [
      await get(`/update.json?api_key=${write}&field1=%ff`),
      await get(`/update.json?api_key=${write}&field1=%ed%a0%80`),
      await request('POST', '/update.json', { body: invalid }),
      await request('POST', '/update.json', { body: json, headers: { 'content-type': 'application/json' } }),
    ];
    for (const reply of replies) {
      assert.equal(reply.status, 422);
      assert.match(reply.text, /"error_code":"error_invalid_byte_sequence"/);
    }
    assert.equal((await get(`/update?api_key=${write}&field1=%ff`)).text, '0');
  });

  test('half a surrogate pair and NUL with 422: no database keeps them as they are', async () => {
    const { write } = await channel();
    for (const json of [`{"api_key":"${write}","field1":"\\ud800"}`, `{"api_key":"${write}","field1":"a\\u0000b"}`]) {
      assert.equal((await request('POST', '/update.json', { json })).status, 422);
    }
    assert.equal((await get(`/update.json?api_key=${write}&status=a%00`)).status, 422);
  });

  test('JSON that is none, or nests without end', async () => {
    const bodies = [
      '{',
      '[]',
      '"a"',
      '5',
      'null',
      '['.repeat(100_000),
      `{"a":${'['.repeat(100_000)}`,
      '{"a":1,"b":'.repeat(50_000),
    ];
    for (const json of bodies) {
      const reply = await request('POST', '/update.json', { json });
      assert.equal(reply.status, 400, json.slice(0, 20));
    }
  });

  test('more parameters than anybody needs', async () => {
    const many = Array.from({ length: 300 }, (_, index) => `p${index}=1`).join('&');
    assert.equal((await get(`/update.json?${many}`)).status, 400);
  });

  test('XML and CSV, and stores nothing', async () => {
    const { id, write } = await channel();
    for (const extension of ['xml', 'csv']) {
      const reply = await get(`/update.${extension}?api_key=${write}&field1=a`);
      assert.equal(reply.status, 400);
      assert.match(reply.text, /"details":"[^"]*not supported/);
    }
    assert.equal((await get(`/update?api_key=${write}&field1=a`, { accept: 'application/xml' })).status, 400);
    assert.match((await get(`/channels/${id}/feeds.json`)).text, /"last_entry_id":null/);
  });

  test('other methods with 405 and the list of those it takes', async () => {
    const reply = await request('PUT', '/update');
    assert.equal(reply.status, 405);
    assert.equal(reply.headers['allow'], 'GET, POST, OPTIONS');
    assert.equal((await request('HEAD', '/update')).status, 405, 'HEAD must not write');
  });
});

test('the owner is told of each stored entry: number, size and whether it is sealed, not what it says', async () => {
  const { id, write } = await channel();
  relay.stored.length = 0;
  await get(`/update?api_key=${write}&field1=hello&field2=you`);
  assert.deepEqual(relay.stored, [{ channel: id, entry: 1, characters: 8, sealed: false }]);
});
