// `npm start`: a relay, a first channel, commands that work as they are printed; the same port and channel the next time.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openProfile, setPassphrase } from '@fernspeak/conversation/profile';
import { fernspeak, ROOT, temporaryFolder } from '@fernspeak/test';

interface Started {
  readonly process: ChildProcess;
  /** What it has printed so far. */
  output(): string;
  /** Waits until its output matches. */
  until(pattern: RegExp): Promise<RegExpMatchArray>;
}

/** Runs `scripts/start.ts` in a copy of the scripts, so that `./data` is its own. */
function start(t: TestContext, clone: string, more: Readonly<Record<string, string>> = {}): Started {
  return run(t, clone, [process.execPath, 'scripts/start.ts'], more);
}

/** The same in a terminal of its own. */
function startOnTerminal(t: TestContext, clone: string): Started {
  return run(t, clone, ['script', '-qec', `exec ${process.execPath} scripts/start.ts`, '/dev/null'], {
    SHELL: '/bin/sh',
  });
}

function run(
  t: TestContext,
  clone: string,
  command: readonly string[],
  more: Readonly<Record<string, string>>,
): Started {
  const env = { ...process.env, ...more, FERNSPEAK_HOME: join(clone, 'home') };
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd: clone, env });
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
  for (const folder of ['node_modules', 'packages']) symlinkSync(join(ROOT, folder), join(clone, folder));
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

const PASSPHRASE = 'copper lantern otter mosaic violin thistle';

/** Stops it as Ctrl-C does. */
async function stop({ process: child }: Started): Promise<void> {
  child.kill('SIGINT');
  assert.deepEqual(await once(child, 'close'), [0, null]);
}

test('a locked profile: it starts all the same; the key lies in a file until the profile can have it', async (t) => {
  const clone = cloneOf(t);
  const home = join(clone, 'home');
  openProfile({ home }).close();
  setPassphrase({ home }, PASSPHRASE);
  const keyFile = join(clone, 'key');
  writeFileSync(keyFile, PASSPHRASE, { mode: 0o600 });
  const first = start(t, clone);
  const [, address = '', file = ''] = await first.until(/fernspeak send +(\S+) --write-key-file (\S+)/);
  await first.until(/Your profile is locked, so it does not have this channel's write key/);
  const secrets = ['--key-file', keyFile, '--profile-passphrase-file', keyFile];
  const sent = await fernspeak(home, ['send', address, 'hello', '--write-key-file', file, ...secrets], { cwd: clone });
  assert.equal(sent.code, 0, sent.stderr);
  await stop(first);

  const env = { FERNSPEAK_PROFILE_PASSPHRASE_FILE: keyFile };
  const second = start(t, clone, env);
  await second.until(/asks for a message and a key of your choice \(its write key is in your profile\)/);
  assert.equal(existsSync(join(clone, file)), false);
  assert.match(second.output(), /1 entry from last time/);
  await stop(second);

  const third = start(t, clone);
  await third.until(/Your profile is locked, and was left alone/);
  assert.match(third.output(), /2 {2}\.\/fernspeak inspect http:\S+\/channels\/1 /);
});

test('on a terminal it asks for the passphrase, again when it is wrong; just Enter goes on without', async (t) => {
  const clone = cloneOf(t);
  const home = join(clone, 'home');
  openProfile({ home }).close();
  setPassphrase({ home }, PASSPHRASE);
  const question = /Passphrase of your profile/;
  const asked = startOnTerminal(t, clone);
  await asked.until(question);
  asked.process.stdin?.write('another one\r');
  await asked.until(/That is not the passphrase of this profile\.\s+Passphrase of your profile/);
  asked.process.stdin?.write(`${PASSPHRASE}\r`);
  await asked.until(/its write key is in your profile/);
  assert.doesNotMatch(asked.output(), /another|lantern/);
  asked.process.stdin?.write('\u0003');
  assert.deepEqual(await once(asked.process, 'close'), [0, null]);

  const alone = startOnTerminal(t, clone);
  await alone.until(question);
  alone.process.stdin?.write('\r');
  await alone.until(/was left alone/);
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
