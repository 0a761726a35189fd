// Live delivery: from the call that publishes to the other end (delivery.ts); fan-out to a thousand readers, beside a plain
// loop in C and mosquitto; memory of an idle reader. `npm run bench -- live`. Started with a role, this file is one of its
// own other processes: the relay, or some of the readers.
import assert from 'node:assert/strict';
import { fork, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startRelay } from '@fernspeak/relay';
import { createChannel, type NewChannel } from '@fernspeak/test';
import { publisherAt, startBroker, subscribeAt } from './brokers.ts';
import { install, skipped } from './debian.ts';
import { benchDelivery, update } from './delivery.ts';
import { goal, heading, median, row } from './report.ts';

const FOLLOWERS = 1_000;
/** What comes to the relay in one moment is written to a reader in one piece. */
const AT_ONCE = 16;
const FAN_OUT_ENTRIES = 200;
const FAN_OUT_ROUNDS = 3;
const IDLE: readonly [few: number, many: number] = [1_000, 10_000];
/** Processes that hold readers: each has files for so many connections. */
const READERS_OF_A_PROCESS = 2_500;
const SELF = fileURLToPath(import.meta.url);

/** Prints the figures. */
export async function benchLive(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fernspeak-bench-'));
  const relay = fork(SELF, ['relay', folder], { execArgv: ['--expose-gc'] });
  try {
    const [{ url }] = (await once(relay, 'message')) as [{ url: string }];
    await benchDelivery(url, folder);
    await fanOut(url, await createChannel(url), { folder, atOnce: 1 });
    await fanOut(url, await createChannel(url), { folder, atOnce: AT_ONCE });
    await idleMemory(url, await createChannel(url), relay);
  } finally {
    relay.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Somebody who brings the same events to all readers, again and again. */
interface FanOut {
  readonly name: string;
  /** Begins one round of it. */
  begin(): unknown;
  readonly readers: ChildProcess;
  end(): void;
}

/** A thousand readers in a process of their own, on bare connections: deliveries a second, in turn. */
async function fanOut(
  url: string,
  channel: NewChannel,
  { folder, atOnce }: { folder: string; atOnce: number },
): Promise<void> {
  const publishers = atOnce === 1 ? 'one by one' : `${atOnce} at once`;
  heading(
    `Fan-out of ${FAN_OUT_ENTRIES} entries, published ${publishers}, to ${FOLLOWERS} readers (medians of ${FAN_OUT_ROUNDS}, in turn)`,
  );
  const [readers] = await startReaders(url, channel.id, FOLLOWERS);
  assert.ok(readers);
  const agent = new Agent({ keepAlive: true });
  const publish = (): Promise<unknown> => publishAll(atOnce, () => update(channel, agent));
  const ours: FanOut = { name: 'our relay', begin: publish, readers, end: () => [agent.destroy(), readers.kill()] };
  const { bytes } = await round(ours);
  const loop = await fanOutLoop(folder, bytes);
  const mosquitto = await fanOutMosquitto(folder, { bytes, atOnce });
  const all = [ours, loop, mosquitto].filter((each) => each !== null);
  try {
    const rates = new Map(all.map((each) => [each, [] as number[]]));
    for (let turn = 0; turn < FAN_OUT_ROUNDS; turn++) {
      for (const [each, taken] of rates) taken.push((await round(each)).rate);
    }
    const rate = (of: FanOut): number => median(rates.get(of) ?? []);
    for (const each of all) row(each.name, [`${Math.round(rate(each))} deliveries/s, ${bytes} bytes each`]);
    if (loop) goal('fan-out: our rate to that of the C loop', rate(ours) / rate(loop), { atLeast: 0.75 });
    if (mosquitto) goal("fan-out: our rate to mosquitto's", rate(ours) / rate(mosquitto), { atLeast: 1 });
  } finally {
    for (const each of all) each.end();
  }
}

/** Publishes all entries of a round, so many at once. */
function publishAll(atOnce: number, publish: (by: number) => Promise<unknown> | undefined): Promise<unknown> {
  let left = FAN_OUT_ENTRIES;
  return Promise.all(
    Array.from({ length: atOnce }, async (_, by) => {
      while (left-- > 0) await publish(by);
    }),
  );
}

/** Deliveries a second, and the bytes of one. */
async function round({ begin, readers }: FanOut): Promise<{ rate: number; bytes: number }> {
  const done = once(readers, 'message') as Promise<[{ bytes: number }]>;
  const started = performance.now();
  await begin();
  const [{ bytes }] = await done;
  const deliveries = FOLLOWERS * FAN_OUT_ENTRIES;
  return { rate: (1000 * deliveries) / (performance.now() - started), bytes: Math.round(bytes / deliveries) };
}

/** The same bytes from a plain loop in C, which neither stores nor waits. */
async function fanOutLoop(folder: string, bytes: number): Promise<FanOut | null> {
  const program = join(folder, 'fan-out');
  const source = fileURLToPath(new URL('fan-out.c', import.meta.url));
  const compiled = (): boolean => spawnSync('cc', ['-O3', '-o', program, source]).status === 0;
  if (!compiled() && !(install('gcc libc6-dev') && compiled())) {
    skipped('the C loop', 'needs a C compiler (apt-get install gcc libc6-dev)');
    return null;
  }
  const child = spawn(program, [FOLLOWERS, FAN_OUT_ENTRIES, bytes].map(String), { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  const [readers] = await startReaders(`http://127.0.0.1:${String(port).trim()}`, 0, FOLLOWERS);
  assert.ok(readers);
  const end = (): void => void [child.kill(), readers.kill()];
  return { name: 'a plain loop in C', begin: () => child.stdin.write('.'), readers, end };
}

/** As much of mosquitto's: published at QoS 1, as our answers acknowledge; to subscribers at QoS 0, as readers of ours. */
async function fanOutMosquitto(
  folder: string,
  { bytes, atOnce }: { bytes: number; atOnce: number },
): Promise<FanOut | null> {
  const broker = await startBroker('mosquitto', folder);
  if (broker === null) return null;
  const readers = fork(SELF, ['subscribers', String(broker.port), String(FOLLOWERS), String(bytes)]);
  await once(readers, 'message');
  const some = Array.from({ length: atOnce }, () => publisherAt(broker, 'x'.repeat(bytes)));
  const publishers = await Promise.all(some);
  const begin = (): Promise<unknown> => publishAll(atOnce, (by) => publishers[by]?.publish());
  const end = (): void => {
    for (const each of publishers) each.end();
    readers.kill();
    broker.end();
  };
  return { name: 'mosquitto', begin, readers, end };
}

/** What one more idle reader costs the relay, after a collection. */
async function idleMemory(url: string, channel: NewChannel, relay: ChildProcess): Promise<void> {
  heading('Memory of idle readers');
  const readers: ChildProcess[] = [];
  const taken: Memory[] = [];
  let held = 0;
  for (const count of IDLE) {
    readers.push(...(await startReaders(url, channel.id, count - held)));
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
async function startReaders(url: string, id: number, count: number): Promise<ChildProcess[]> {
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

/** How an event begins, behind the end of what comes before. */
const EVENT = '\nid: ';

/** Tells when all are on their streams, then each time that this many entries have come to them in all. */
async function beReaders(url: string, id: string, count: number, expected: number): Promise<void> {
  let [entries, bytes] = [0, 0];
  const port = Number(new URL(url).port);
  for (let started = 0; started < count; started += 100) {
    await Promise.all(
      Array.from({ length: Math.min(100, count - started) }, async () => {
        const socket = connect(port, '127.0.0.1');
        socket.write(`GET /channels/${id}/feeds/live HTTP/1.1\r\nHost: localhost\r\n\r\n`);
        await begun(socket);
        let tail = Buffer.from('\n');
        socket.on('data', (piece: Buffer) => {
          bytes += piece.length;
          const seam = Buffer.concat([tail, piece.subarray(0, EVENT.length - 1)]);
          entries += countEvents(seam) + countEvents(piece);
          tail = Buffer.concat([tail, piece.subarray(1 - EVENT.length)]).subarray(1 - EVENT.length);
          if (entries < expected) return;
          process.send?.({ bytes });
          entries = bytes = 0;
        });
      }),
    );
  }
  process.send?.({ ready: true });
}

function countEvents(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(EVENT); at >= 0; at = bytes.indexOf(EVENT, at + 1)) count++;
  return count;
}

/** The same for subscribers of mosquitto. */
async function beSubscribers(port: number, count: number, bytes: number): Promise<void> {
  const expected = count * FAN_OUT_ENTRIES;
  let entries = 0;
  const arrived = (): void => {
    if (++entries < expected) return;
    process.send?.({ bytes: bytes * expected });
    entries = 0;
  };
  for (let started = 0; started < count; started++) {
    await subscribeAt({ name: 'mosquitto', port }, { bytes, quality: 0, arrived });
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
if (role === 'subscribers') await beSubscribers(Number(args[0]), Number(args[1]), Number(args[2]));
