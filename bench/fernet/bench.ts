// Encrypting and decrypting beside the peers: everybody in a process of its own, in turns, round after round.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fernet } from '@fernspeak/fernet';
import { goal, heading, median, row } from '../report.ts';
import type { Peer, Sample } from './peer.ts';
import { startPeers, type Peers } from './peers.ts';

/** Rounds that count; one more comes before them to warm up. */
const ROUNDS = 31;

/** A size of message, how it is measured in each round, and what the ratios of medians (both ways together) have to reach. */
interface Size {
  readonly name: string;
  readonly bytes: number;
  /** Calls whose mean is one sample: as many as it takes to be long beside reading the clock. */
  readonly batch: number;
  readonly samples: number;
  readonly timesPython: number;
  /** Whether we have to be at least as fast as the C loop. */
  readonly againstLoop: boolean;
}

const TIMES_NPM = 25;
const SIZES: readonly Size[] = [
  { name: '64 B', bytes: 64, batch: 200, samples: 2, timesPython: 2.5, againstLoop: false },
  { name: '1 KiB', bytes: 1024, batch: 200, samples: 2, timesPython: 2.5, againstLoop: false },
  { name: '64 KiB', bytes: 65_536, batch: 1, samples: 20, timesPython: 3, againstLoop: true },
  { name: '1 MiB', bytes: 1_048_576, batch: 1, samples: 5, timesPython: 2.3, againstLoop: true },
];
/** npm's fernet is so much slower that every third round, and there a few calls, must do. */
const NPM_EVERY = 3;
const fewer = ({ batch, samples }: Size): [number, number] => [Math.ceil(batch / 20), batch === 1 ? 1 : samples];

const both = ({ encrypt, decrypt }: Sample): number => encrypt + decrypt;
const microseconds = (nanoseconds: number): string => `${(nanoseconds / 1000).toFixed(2)} µs`.padStart(13);

/** Prints the comparison. */
export async function benchFernet(): Promise<void> {
  heading('Fernet: encrypt and decrypt, base64url included (medians)');
  const folder = mkdtempSync(join(tmpdir(), 'fernspeak-bench-'));
  const peers = startPeers(folder);
  const all = [peers.ours, ...peers.pythons, peers.npm, ...peers.loops].filter((peer) => peer !== null);
  try {
    await checkEachOther(peers.ours, all);
    for (const size of SIZES) await compare(size, peers, all);
  } finally {
    for (const peer of all) peer.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Everybody opens what we make, and we open what everybody makes: else the times compare different things. */
async function checkEachOther(ours: Peer, all: readonly Peer[]): Promise<void> {
  const key = Fernet.generateKey();
  for (const peer of all) await peer.use(key);
  for (const peer of all) {
    for (const length of [1, 15, 16, 17, 64, 1000, 65_536]) {
      const message = Buffer.alloc(length, 'the quick brown fox ');
      assert.ok(message.equals(await peer.open(await ours.seal(message))), `${peer.name} opens ours, ${length} bytes`);
      assert.ok(message.equals(await ours.open(await peer.seal(message))), `we open ${peer.name}'s, ${length} bytes`);
    }
  }
  console.log(`  checked: ${all.map((peer) => peer.name).join(', ')} open each other's tokens`);
}

async function compare(size: Size, peers: Peers, all: readonly Peer[]): Promise<void> {
  const samples = new Map<Peer, Sample[]>(all.map((peer) => [peer, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [peer, measured] of samples) {
      if (peer === peers.npm && round % NPM_EVERY > 0) continue;
      const [batch, count] = peer === peers.npm ? fewer(size) : [size.batch, size.samples];
      const sample = await peer.time(size.bytes, batch, count);
      if (round > 0) measured.push(...sample);
    }
  }
  const pair = (peer: Peer): number => median(samples.get(peer)!.map(both));
  for (const [peer, measured] of samples) {
    const ways = [median(measured.map((sample) => sample.encrypt)), median(measured.map((sample) => sample.decrypt))];
    row(`${size.name.padEnd(7)} ${peer.name}`, [...ways, pair(peer)].map(microseconds));
  }
  const ours = pair(peers.ours);
  const [newest] = peers.pythons;
  if (newest) goal(`${size.name}: times as fast as ${newest.name}`, pair(newest) / ours, { atLeast: size.timesPython });
  if (peers.npm) goal(`${size.name}: times as fast as npm fernet`, pair(peers.npm) / ours, { atLeast: TIMES_NPM });
  for (const loop of size.againstLoop ? peers.loops : []) {
    goal(`${size.name}: our time to that of ${loop.name}`, ours / pair(loop), { atMost: 1 });
  }
}
