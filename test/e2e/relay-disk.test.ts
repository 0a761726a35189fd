// An answer with an entry number means: on disk. Shown by strace: between a request and its answer the data was synced.
// (A kill -9 cannot show it: what was written and not synced survives the process, and is lost with the power.)
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createChannel, LAUNCHER, temporaryFolder } from '@fernspeak/test';

const UPDATES = 10;
const RELAY_OF_ITS_OWN = fileURLToPath(new URL('../../packages/relay/test/support/run-relay.ts', import.meta.url));
const NEEDS_STRACE = spawnSync('strace', ['--version']).status !== 0 && 'needs strace (apt-get install strace)';

/** Runs a relay (arguments of Node) under strace, writes entries one after the other, and counts what the trace shows. */
async function trace(
  t: TestContext,
  folder: string,
  relay: readonly string[],
): Promise<{ answers: number; synced: number }> {
  const file = join(folder, 'trace');
  const calls = 'trace=read,recvfrom,write,writev,sendto,fsync,fdatasync';
  const child = spawn('strace', ['-f', '-o', file, '-s', '64', '-e', calls, process.execPath, ...relay], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'close');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { url, pid } = JSON.parse(line) as { url: string; pid: number };
  const { writeKey } = await createChannel(url);
  for (let entry = 1; entry <= UPDATES; entry++) {
    const answer = await fetch(`${url}/update`, {
      method: 'POST',
      body: new URLSearchParams({ api_key: writeKey, field1: 'a' }),
    });
    assert.equal(await answer.text(), String(entry));
  }
  process.kill(pid, 'SIGTERM');
  await ended;
  return answersIn(readFileSync(file, 'utf8'));
}

/** How many updates were answered in a trace, and how many of them after a sync that followed the request. */
function answersIn(trace: string): { answers: number; synced: number } {
  let asked = false;
  let sync = false;
  let answers = 0;
  let synced = 0;
  for (const line of trace.split('\n')) {
    if (/"POST \/update /.test(line)) [asked, sync] = [true, false];
    // done, not begun: a sync that another thread's call interrupts in the trace is told in two lines
    if (/f(data)?sync\(\d+\)\s+= 0|<\.\.\. f(data)?sync resumed>.*= 0/.test(line)) sync = true;
    if (!asked || !/(write|writev|sendto)\(.*"HTTP\/1\.1 200 OK/.test(line)) continue;
    asked = false;
    answers++;
    if (sync) synced++;
  }
  return { answers, synced };
}

test('the relay syncs to disk before each answer', { skip: NEEDS_STRACE }, async (t) => {
  const folder = temporaryFolder(t);
  const options = ['--port', '0', '--data', join(folder, 'data'), '--json', '--log-format', 'none'];
  assert.deepEqual(await trace(t, folder, [LAUNCHER, 'relay', ...options]), { answers: UPDATES, synced: UPDATES });
});

test('this shows when a store does not sync (synchronous=OFF)', { skip: NEEDS_STRACE }, async (t) => {
  const folder = temporaryFolder(t);
  const relay = (synchronous: string): string[] => [
    RELAY_OF_ITS_OWN,
    JSON.stringify({ data: join(folder, synchronous), synchronous }),
  ];
  assert.deepEqual(await trace(t, folder, relay('FULL')), { answers: UPDATES, synced: UPDATES });
  assert.deepEqual(await trace(t, folder, relay('OFF')), { answers: UPDATES, synced: 0 });
});
