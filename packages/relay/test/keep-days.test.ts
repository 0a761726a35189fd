import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createChannel, temporaryFolder } from '@fernspeak/test';
import { startRelay } from '@fernspeak/relay';
import { relayInProcess } from './support/in-process.ts';

const DAY_MS = 86_400_000;
const relay = await relayInProcess();

describe('keep_days of a channel', () => {
  test('is chosen when it is made, and told to whoever asks', async () => {
    const { id } = await relay.channel({ keep_days: '30' });
    const { text } = await relay.get(`/channels/${id}.json`);
    assert.match(text, /"sealed":false,"keepDays":30\}\}$/);
  });

  test("what is told is the relay's time where that is shorter", async () => {
    const week = await relayInProcess({ keepMs: 7 * DAY_MS });
    for (const [asked, told] of [
      ['30', 7],
      ['3', 3],
      ['', 7],
    ] as const) {
      const { id } = await week.channel({ keep_days: asked });
      assert.match((await week.get(`/channels/${id}.json`)).text, new RegExp(`"keepDays":${told}\\}\\}$`));
    }
  });

  test('does not change later', async () => {
    const { id } = await relay.channel();
    const { status, text } = await relay.request('PUT', `/channels/${id}.json`, { form: { keep_days: '5' } });
    assert.equal(status, 400);
    assert.match(text, /keep_days is chosen when a channel is made\./);
  });

  for (const bad of ['0', '-1', '1.5', '36501', 'ever', '1e3', ' 5']) {
    test(`${JSON.stringify(bad)} is refused`, async () => {
      const { status, text } = await relay.request('POST', '/channels.json', { form: { keep_days: bad } });
      assert.equal(status, 400);
      assert.match(text, /keep_days is a whole number from 1 to 36500\./);
    });
  }
});

test(
  'a relay that keeps everything removes what such a channel no longer keeps, and nothing else',
  { timeout: 60_000 },
  async (t) => {
    const data = temporaryFolder(t);
    const begun = Date.now();
    const first = await startRelay({ port: 0, data, now: () => begun });
    const [short, long] = [await createChannel(first.url, { keep_days: '1' }), await createChannel(first.url)];
    for (const { writeKey } of [short, long]) {
      const answer = await fetch(`${first.url}/update?api_key=${writeKey}&field1=hello`);
      assert.equal(await answer.text(), '1');
    }
    await first.close();
    const later = await startRelay({ port: 0, data, now: () => begun + 2 * DAY_MS });
    t.after(() => later.close());
    const feeds = async (id: number): Promise<unknown[]> => {
      const answer = await fetch(`${later.url}/channels/${id}/feeds.json`);
      return ((await answer.json()) as { feeds: unknown[] }).feeds;
    };
    // the first look is at once; an update comes after it in the store's order
    while ((await feeds(short.id)).length > 0) await fetch(`${later.url}/update?api_key=${long.writeKey}&field1=again`);
    assert.ok((await feeds(long.id)).length > 0);
  },
);
