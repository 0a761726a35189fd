// From the call that publishes to the other side's hands, both ends running, in two processes: a framed message until its
// reader has it opened and checked, an entry until a follower has it, beside redis and mosquitto. Part of the suite `live`.
// Started by itself, this file is the other end, or the load.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openHttpChannel } from '@fernspeak/channel';
import {
  FramedConversation,
  foundConversation,
  rememberConversation,
  type About,
  type FramedSent,
} from '@fernspeak/conversation';
import { openProfile } from '@fernspeak/conversation/profile';
import { createChannel, type NewChannel } from '@fernspeak/test';
import { publisherAt, startBroker, subscribeAt, type Broker } from './brokers.ts';
import { goal, heading, median, row } from './report.ts';

/** A message of 100 bytes, framed and sealed. */
export const TOKEN: string = 'gAAAAA'.padEnd(612, 'x');
const TEXT = 'x'.repeat(100);

const WARM_UP = 50;
const IDLE_ROUNDS = 500;
const LOADED_ROUNDS = 300;
const LOAD_CONNECTIONS = 64;
/** How long the relay's capacity is measured. */
const CAPACITY_MS = 3000;

const SELF = fileURLToPath(import.meta.url);

/** Monotonic, and the same for all processes of this machine; milliseconds. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Publishes and waits for the answer; `arrival` gives when it was at the other end. */
interface Way {
  readonly name: string;
  publish(): Promise<unknown>;
  arrival(): Promise<number>;
  end(): unknown;
}

interface Taken {
  readonly answered: number[];
  readonly arrived: number[];
}

/** Prints the figures: idle, and while others keep the relay half busy. */
export async function benchDelivery(url: string, folder: string): Promise<void> {
  const brokers = [await startBroker('redis', folder), await startBroker('mosquitto', folder)].filter(
    (each) => each !== null,
  );
  const ways: Way[] = [];
  try {
    ways.push(await entryWay(url), await messageWay(url, folder));
    for (const broker of brokers) ways.push(await brokerWay(broker));
    heading('From the publishing call to the other end, idle');
    report(ways, await inTurn(ways, IDLE_ROUNDS));
    const load = await startLoad(await createChannel(url));
    try {
      heading('The same, the relay half busy');
      row(`${LOAD_CONNECTIONS} connections, as fast as it goes`, [`${Math.round(load.capacity)} updates/s`]);
      const taken = await inTurn(ways, LOADED_ROUNDS);
      row('now from these, half of that wanted', [`${Math.round(await load.rate())} updates/s`]);
      report(ways, taken);
    } finally {
      load.end();
    }
  } finally {
    for (const way of ways) await way.end();
    for (const broker of brokers) broker.end();
  }
}

function report([entry, message, ...peers]: readonly Way[], taken: ReadonlyMap<Way, Taken>): void {
  const of = (way: Way | undefined): Taken => (way && taken.get(way)) ?? { answered: [], arrived: [] };
  const { answered, arrived } = of(entry);
  row('the relay has answered (on disk)', figures(answered));
  row('a follower has the entry', figures(arrived));
  row('send() has come back', figures(of(message).answered));
  row('its reader has the message, checked', figures(of(message).arrived));
  for (const peer of peers) {
    row(`${peer.name} has answered`, figures(of(peer).answered));
    row(`a subscriber of ${peer.name} has it`, figures(of(peer).arrived));
  }
  for (const [name, times] of [
    ['an entry', arrived],
    ['a message', of(message).arrived],
  ] as const) {
    goal(`${name}, p50 against the durable answer`, median(times) / median(answered), { atMost: 2 });
    goal(`${name}, p99 against the durable answer`, percentile(times, 99) / percentile(answered, 99), { atMost: 2 });
  }
}

function figures(times: readonly number[]): string[] {
  return [`p50 ${median(times).toFixed(3)} ms`, `p99 ${percentile(times, 99).toFixed(3)} ms`];
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length * percent) / 100)] ?? Number.NaN;
}

async function inTurn(ways: readonly Way[], rounds: number): Promise<Map<Way, Taken>> {
  const all = new Map(ways.map((way) => [way, { answered: [] as number[], arrived: [] as number[] }]));
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const [way, { answered, arrived }] of all) {
      const started = now();
      const answer = way.publish().then(() => now() - started);
      const took = (await way.arrival()) - started;
      const answerTook = await answer;
      if (round < 0) continue;
      answered.push(answerTook);
      arrived.push(took);
    }
  }
  return all;
}

/** What the other end is; it comes over the channel between the processes, for there are keys in it. */
type Other =
  | { readonly kind: 'entry'; readonly address: string }
  | { readonly kind: 'message'; readonly about: About; readonly home: string }
  | { readonly kind: 'broker'; readonly broker: Pick<Broker, 'name' | 'port'> };

async function otherEnd(other: Other): Promise<Pick<Way, 'arrival' | 'end'>> {
  const child = fork(SELF, ['other']);
  const messages = on(child, 'message') as AsyncIterableIterator<[number]>;
  const arrival = async (): Promise<number> => (await messages.next()).value?.[0] ?? Number.NaN;
  child.send(other);
  await arrival(); // it listens
  return { arrival, end: () => child.kill() };
}

