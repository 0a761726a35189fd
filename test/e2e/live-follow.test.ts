// A follower over the live stream, through everything that can happen to it: real relays, killed and started again, and a
// proxy in between that cuts, freezes and holds back. It must get every entry once, in order.
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isChannelError, openHttpChannel, type Channel, type ChannelError, type Unreachable } from '@fernspeak/channel';
import {
  createChannel,
  startCuttingProxy,
  startRelayProcess,
  temporaryFolder,
  type CuttingProxy,
  type NewChannel,
  type RunningRelay,
} from '@fernspeak/test';

/** Heartbeats come this often, and their absence is noticed after so long: as in real life, but faster. */
const HEARTBEAT = ['--heartbeat', '0.2'];
const SILENCE_MS = 1_500;
/** Longest wait of a test for an entry. */
const PATIENCE_MS = 60_000;

interface Scene {
  readonly data: string;
  readonly relay: RunningRelay;
  readonly channel: NewChannel;
  readonly proxy: CuttingProxy;
}

async function scene(t: TestContext): Promise<Scene> {
  const data = temporaryFolder(t);
  const relay = await startRelayProcess(t, data, HEARTBEAT);
  const channel = await createChannel(relay.url);
  return { data, relay, channel, proxy: await startCuttingProxy(t, portOf(relay)) };
}

function portOf({ url }: RunningRelay): number {
  return Number(new URL(url).port);
}

/** What a follower by way of the proxy gets. */
interface Following {
  readonly ids: number[];
  readonly troubles: ChannelError[];
  readonly gaps: Unreachable[];
  /** Ways in which it asked: `live` or `poll`. */
  readonly asked: string[];
  /** Returns once it has this entry. */
  has(entry: number): Promise<void>;
}

