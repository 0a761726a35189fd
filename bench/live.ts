// Live delivery: from the call that publishes to the entry at a follower, beside the relay's own durable answer time; fan-out
// to a thousand readers; memory of an idle reader. `npm run bench -- live`. Started with a role, this file is one of its
// own other processes: the relay, or some of the readers.
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openHttpChannel } from '@fernspeak/channel';
import { startRelay } from '@fernspeak/relay';
import { createChannel, type NewChannel } from '@fernspeak/test';
import { goal, heading, median, row } from './report.ts';

const PUBLISHED = 1_000;
const FOLLOWERS = 1_000;
const FAN_OUT_ENTRIES = 200;
const IDLE: readonly [few: number, many: number] = [1_000, 10_000];
/** Processes that hold readers: each has files for so many connections. */
const READERS_OF_A_PROCESS = 2_500;
/** A message of 100 bytes, framed and sealed. */
const TOKEN = 'gAAAAA'.padEnd(612, 'x');

const SELF = fileURLToPath(import.meta.url);

/** Prints the figures. */
export async function benchLive(): Promise<void> {
  heading('Live delivery');
  const folder = mkdtempSync(join(tmpdir(), 'fernspeak-bench-'));
  const relay = fork(SELF, ['relay', folder], { execArgv: ['--expose-gc'] });
  try {
    const [{ url }] = (await once(relay, 'message')) as [{ url: string }];
    await latency(await createChannel(url));
    await fanOut(url, await createChannel(url));
    await idleMemory(url, await createChannel(url), relay);
  } finally {
    relay.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One publisher, one follower by the carrier: the answer to the publisher, and the entry at the follower. */
async function latency(channel: NewChannel): Promise<void> {
  const follower = openHttpChannel({ address: channel.address });
  const agent = new Agent({ keepAlive: true });
  const arrivals = follower.follow(0)[Symbol.asyncIterator]();
  const [answered, received]: [number[], number[]] = [[], []];
  for (let entry = -100; entry < PUBLISHED; entry++) {
    const arrival = arrivals.next().then(() => performance.now());
    if (entry === -100) await sleep(200);
    const started = performance.now();
    await update(channel, agent);
    const answer = performance.now() - started;
    const arrived = (await arrival) - started;
    if (entry < 0) continue;
    answered.push(answer);
    received.push(arrived);
  }
  await follower.close();
  agent.destroy();
  row('the relay has answered (on disk)', figures(answered));
  row('a follower has the entry', figures(received));
  goal('p50 of the follower against the answer', median(received) / median(answered), { atMost: 2 });
  goal('p99 of the follower against the answer', percentile(received, 99) / percentile(answered, 99), { atMost: 2 });
}

function figures(times: readonly number[]): string[] {
  return [`p50 ${median(times).toFixed(3)} ms`, `p99 ${percentile(times, 99).toFixed(3)} ms`];
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length * percent) / 100)] ?? Number.NaN;
}

async function update({ address, writeKey }: NewChannel, agent: Agent): Promise<void> {
  const body = `api_key=${writeKey}&field1=${TOKEN}`;
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
  const sending = request(new URL('/update', address), { method: 'POST', agent, headers });
  sending.end(body);
  const [answer] = (await once(sending, 'response')) as [NodeJS.ReadableStream & { statusCode: number }];
  answer.resume();
  await once(answer, 'end');
  assert.equal(answer.statusCode, 200);
}

/** A thousand readers in a process of their own, on bare connections: deliveries a second. */
async function fanOut(url: string, channel: NewChannel): Promise<void> {
  const [readers] = await startReaders(url, channel, FOLLOWERS);
  assert.ok(readers);
  const agent = new Agent({ keepAlive: true });
  const done = once(readers, 'message') as Promise<[{ entries: number }]>;
  const started = performance.now();
  for (let entry = 0; entry < FAN_OUT_ENTRIES; entry++) await update(channel, agent);
  const [{ entries }] = await done;
  const seconds = (performance.now() - started) / 1000;
  assert.equal(entries, FOLLOWERS * FAN_OUT_ENTRIES);
  row(`fan-out to ${FOLLOWERS} readers`, [`${Math.round(entries / seconds)} deliveries/s`, `${seconds.toFixed(2)} s`]);
  agent.destroy();
  readers.kill();
}