/** A bare entry, by HTTP; the carrier follows. */
async function entryWay(url: string): Promise<Way> {
  const channel = await createChannel(url);
  const agent = new Agent({ keepAlive: true });
  const other = await otherEnd({ kind: 'entry', address: channel.address });
  const end = (): void => {
    agent.destroy();
    other.end();
  };
  return { ...other, name: 'entry', publish: () => update(channel, agent), end };
}

/** A framed conversation, each end with its profile on disk. */
async function messageWay(url: string, folder: string): Promise<Way> {
  const { address, writeKey } = await createChannel(url);
  const channel = openHttpChannel({ address, writeKey });
  const about = foundConversation({ name: 'talk', address, place: channel.place, writeKey });
  const other = await otherEnd({ kind: 'message', about, home: join(folder, 'reader') });
  const { store, device, close } = openProfile({ home: join(folder, 'sender') });
  const id = await rememberConversation(store, about);
  const talk = new FramedConversation({ id, about, channel, store, device: await device() });
  const publish = async (): Promise<FramedSent> => {
    const sent = await talk.send({ text: TEXT });
    assert.equal(sent.status, 'stored');
    return sent;
  };
  const end = async (): Promise<void> => {
    other.end();
    await channel.close();
    close();
  };
  return { ...other, name: 'message', publish, end };
}

async function brokerWay(broker: Broker): Promise<Way> {
  const other = await otherEnd({ kind: 'broker', broker: { name: broker.name, port: broker.port } });
  const { publish, end } = await publisherAt(broker, TOKEN);
  return { ...other, name: broker.name, publish, end: () => [end(), other.end()] };
}

/** One update by HTTP, answered when it is on disk. */
export async function update({ address, writeKey }: NewChannel, agent: Agent): Promise<void> {
  const body = `api_key=${writeKey}&field1=${TOKEN}`;
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
  const sending = request(new URL('/update', address), { method: 'POST', agent, headers });
  sending.end(body);
  const [answer] = (await once(sending, 'response')) as [NodeJS.ReadableStream & { statusCode: number }];
  answer.resume();
  await once(answer, 'end');
  assert.equal(answer.statusCode, 200);
}

interface Load {
  /** Updates a second that were answered when as many were sent as it took. */
  readonly capacity: number;
  /** Updates a second that were answered since. */
  rate(): Promise<number>;
  end(): void;
}

/** Others, who write to a channel of their own: first as fast as the relay answers, then half as many. */
async function startLoad(channel: NewChannel): Promise<Load> {
  const child = fork(SELF, ['load']);
  const pace = async (perSecond: number | null): Promise<number> => {
    child.send({ perSecond });
    return ((await once(child, 'message')) as [number])[0];
  };
  child.send(channel);
  await once(child, 'message');
  await pace(null);
  await sleep(CAPACITY_MS);
  const capacity = await pace(0);
  await pace(capacity / 2);
  return { capacity, rate: () => pace(capacity / 2), end: () => void child.kill() };
}

/** Says when it listens, then when something has arrived. */
async function beOther(other: Other): Promise<void> {
  const tell = (): void => void process.send?.(now());
  if (other.kind === 'broker') {
    await subscribeAt(other.broker, { bytes: TOKEN.length, quality: 1, arrived: tell });
    tell();
  } else if (other.kind === 'entry') {
    const channel = openHttpChannel({ address: other.address });
    const { limits } = await channel.info();
    assert.ok(limits.live);
    setTimeout(tell, 500);
    for await (const _ of channel.follow(0)) tell();
  } else {
    const { about, home } = other;
    const { store, device } = openProfile({ home });
    const channel = openHttpChannel({ address: about.address });
    const id = await rememberConversation(store, about);
    const talk = new FramedConversation({ id, about, channel, store, device: await device() });
    setTimeout(tell, 500);
    for await (const { sender, findings } of talk.follow({ acknowledge: false })) {
      tell();
      assert.ok(sender && findings.length === 0);
    }
  }
}

/** Answers each pace (null: as fast as it goes) with how many updates a second were answered since the one before. */
async function beLoad({ address, writeKey }: NewChannel): Promise<void> {
  const body = `api_key=${writeKey}&field1=${TOKEN}`;
  const head = `POST /update HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded`;
  const update = `${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const port = Number(new URL(address).port);
  const idle = Array.from({ length: LOAD_CONNECTIONS }, () => connect({ port, host: '127.0.0.1', noDelay: true }));
  let [perMs, since, sent, answered] = [0, now(), 0, 0];
  const sendDue = (): void => {
    const due = perMs * (now() - since);
    for (let socket = idle.at(-1); socket && sent < due; socket = idle.at(-1), sent++) {
      idle.pop();
      socket.write(update);
    }
  };
  for (const socket of idle) {
    socket.on('data', (answer: Buffer) => {
      assert.ok(answer.toString('latin1').startsWith('HTTP/1.1 200 '));
      answered++;
      idle.push(socket);
      sendDue();
    });
  }
  process.on('message', ({ perSecond }: { perSecond: number | null }) => {
    process.send?.((1000 * answered) / (now() - since));
    [perMs, since, sent, answered] = [(perSecond ?? Infinity) / 1000, now(), 0, 0];
    sendDue();
  });
  setInterval(sendDue, 1);
  process.send?.(0);
}

const [role] = process.send === undefined ? [] : process.argv.slice(2);
if (role === 'other') await beOther(((await once(process, 'message')) as [Other])[0]);
if (role === 'load') await beLoad(((await once(process, 'message')) as [NewChannel])[0]);
