// Does reading what is new, or the last ten, cost the same at ten entries and at a million? Over a relay and a CSV file,
// whole commands, interleaved; the goal is a ratio of medians.
import assert from 'node:assert/strict';
import { chmodSync, closeSync, cpSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fernet } from '@fernspeak/fernet';
import { createChannel, fernspeak, startRelayProcess } from '@fernspeak/test';
import { goal, heading, median, row } from './report.ts';

const SMALL = 10;
const LARGE = 1_000_000;
const NEW = 10;
const RUNS = 9;
/** Two medians of one thing, measured in turn on a busy machine, differ by about a tenth. */
const SAME = 1.15;
const BULK = 960;

const key = Fernet.generateKey();
const fernet = new Fernet(key);
const token = (i: number): string => fernet.encrypt(`message ${i}`);

interface Log {
  readonly name: string;
  readonly address: string;
  readonly home: string;
  append(from: number, to: number): Promise<void>;
}

function csvLog(folder: string, entries: number): Log {
  const address = join(folder, `${entries}.csv`);
  writeFileSync(address, 'created_at,entry_id,field1\n');
  const line = (i: number): string => `2026-11-24 06:00:00 UTC,${i},${token(i)}\n`;
  return {
    name: 'CSV file',
    address,
    home: join(folder, `home-csv-${entries}`),
    append: async (from, to) => {
      const file = openSync(address, 'a');
      for (let i = from; i <= to; i += BULK) {
        let block = '';
        for (let j = i; j <= Math.min(to, i + BULK - 1); j++) block += line(j);
        writeSync(file, block);
      }
      closeSync(file);
    },
  };
}

async function relayLog(url: string, folder: string, entries: number): Promise<Log> {
  const channel = await createChannel(url);
  return {
    name: 'relay',
    address: channel.address,
    home: join(folder, `home-relay-${entries}`),
    append: async (from, to) => {
      for (let i = from; i <= to; i += BULK) {
        const updates = Array.from({ length: Math.min(BULK, to - i + 1) }, (_, j) => ({
          delta_t: 0,
          field1: token(i + j),
        }));
        const answer = await fetch(`${channel.address}/bulk_update.json`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ write_api_key: channel.writeKey, updates }),
        });
        assert.equal(answer.status, 202, await answer.text());
      }
    },
  };
}

/** Fills a log, receives all but the newest `NEW`, and keeps that profile to begin each run with. */
async function prepare(log: Log, entries: number, flags: readonly string[]): Promise<void> {
  await log.append(1, entries);
  const all = await fernspeak(log.home, ['receive', log.address, '--quiet', ...flags]);
  assert.equal(all.code, 0, all.stderr.slice(0, 500));
  await log.append(entries + 1, entries + NEW);
}

async function time(log: Log, args: readonly string[]): Promise<number> {
  const home = `${log.home}-run`;
  rmSync(home, { recursive: true, force: true });
  cpSync(log.home, home, { recursive: true });
  chmodSync(home, 0o700); // which it does not copy
  const started = performance.now();
  const done = await fernspeak(home, args);
  const took = performance.now() - started;
  assert.equal(
    done.stdout.trim().split('\n').length,
    NEW,
    `${NEW} messages, got: ${done.stdout.slice(0, 200)} ${done.stderr}`,
  );
  return took;
}

async function compare(small: Log, large: Log, flags: readonly string[]): Promise<void> {
  for (const [what, args] of [
    ['receive, ten new', []],
    ['receive --last 10', ['--last', String(NEW)]],
  ] as const) {
    const times: [number[], number[]] = [[], []];
    for (let run = 0; run < RUNS; run++) {
      for (const [index, log] of [small, large].entries()) {
        times[index as 0 | 1].push(await time(log, ['receive', log.address, ...args, ...flags]));
      }
    }
    const [atTen, atMillion] = times.map(median) as [number, number];
    row(`${small.name}: ${what}`, [`${atTen.toFixed(0)} ms at ${SMALL}`, `${atMillion.toFixed(0)} ms at ${LARGE}`]);
    goal(`${small.name}: ${what}, at ${LARGE} against ${SMALL}`, atMillion / atTen, { atMost: SAME });
  }
}

/** Prints the comparison. */
export async function benchReading(): Promise<void> {
  heading('Reading: what is new, at ten entries and at a million');
  const folder = mkdtempSync(join(tmpdir(), 'fernspeak-bench-'));
  const cleanups: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const keyFile = join(folder, 'key');
    writeFileSync(keyFile, key, { mode: 0o600 });
    const flags = ['--key-file', keyFile];
    const relay = await startRelayProcess({ after: (cleanup) => void cleanups.unshift(cleanup) }, join(folder, 'data'));
    for (const make of [(n: number) => csvLog(folder, n), (n: number) => relayLog(relay.url, folder, n)]) {
      const [small, large] = [await make(SMALL), await make(LARGE)];
      await prepare(small, SMALL, flags);
      await prepare(large, LARGE, flags);
      await compare(small, large, flags);
    }
  } finally {
    for (const cleanup of cleanups) cleanup();
  }
}
