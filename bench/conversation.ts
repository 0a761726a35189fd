// Conversations: what a frame costs beside bare Fernet; a log of 10,000 messages opened and checked, from nothing and from
// what is saved. `npm run bench -- conversation`. Started with a role, this file is the reader, in a process of its own.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MemoryChannel, type Channel } from '@fernspeak/channel';
import { openFileChannel } from '@fernspeak/channel/file';
import {
  FramedConversation,
  deviceOf,
  foundConversation,
  makeFrame,
  memoryStore,
  newDeviceKey,
  readFrames,
  rememberConversation,
  type About,
} from '@fernspeak/conversation';
import { openProfile } from '@fernspeak/conversation/profile';
import { Fernet } from '@fernspeak/fernet';
import { goal, heading, median, row } from './report.ts';

const TEXT = 'the quick brown fox jumps over the lazy dog '.repeat(3).slice(0, 100);
/** Bytes of a frame with such a text. */
const FRAME_BYTES = 384;
/** Rounds in which everything takes its turn; one more comes before them to warm up. */
const ROUNDS = 21;
/** Messages of a round. */
const BATCH = 100;

const MEMBERS = 3;
const MESSAGES = 10_000;
/** A member says so much before the others read it. */
const AT_ONCE = 10;
const RUNS = 5;
const FROM_NOTHING_S = 2;
const FROM_STATE_S = 0.3;

const SELF = fileURLToPath(import.meta.url);

/** Prints the figures. */
export async function benchConversation(): Promise<void> {
  await benchFrame();
  await benchLog();
}

/** Everything in turn, round after round; medians, in milliseconds a message. */
async function benchFrame(): Promise<void> {
  heading('A framed message of 100 bytes: frame, seal, open, check, beside bare Fernet (medians)');
  const key = await newDeviceKey();
  const device = await deviceOf(key);
  const conversationId = crypto.getRandomValues(new Uint8Array(16));
  const fernet = new Fernet(Fernet.generateKey());
  const body = new TextEncoder().encode(TEXT);
  const signed = new Uint8Array(FRAME_BYTES);
  const signatures: ArrayBuffer[] = [];
  let n = 0;
  const sealed = async (): Promise<string> => {
    const content = { kind: 'text', at: Date.now(), body } as const;
    const { frame } = await makeFrame({ device, conversationId, n: ++n, seen: null, content });
    assert.equal(frame.length, FRAME_BYTES);
    return fernet.encryptAtTime(frame, 0);
  };
  const opened = async (tokens: readonly string[]): Promise<void> => {
    const plaintexts = tokens.map((token) => fernet.decrypt(token));
    const read = await readFrames(plaintexts, conversationId);
    assert.ok(read.every(({ fault }) => fault === null));
  };
  const times = async (work: () => unknown): Promise<void> => {
    for (let i = 0; i < BATCH; i++) await work();
  };
  const bare = (bytes: Uint8Array) => (): unknown => fernet.decrypt(fernet.encrypt(bytes));
  const works = {
    'Fernet of 100 bytes': () => times(bare(body)),
    'Fernet of 384 bytes': () => times(bare(signed)),
    'Ed25519: sign': async () => {
      signatures.length = 0;
      await times(async () => signatures.push(await crypto.subtle.sign('Ed25519', key.privateKey, signed)));
    },
    'Ed25519: verify': () => times(() => crypto.subtle.verify('Ed25519', key.publicKey, signatures[0]!, signed)),
    'Ed25519: verify, 100 together': () =>
      Promise.all(signatures.map((each) => crypto.subtle.verify('Ed25519', key.publicKey, each, signed))),
    'framed, one by one': () => times(async () => opened([await sealed()])),
    'framed, 100 opened together': async () => {
      const tokens: string[] = [];
      await times(async () => tokens.push(await sealed()));
      await opened(tokens);
    },
  };
  const ms = await inTurn(works);
  for (const [name, each] of Object.entries(ms)) row(name, [`${(each * 1000).toFixed(1)} µs`]);
  const signatureMs = ms['Ed25519: sign'] + ms['Ed25519: verify'];
  const framed = ms['framed, one by one'];
  row('framed, one by one', [
    `${(framed / ms['Fernet of 100 bytes']).toFixed(1)} times Fernet of 100 bytes`,
    `${(framed / ms['Fernet of 384 bytes']).toFixed(1)} times of 384 bytes`,
    `${((100 * signatureMs) / framed).toFixed(0)} % is Ed25519`,
  ]);
}

async function inTurn<Name extends string>(works: Record<Name, () => Promise<unknown>>): Promise<Record<Name, number>> {
  const names = Object.keys(works) as Name[];
  const taken = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of names) {
      const started = performance.now();
      await works[name]();
      if (round > 0) taken[name].push((performance.now() - started) / BATCH);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(taken[name])])) as Record<Name, number>;
}