/** What one more idle reader costs the relay, after a collection. */
async function idleMemory(url: string, channel: NewChannel, relay: ChildProcess): Promise<void> {
  const readers: ChildProcess[] = [];
  const taken: Memory[] = [];
  let held = 0;
  for (const count of IDLE) {
    readers.push(...(await startReaders(url, channel, count - held)));
    held = count;
    await sleep(1_000);
    relay.send('memory');
    const [memory] = (await once(relay, 'message')) as [Memory];
    taken.push(memory);
    row(`${count} idle readers`, [`${mebibytes(memory.rss)} resident`, `${mebibytes(memory.heapUsed)} heap`]);
  }
  const slope = (of: keyof Memory): number =>
    ((taken[1]?.[of] ?? 0) - (taken[0]?.[of] ?? 0)) / (IDLE[1] - IDLE[0]) / 1000;
  row('an idle reader, heap only', [`${slope('heapUsed').toFixed(1)} kB`]);
  goal('an idle reader, resident, in kB', slope('rss'), { atMost: 12 });
  for (const each of readers) each.kill();
}

interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** Processes with so many readers of a channel in all, each on its stream. */
async function startReaders(url: string, { id }: NewChannel, count: number): Promise<ChildProcess[]> {
  const processes: ChildProcess[] = [];
  for (let left = count; left > 0; left -= READERS_OF_A_PROCESS) {
    const some = Math.min(left, READERS_OF_A_PROCESS);
    const readers = fork(SELF, ['readers', url, String(id), String(some), String(some * FAN_OUT_ENTRIES)]);
    await once(readers, 'message');
    processes.push(readers);
  }
  return processes;
}

async function beRelay(data: string): Promise<void> {
  const limits = { connections: 20_000, liveReaders: 20_000 };
  const { url } = await startRelay({ port: 0, data, ...limits });
  process.on('message', () => {
    for (let times = 0; times < 3; times++)
      globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    process.send?.(process.memoryUsage());
  });
  process.send?.({ url });
}

/** Tells when all are on their streams, then when this many entries have come to them in all. */
async function beReaders(url: string, id: string, count: number, expected: number): Promise<void> {
  let entries = 0;
  const port = Number(new URL(url).port);
  for (let started = 0; started < count; started += 100) {
    await Promise.all(
      Array.from({ length: Math.min(100, count - started) }, async () => {
        const socket = connect(port, '127.0.0.1');
        socket.write(`GET /channels/${id}/feeds/live HTTP/1.1\r\nHost: localhost\r\n\r\n`);
        await begun(socket);
        socket.on('data', (piece: Buffer) => {
          for (let at = piece.indexOf('\nid: '); at >= 0; at = piece.indexOf('\nid: ', at + 1)) entries++;
          // an event that begins a piece
          if (piece.subarray(0, 4).toString('latin1') === 'id: ') entries++;
          if (entries === expected) process.send?.({ entries });
        });
      }),
    );
  }
  process.send?.({ ready: true });
}

/** Returns when the stream's beginning was read. */
async function begun(socket: Socket): Promise<void> {
  let text = '';
  while (!text.includes(': live\n\n')) text += String(((await once(socket, 'data')) as [Buffer])[0]);
}

const [role, ...args] = process.send === undefined ? [] : process.argv.slice(2);
if (role === 'relay') await beRelay(args[0] ?? '');
if (role === 'readers') await beReaders(args[0] ?? '', args[1] ?? '', Number(args[2]), Number(args[3]));
