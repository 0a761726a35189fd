// kill -9 of the relay in the middle of 1,000 parallel updates: every answered entry is there after the restart, with
// what was written, and the numbers have no holes.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { createChannel, startRelayProcess, temporaryFolder, type NewChannel } from '@fernspeak/test';

const UPDATES = 1000;
const ROUNDS = 20;

/** One update; gives the answered number, or null when the connection broke first. */
function update(agent: Agent, url: string, { writeKey }: NewChannel, value: string): Promise<number | null> {
  return new Promise((resolve) => {
    const request = get(`${url}/update?api_key=${writeKey}&field1=${value}`, { agent }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('error', () => resolve(null));
      // half an answer is no answer
      response.on('close', () => resolve(response.complete && /^[1-9]\d*$/.test(text) ? Number(text) : null));
    });
    request.on('error', () => resolve(null));
  });
}

interface Stored {
  entry_id: number;
  field1: string;
}

async function readAll(address: string): Promise<Stored[]> {
  const all: Stored[] = [];
  for (;;) {
    const answer = await fetch(`${address}/feeds.json?after=${all.length}`);
    const { feeds } = (await answer.json()) as { feeds: Stored[] };
    if (feeds.length === 0) return all;
    all.push(...feeds);
  }
}

test(`kill -9 in the middle of ${UPDATES} parallel updates, ${ROUNDS} times over, loses nothing that was answered`, async (t) => {
  const data = join(temporaryFolder(t), 'data');
  let interrupted = 0;
  let relay = await startRelayProcess(t, data);
  for (let round = 0; round < ROUNDS; round++) {
    const victim = relay;
    const channel = await createChannel(victim.url);
    const agent = new Agent({ keepAlive: true });
    const answered = new Map<number, string>();
    // another moment in each round: soon after the first answer, …, shortly before the last one
    const killAt = 1 + Math.floor((round / ROUNDS) * (UPDATES - 1));
    const ended = once(victim.process, 'close');
    await Promise.all(
      Array.from({ length: UPDATES }, async (_, index) => {
        const value = `${round}-${index}`;
        const entry = await update(agent, victim.url, channel, value);
        if (entry === null) return;
        assert.ok(!answered.has(entry), `${entry} was answered twice`);
        answered.set(entry, value);
        if (answered.size === killAt) victim.process.kill('SIGKILL');
      }),
    );
    await ended;
    agent.destroy();
    assert.ok(answered.size >= killAt);
    if (answered.size < UPDATES) interrupted++;

    relay = await startRelayProcess(t, data);
    const stored = await readAll(`${relay.url}/channels/${channel.id}`);
    assert.deepEqual(
      stored.map((entry) => entry.entry_id),
      stored.map((_, index) => index + 1),
      'numbers have no holes',
    );
    for (const [entry, value] of answered) assert.equal(stored[entry - 1]?.field1, value, `entry ${entry}`);
    assert.equal(new Set(stored.map(({ field1 }) => field1)).size, stored.length, 'nothing is there twice');
  }
  assert.equal(await relay.stop(), 0);
  assert.ok(interrupted >= ROUNDS / 2, `only ${interrupted} of ${ROUNDS} kills came before the last answer`);
});
