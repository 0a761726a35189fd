import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Buckets, groupOf } from '../src/http/rates.ts';
import { BUCKETS, BURST_SECONDS } from '../src/limits.ts';
import { relayInProcess, SIX, type InProcessRelay, type Reply } from './support/in-process.ts';

/** Asks until it is refused. */
async function untilRefused(ask: () => Promise<Reply>): Promise<{ answered: number; refused: Reply }> {
  for (let answered = 0; ; answered++) {
    const reply = await ask();
    if (reply.status === 429) return { answered, refused: reply };
    assert.ok(answered < 1000, 'it is refused at some time');
  }
}

function from(relay: InProcessRelay, address: string): () => Promise<Reply> {
  return () => relay.request('GET', '/healthz', { address });
}

describe('--address-rate', () => {
  test('refuses what is too much with the error object, and lets in again what comes later', async () => {
    const relay = await relayInProcess({ addressRate: 2 });
    const ask = from(relay, '192.0.2.1');
    const { answered, refused } = await untilRefused(ask);
    assert.equal(answered, 2 * BURST_SECONDS);
    assert.equal(refused.headers['retry-after'], '1');
    assert.deepEqual(JSON.parse(refused.text), {
      status: '429',
      error: {
        error_code: 'error_too_many_requests',
        message: 'Too Many Requests',
        details: 'Too many requests from this address (--address-rate).',
      },
    });
    relay.clock.ms += 500;
    assert.equal((await ask()).status, 200);
    assert.equal((await ask()).status, 429);
    relay.clock.ms += 3_600_000;
    assert.equal((await untilRefused(ask)).answered, 2 * BURST_SECONDS, 'no more than a bucket is saved up');
  });

  test('addresses have buckets of their own, loopback has none', async () => {
    const relay = await relayInProcess({ addressRate: 1 });
    await untilRefused(from(relay, '192.0.2.1'));
    assert.equal((await from(relay, '192.0.2.2')()).status, 200);
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      for (let count = 0; count < 50; count++) assert.equal((await from(relay, address)()).status, 200);
    }
  });

  test('an IPv6 /64 is one address', async () => {
    const relay = await relayInProcess({ addressRate: 1 });
    await untilRefused(from(relay, '2001:db8:1:2::1'));
    assert.equal((await from(relay, '2001:db8:1:2:ffff::9')()).status, 429);
    assert.equal((await from(relay, '2001:db8:1:3::1')()).status, 200);
    assert.deepEqual(
      ['::ffff:192.0.2.7', '192.0.2.7', '2001:db8::1', 'fe80::1%eth0', '1::2:3:4:5:6:7', '1:2:3:4:5:6:7:8'].map(
        groupOf,
      ),
      ['192.0.2.7', '192.0.2.7', '2001:db8:0:0', 'fe80:0:0:0', '1:0:2:3', '1:2:3:4'],
    );
  });
});

describe('--key-rate', () => {
  test('limits one key, wherever it comes from and however it is given', async () => {
    const relay = await relayInProcess({ keyRate: 1 });
    const { id, write, read } = await relay.channel();
    const { answered, refused } = await untilRefused(() => relay.get(`/channels/${id}/feeds.json?api_key=${write}`));
    assert.equal(answered, BURST_SECONDS);
    assert.match(refused.text, /--key-rate/);
    assert.ok(!refused.text.includes(write));
    const updated = await relay.request('POST', '/update', {
      headers: { thingspeakapikey: write },
      form: { field1: 'a' },
    });
    assert.deepEqual([updated.status, updated.text], [429, '0']);
    assert.equal((await relay.get(`/channels/${id}/feeds.json?api_key=${read}`)).status, 200);
    assert.equal((await relay.get(`/channels/${id}/feeds.json`)).status, 200);
  });

  test('is off unless asked for', async () => {
    const relay = await relayInProcess();
    const { id, read } = await relay.channel();
    for (let count = 0; count < 1000; count++) {
      assert.equal((await relay.get(`/channels/${id}/feeds.json?results=0&api_key=${read}`)).status, 200);
    }
  });
});

describe('buckets', () => {
  test('a clock that is set back does not close one for long', () => {
    const buckets = new Buckets(1);
    for (let count = 0; count < BURST_SECONDS; count++) assert.equal(buckets.take('a', SIX), 0);
    assert.ok(buckets.take('a', SIX - 3_600_000) <= 1000);
  });

  test('are no more than so many, and the ones in use stay', () => {
    const buckets = new Buckets(1);
    for (let count = 0; count < BURST_SECONDS; count++) buckets.take('busy', SIX);
    for (let name = 0; name < BUCKETS - 1; name++) buckets.take(String(name), SIX);
    assert.ok(buckets.take('busy', SIX) > 0);
    for (let name = 0; name < BUCKETS; name++) buckets.take(`more ${name}`, SIX);
    assert.equal(buckets.take('busy', SIX), 0, 'it was forgotten');
  });
});

test('--channels: a relay that has them all says so', async () => {
  const relay = await relayInProcess({ channels: 1 });
  await relay.channel();
  const refused = await relay.request('POST', '/channels.json', { form: {} });
  assert.equal(refused.status, 409);
  assert.match(refused.text, /its 1 channels \(--channels\)/);
});
