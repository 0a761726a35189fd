// How long the command takes to start: whole processes with Node 24 on the launcher's file, in turn, against `node -e 0`.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fernet } from '@fernspeak/fernet';
import { LAUNCHER } from '@fernspeak/test';
import { goal, heading, median, row } from './report.ts';

const RUNS = 31;
/** The first ones fill the compile cache and make the profile. */
const WARM_UP = 3;

/** Prints the comparison. */
export function benchStartup(): void {
  heading('Start-up: whole processes');
  const folder = mkdtempSync(join(tmpdir(), 'fernspeak-bench-'));
  try {
    const key = join(folder, 'key');
    writeFileSync(key, Fernet.generateKey(), { mode: 0o600 });
    const file = join(folder, 'notes.csv');
    const commands = {
      'node -e 0': ['-e', '0'],
      'fernspeak --version': [LAUNCHER, '--version'],
      'fernspeak send to a CSV file': [LAUNCHER, 'send', file, 'hello', '--key-file', key],
      'fernspeak receive from it': [LAUNCHER, 'receive', file, '--key-file', key],
    };
    const times = measure(commands, { ...process.env, FERNSPEAK_HOME: join(folder, 'home') });
    for (const [name, ms] of Object.entries(times)) row(name, [`${ms.toFixed(1)} ms`]);
    const bare = times['node -e 0'];
    goal('--version against node -e 0', times['fernspeak --version'] / bare, { atMost: 1.3 });
    goal('send to a CSV file against node -e 0', times['fernspeak send to a CSV file'] / bare, { atMost: 2.7 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Medians in milliseconds. */
function measure<Name extends string>(commands: Record<Name, string[]>, env: NodeJS.ProcessEnv): Record<Name, number> {
  const names = Object.keys(commands) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let run = -WARM_UP; run < RUNS; run++) {
    for (const name of names) {
      const started = performance.now();
      const { status, stderr } = spawnSync(process.execPath, commands[name], { env });
      const took = performance.now() - started;
      assert.equal(status, 0, stderr.toString());
      if (run >= 0) times[name].push(took);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<Name, number>;
}