/** Three members talk; a fourth, with a profile on disk, takes all of it, and later one message more. */
async function benchLog(): Promise<void> {
  heading(`A log of ${MESSAGES} framed messages, opened and checked by a fourth member (medians of ${RUNS})`);
  const folder = mkdtempSync(join(tmpdir(), 'fernspeak-bench-'));
  try {
    await makeLog(folder);
    const [nothing, state]: [Reading[], Reading[]] = [[], []];
    for (let run = 0; run < RUNS; run++) {
      // what was read from nothing is the saved state of the second: there one message more has come
      nothing.push(await read(folder, { run, file: 'log.csv', messages: MESSAGES }));
      state.push(await read(folder, { run, file: 'longer.csv', messages: 1 }));
    }
    report('from nothing', nothing, FROM_NOTHING_S);
    report('from saved state, the next message judged', state, FROM_STATE_S);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(name: string, readings: readonly Reading[], atMost: number): void {
  const seconds = (of: keyof Reading): number => median(readings.map((reading) => reading[of])) / 1000;
  row(name, [`${seconds('wallMs').toFixed(3)} s`, `${seconds('cpuMs').toFixed(3)} s of CPU`]);
  goal(`${name}, in seconds`, seconds('wallMs'), { atMost });
}

/** Writes `log.csv`, the same with one message more as `longer.csv`, and what the conversation is. */
async function makeLog(folder: string): Promise<void> {
  const channel = new MemoryChannel();
  const about = foundConversation({ name: 'talk', address: channel.address, place: channel.place });
  const members = await Promise.all(
    Array.from({ length: MEMBERS }, async () => {
      const store = memoryStore();
      const device = await deviceOf(await newDeviceKey());
      return new FramedConversation({ id: await rememberConversation(store, about), about, channel, store, device });
    }),
  );
  for (let made = 0; made < MESSAGES;) {
    for (const member of members) {
      const unread = member.unread();
      for await (const { findings } of unread) assert.equal(findings.length, 0);
      await unread.commit();
      for (let some = 0; some < AT_ONCE && made < MESSAGES; some++, made++) await member.send({ text: TEXT });
    }
  }
  const path = join(folder, 'log.csv');
  await copyLog(channel, path, 0);
  await members[0]?.send({ text: TEXT });
  writeFileSync(join(folder, 'about.json'), JSON.stringify({ ...about, address: '', place: '' }), { mode: 0o600 });
  cpSync(path, join(folder, 'longer.csv'));
  await copyLog(channel, join(folder, 'longer.csv'), MESSAGES);
}

async function copyLog(channel: Channel, path: string, after: number): Promise<void> {
  const file = openFileChannel(path);
  const { limits } = await file.info();
  const entries = await Array.fromAsync(channel.read({ after }), ({ fields }) => fields);
  for (let at = 0; at < entries.length; at += limits.bulkEntries) {
    await file.append(entries.slice(at, at + limits.bulkEntries));
  }
  await file.close();
}

/** What a reader needed from opening its profile to the last message, checked. */
interface Reading {
  readonly wallMs: number;
  readonly cpuMs: number;
}

async function read(
  folder: string,
  { run, file, messages }: { run: number; file: string; messages: number },
): Promise<Reading> {
  const reader = fork(SELF, ['reader', folder, `home-${run}`, file, String(messages)]);
  const [reading] = (await once(reader, 'message')) as [Reading];
  return reading;
}

/** Takes what is in a log and new to a profile; all of it has to be good. */
async function beReader(folder: string, home: string, file: string, messages: number): Promise<void> {
  const about = JSON.parse(readFileSync(join(folder, 'about.json'), 'utf8')) as About;
  const before = process.cpuUsage();
  const started = performance.now();
  const profile = openProfile({ home: join(folder, home) });
  const { store } = profile;
  const channel = openFileChannel(join(folder, file));
  const id = await rememberConversation(store, about);
  const talk = new FramedConversation({ id, about, channel, store, device: await profile.device() });
  const unread = talk.unread();
  let good = 0;
  for await (const { sender, findings } of unread) if (sender && findings.length === 0) good++;
  await unread.commit();
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  assert.equal(good, messages);
  assert.deepEqual(unread.findings, []);
  profile.close();
  process.send?.({ wallMs, cpuMs: (user + system) / 1000 });
  process.disconnect();
}

const [role, ...args] = process.send === undefined ? [] : process.argv.slice(2);
if (role === 'reader') await beReader(args[0] ?? '', args[1] ?? '', args[2] ?? '', Number(args[3]));
