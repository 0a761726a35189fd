// `npm start`: a relay, a first channel, commands that work as they are printed; the same port and channel the next time.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fernspeak, ROOT, temporaryFolder } from '@fernspeak/test';

interface Started {
  readonly process: ChildProcess;
  /** What it has printed so far. */
  output(): string;
  /** Waits until its output matches. */
  until(pattern: RegExp): Promise<RegExpMatchArray>;
}

/** Runs `scripts/start.ts` in a copy of the scripts, so that `./data` is its own. */
function start(t: TestContext, clone: string, args: readonly string[] = []): Started {
  const env = { ...process.env, FERNSPEAK_HOME: join(clone, 'home') };
  const child = spawn(process.execPath, ['scripts/start.ts', ...args], { cwd: clone, env });
  t.after(() => child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const until = async (pattern: RegExp): Promise<RegExpMatchArray> => {
    for (;;) {
      const match = pattern.exec(output);
      if (match) return match;
      if (child.exitCode !== null) throw new Error(`it ended: ${output}`);
      await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), once(child, 'close')]);
    }
  };
  return { process: child, output: () => output, until };
}

/** A clone's scripts beside this clone's packages. */
function cloneOf(t: TestContext): string {
  const clone = temporaryFolder(t);
  cpSync(join(ROOT, 'scripts'), join(clone, 'scripts'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(clone, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  return clone;
}

const ADDRESS = /fernspeak send +(http:\/\/127\.0\.0\.1:(\d+)\/channels\/1)/;

test('the printed commands work: its write key is in the profile; a second start has the same channel', async (t) => {
  const clone = cloneOf(t);
  const keyFile = join(clone, 'key');
  writeFileSync(keyFile, 'copper lantern otter mosaic violin thistle', { mode: 0o600 });
  const first = start(t, clone);
  const [, address = ''] = await first.until(ADDRESS);

  const home = join(clone, 'home');
  const sent = await fernspeak(home, ['send', address, 'hello', '--key-file', keyFile]);
  assert.equal(sent.code, 0, sent.stderr);
  const received = await fernspeak(home, ['receive', address, '--key-file', keyFile]);
  assert.equal(received.stdout, 'hello\n', received.stderr);
  await first.until(/channel 1 +entry 1 +100 characters +sealed/);

  // as on a terminal: npm passes on the Ctrl-C that this process has had already
  first.process.kill('SIGINT');
  setTimeout(() => first.process.kill('SIGINT'), 20);
  assert.deepEqual(await once(first.process, 'close'), [0, null]);
  assert.match(first.output(), /Stopped\. 1 entry kept in \.\/data/);

  const second = start(t, clone);
  const [, again] = await second.until(ADDRESS);
  assert.equal(again, address);
  await second.until(/1 entry from last time/);
});

/** Takes a port; null when somebody else has it for good, and not only the test before this one for a moment longer. */
async function takePort(port: number): Promise<Server | null> {
  for (let tries = 0; tries < 100; tries++) {
    const server = createServer().listen(port, '127.0.0.1');
    const listens = new Promise((resolve) =>
      server.once('listening', () => resolve(true)).once('error', () => resolve(false)),
    );
    if (await listens) return server;
    await pause(50);
  }
  return null;
}

test('a taken port is named, and the next one is used', async (t) => {
  const taken = await takePort(8130);
  t.after(() => taken?.close());
  const started = start(t, cloneOf(t));
  const [, , port] = await started.until(ADDRESS);
  assert.notEqual(port, '8130');
  assert.match(started.output(), /8130 is in use/);
});