function following(t: TestContext, { channel, proxy }: Pick<Scene, 'channel' | 'proxy'>): Following {
  const asked: string[] = [];
  const watched: typeof fetch = (input, init) => {
    const url = input instanceof Request ? input.url : input.toString();
    if (url.includes('/feeds/live')) asked.push('live');
    if (url.includes('wait=')) asked.push('poll');
    return fetch(input, init);
  };
  const follower = openHttpChannel({
    address: `http://127.0.0.1:${proxy.port}/channels/${channel.id}`,
    silenceMs: SILENCE_MS,
    fetch: watched,
  });
  const [ids, troubles, gaps]: [number[], ChannelError[], Unreachable[]] = [[], [], []];
  let failed: unknown = null;
  const options = {
    onTrouble: (error: ChannelError) => troubles.push(error),
    onUnreachable: (gap: Unreachable) => gaps.push(gap),
  };
  const done = (async () => {
    for await (const { id } of follower.follow(0, options)) ids.push(id);
  })().catch((error: unknown) => (failed = error));
  t.after(async () => {
    await follower.close();
    await done;
  });
  const has = async (entry: number): Promise<void> => {
    const deadline = performance.now() + PATIENCE_MS;
    while ((ids.at(-1) ?? 0) < entry) {
      if (failed !== null) throw failed;
      assert.ok(performance.now() < deadline, `entry ${entry} did not come; got ${ids.at(-1)}`);
      await sleep(5);
    }
  };
  return { ids, troubles, gaps, asked, has };
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

/** Writes straight to the relay, past the proxy. */
function writer(t: TestContext, { relay, channel }: Pick<Scene, 'relay' | 'channel'>): Channel {
  const address = `${relay.url}/channels/${channel.id}`;
  const opened = openHttpChannel({ address, writeKey: channel.writeKey });
  t.after(() => opened.close());
  return opened;
}

describe('a follower', () => {
  test('gets what is stored at once, over one stream', async (t) => {
    const all = await scene(t);
    const follower = following(t, all);
    const channel = writer(t, all);
    for (const id of upTo(50)) {
      await channel.append([[`${id}`]]);
      await follower.has(id);
    }
    await sleep(SILENCE_MS * 2); // heartbeats keep it
    await channel.append([['after a silence']]);
    await follower.has(51);
    assert.deepEqual(follower.ids, upTo(51));
    assert.deepEqual([follower.asked, follower.troubles], [['live'], []]);
  });

  test('loses and repeats nothing while its connections are cut and others write', async (t) => {
    const all = await scene(t);
    const follower = following(t, all);
    const channel = writer(t, all);
    let last = 0;
    for (let round = 0; round < 25; round++) {
      last = (await channel.append([[`${round}`]]))[0] ?? 0;
      await sleep(Math.random() * 60);
      if (round % 5 === 0) await follower.has(last); // there is a connection to cut
      all.proxy.cut();
      last = (await channel.append([[`${round} again`]]))[0] ?? 0;
    }
    await follower.has(last);
    assert.deepEqual(follower.ids, upTo(last));
    assert.ok(follower.troubles.length > 0 && all.proxy.connections() > 2);
  });

  test('loses and repeats nothing while the relay is killed and started again', async (t) => {
    const all = await scene(t);
    const follower = following(t, all);
    let { relay } = all;
    let last = 0;
    for (let round = 0; round < 6; round++) {
      const channel = writer(t, { ...all, relay });
      last = (await channel.append([[`${round}`]]))[0] ?? 0;
      if (round % 2 === 0) await follower.has(last);
      const append = channel.append([['while it dies']]).catch((error: unknown) => {
        assert.ok(isChannelError(error));
      });
      await relay.stop(round === 3 ? 'SIGTERM' : 'SIGKILL');
      await append;
      relay = await startRelayProcess(t, all.data, HEARTBEAT);
      all.proxy.leadTo(portOf(relay));
    }
    last = (await writer(t, { ...all, relay }).append([['the last one']]))[0] ?? 0;
    await follower.has(last);
    assert.deepEqual(follower.ids, upTo(last));
  });

  test('finds out by the missing heartbeat that its connection is half-open', async (t) => {
    const all = await scene(t);
    const follower = following(t, all);
    const channel = writer(t, all);
    await channel.append([['before']]);
    await follower.has(1);
    all.proxy.freeze(true);
    await channel.append([['while it hears nothing']]);
    const started = performance.now();
    while (follower.asked.length < 2) await sleep(10);
    const waited = performance.now() - started;
    assert.ok(waited > SILENCE_MS / 2 && waited < SILENCE_MS * 6, `${waited} ms`);
    assert.deepEqual(follower.ids, [1]);
    all.proxy.cut();
    all.proxy.freeze(false);
    await follower.has(2);
    await channel.append([['afterwards']]);
    await follower.has(3);
    assert.deepEqual(follower.ids, [1, 2, 3]);
  });

  test('takes the long poll where a proxy holds the stream back', async (t) => {
    const all = await scene(t);
    const channel = writer(t, all);
    await channel.append([['one']]);
    all.proxy.buffer(true);
    const follower = following(t, all);
    await follower.has(1);
    await channel.append([['two']]);
    await follower.has(2);
    assert.deepEqual(follower.ids, [1, 2]);
    assert.deepEqual(follower.asked.slice(0, 2), ['live', 'poll']);
    assert.deepEqual([follower.asked.lastIndexOf('live'), follower.troubles], [0, []]);
  });

  test('takes the long poll where the stream is cut early again and again', async (t) => {
    const all = await scene(t);
    const channel = writer(t, all);
    const follower = following(t, all);
    let last = 0;
    while (!follower.asked.includes('poll')) {
      last = (await channel.append([['x']]))[0] ?? 0;
      await follower.has(last);
      if (!follower.asked.includes('poll')) all.proxy.cut();
      await sleep(50);
    }
    last = (await channel.append([['x']]))[0] ?? 0;
    await follower.has(last);
    assert.deepEqual(follower.ids, upTo(last));
    assert.equal(follower.asked.indexOf('poll'), 3);
  });

  test('is told which entries a relay no longer keeps', async (t) => {
    const all = await scene(t);
    await writer(t, all).append(upTo(30).map((id) => [String(id)]));
    await all.relay.stop();
    const relay = await startRelayProcess(t, all.data, [...HEARTBEAT, '--keep-entries', '10']);
    all.proxy.leadTo(portOf(relay));
    const channel = writer(t, { ...all, relay });
    while ((await Array.fromAsync(channel.read({ after: 0 }))).length > 10) await sleep(10);
    const gaps: Unreachable[] = [];
    await Array.fromAsync(channel.read({ after: 5 }, { onUnreachable: (gap) => gaps.push(gap) }));
    assert.deepEqual(
      gaps.map(({ from, to }) => [from, to]),
      [[6, 20]],
    );
    const follower = following(t, all);
    await follower.has(30);
    assert.deepEqual(follower.ids, upTo(30).slice(20));
    assert.deepEqual(
      follower.gaps.map(({ from, to }) => [from, to]),
      [[1, 20]],
    );
  });
});
