// A channel that was cleared, or a relay that lost its data: `receive` says so and begins anew.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createChannel, fernspeak, startRelayProcess, temporaryFolder, type Finished } from '@fernspeak/test';

interface Stage {
  readonly home: string;
  readonly flags: readonly string[];
  receive(address: string): Promise<Finished>;
  send(address: string, text: string, writeKey?: string): Promise<Finished>;
}

function stage(t: TestContext): Stage {
  const home = temporaryFolder(t);
  const keyFile = join(home, 'key');
  writeFileSync(keyFile, randomBytes(32).toString('base64url') + '=', { mode: 0o600 });
  const flags = ['--key-file', keyFile];
  return {
    home,
    flags,
    receive: (address) => fernspeak(home, ['receive', address, ...flags]),
    send: (address, text, writeKey) => {
      const writeKeyFile = join(home, 'write-key');
      if (writeKey !== undefined) writeFileSync(writeKeyFile, writeKey, { mode: 0o600 });
      const keys = writeKey === undefined ? flags : [...flags, '--write-key-file', writeKeyFile];
      return fernspeak(home, ['send', address, text, ...keys]);
    },
  };
}

test('a cleared channel is told once, then what is new is received', async (t) => {
  const { home, receive, send } = stage(t);
  const relay = await startRelayProcess(t, join(home, 'data'));
  const { address, writeKey } = await createChannel(relay.url);
  for (const text of ['one', 'two', 'three']) await send(address, text, writeKey);
  assert.equal((await receive(address)).stdout, 'one\ntwo\nthree\n');

  assert.equal((await fetch(`${address}/feeds.json`, { method: 'DELETE' })).status, 200);
  const empty = await receive(address);
  assert.equal(empty.stdout, '');
  assert.match(empty.stderr, /starts over from its beginning/, 'the cleared, empty channel is told');
  await send(address, 'after the clearing');
  const anew = await receive(address);
  assert.equal(anew.stdout, 'after the clearing\n');
  assert.match((await receive(address)).stderr, /Nothing new/);
});

test('a channel cleared and written to again is told, and all that it holds is received', async (t) => {
  const { home, receive, send } = stage(t);
  const relay = await startRelayProcess(t, join(home, 'data'));
  const { address, writeKey } = await createChannel(relay.url);
  for (const text of ['one', 'two']) await send(address, text, writeKey);
  await receive(address);
  await fetch(`${address}/feeds.json`, { method: 'DELETE' });
  for (const text of ['new one', 'new two', 'new three']) await send(address, text);
  const anew = await receive(address);
  assert.equal(anew.stdout, 'new one\nnew two\nnew three\n');
  assert.match(anew.stderr, /starts over from its beginning/);
});

test('a relay that lost its data is told, and its new channel is read from the start', async (t) => {
  const { home, receive, send } = stage(t);
  const data = join(home, 'data');
  const first = await startRelayProcess(t, data);
  const old = await createChannel(first.url);
  for (const text of ['one', 'two']) await send(old.address, text, old.writeKey);
  await receive(old.address);
  await first.stop();
  rmSync(data, { recursive: true });

  const port = new URL(first.url).port;
  const second = await startRelayProcess(t, data, ['--port', port]);
  const lost = await createChannel(second.url);
  assert.equal(lost.address, old.address, 'the same address, an empty channel');
  await send(lost.address, 'on a new disk', lost.writeKey);
  const anew = await receive(lost.address);
  assert.equal(anew.stdout, 'on a new disk\n');
  assert.notEqual(anew.stderr, '');
});

test('a CSV file that somebody emptied is told and read from the start', async (t) => {
  const { home, receive, send } = stage(t);
  const file = join(home, 'notes.csv');
  for (const text of ['one', 'two']) await send(file, text);
  await receive(file);
  rmSync(file);
  await send(file, 'a new file');
  const anew = await receive(file);
  assert.equal(anew.stdout, 'a new file\n');
  assert.notEqual(anew.stderr, '');
});
