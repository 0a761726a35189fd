import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { fernspeak, LAUNCHER, ROOT, startRelayProcess, temporaryFolder } from '@fernspeak/test';

test('relay --json says in one line that it is ready, and where', async (t) => {
  const relay = await startRelayProcess(t, join(temporaryFolder(t), 'data'));
  assert.match(relay.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.equal(relay.pid, relay.process.pid);
  assert.equal((await fetch(`${relay.url}/healthz`)).status, 200);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} drains the relay and ends it with 0`, async (t) => {
    const relay = await startRelayProcess(t, join(temporaryFolder(t), 'data'));
    assert.equal(await relay.stop(signal), 0);
  });
}

test('SIGTERM ends a relay while a reader waits for an entry', async (t) => {
  const relay = await startRelayProcess(t, join(temporaryFolder(t), 'data'));
  const created = await fetch(`${relay.url}/channels.json`, {
    method: 'POST',
    body: new URLSearchParams({ public_flag: 'true' }),
  });
  const { id } = (await created.json()) as { id: number };
  const waiting = fetch(`${relay.url}/channels/${id}/feeds.json?after=0&wait=30`).then(
    (answer) => answer.text(),
    () => 'cut',
  );
  await fetch(`${relay.url}/healthz`);
  assert.equal(await relay.stop(), 0);
  await waiting;
});

/** The npx of this machine, in the clone's root. */
async function npxRelay(t: TestContext) {
  const args = [
    'fernspeak',
    'relay',
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--data',
    join(temporaryFolder(t), 'data'),
    '--json',
  ];
  const npx = spawn('npx', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => npx.kill('SIGKILL'));
  const [line] = (await once(createInterface(npx.stdout), 'line')) as [string];
  const { url, pid } = JSON.parse(line) as { url: string; pid: number };
  t.after(() => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it is gone, as it should be
    }
  });
  return { npx, url, pid };
}

const NO_NPX = spawnSync('npx', ['--version']).status !== 0 && 'needs npx';

test('SIGTERM to the npx that started it ends the relay with 0', { skip: NO_NPX, timeout: 60_000 }, async (t) => {
  const { npx, url, pid } = await npxRelay(t);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  npx.kill('SIGTERM');
  assert.deepEqual(await once(npx, 'close'), [0, null]);
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('the relay tells a person where it is and what to do', async (t) => {
  const folder = temporaryFolder(t);
  const relay = spawn(process.execPath, [LAUNCHER, 'relay', '--port', '0', '--data', join(folder, 'data'), '--quiet'], {
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => relay.kill('SIGKILL'));
  let text = '';
  for await (const chunk of relay.stdout.setEncoding('utf8')) {
    text += chunk as string;
    if (text.endsWith('\n\n') && text.length > 200) break;
  }
  assert.match(text, /^A relay runs on http:\/\/127\.0\.0\.1:\d+\. Ctrl-C stops it; everything is kept in \//);
  assert.match(text, /fernspeak send http:\/\/127\.0\.0\.1:\d+\/channels\/ID --write-key-file FILE/);
});

test('a port that is taken and an option that cannot be are told', async (t) => {
  const folder = temporaryFolder(t);
  const relay = await startRelayProcess(t, join(folder, 'data'));
  const { port } = new URL(relay.url);
  const taken = await fernspeak(folder, ['relay', '--port', port, '--data', join(folder, 'other')]);
  assert.equal(taken.code, 1);
  assert.equal(taken.stderr, `error: Port ${port} is in use.\nhint: Choose another one: --port PORT\n`);
  const wrong = await fernspeak(folder, ['relay', '--port', 'eighty', '--json']);
  assert.equal(wrong.code, 2);
  assert.equal((JSON.parse(wrong.stderr) as { error: { code: string } }).error.code, 'bad-option');
});
