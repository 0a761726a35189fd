// The article's own programs, in Python, against the relay and against `fernspeak`, both ways.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  createChannel,
  fernspeak,
  findPython,
  NEEDS_PYTHON,
  placeArticleProgram,
  run,
  startRelayProcess,
  temporaryFolder,
  type NewChannel,
  type Python,
} from '@fernspeak/test';

const python = findPython();
const skip = python === null ? NEEDS_PYTHON : false;
const PASSPHRASE = 'qwerty';

interface Stage {
  readonly python: Python;
  readonly channel: NewChannel;
  readonly folder: string;
  readonly sender: string;
  readonly receiver: string;
  readonly keyFile: string;
  readonly writeKeyFile: string;
}

async function stage(t: TestContext): Promise<Stage> {
  assert.ok(python);
  const folder = temporaryFolder(t);
  const relay = await startRelayProcess(t, join(folder, 'data'));
  const channel = await createChannel(relay.url);
  const place = { host: relay.url, channel: channel.id, writeKey: channel.writeKey };
  const [keyFile, writeKeyFile] = [join(folder, 'key'), join(folder, 'write-key')];
  writeFileSync(keyFile, PASSPHRASE, { mode: 0o600 });
  writeFileSync(writeKeyFile, channel.writeKey, { mode: 0o600 });
  const [sender, receiver] = (['sender.py', 'receiver.py'] as const).map((name) =>
    placeArticleProgram(name, place, folder),
  ) as [string, string];
  return { python, channel, folder, sender, receiver, keyFile, writeKeyFile };
}

test('the article’s sender and receiver talk to each other over the relay', { skip }, async (t) => {
  const { python, sender, receiver } = await stage(t);
  const sent = await run(python.command, [sender], { input: 'hello from 2020\nqwerty\n' });
  assert.equal(sent.code, 0, sent.stderr);
  const received = await run(python.command, [receiver], { input: 'qwerty\n' });
  assert.equal(received.code, 0, received.stderr);
  assert.match(received.stdout, /hello from 2020\n$/);
});

test('fernspeak receives what the article’s sender sent', { skip }, async (t) => {
  const { python, channel, folder, sender, keyFile } = await stage(t);
  for (const message of ['hello from 2020', 'ünïcödé 🌿']) {
    const sent = await run(python.command, [sender], {
      input: `${message}\nqwerty\n`,
      env: { PYTHONIOENCODING: 'utf-8' },
    });
    assert.equal(sent.code, 0, sent.stderr);
  }
  const received = await fernspeak(folder, ['receive', channel.address, '--key-file', keyFile, '--kdf', 'article']);
  assert.equal(received.code, 0, received.stderr);
  assert.equal(received.stdout, 'hello from 2020\nünïcödé 🌿\n');
  assert.match(received.stderr, /warning/i, 'each use of the article’s derivation warns');
});

test('the article’s receiver opens what fernspeak sent', { skip }, async (t) => {
  const { python, channel, folder, receiver, keyFile, writeKeyFile } = await stage(t);
  const keys = ['--key-file', keyFile, '--write-key-file', writeKeyFile];
  const sent = await fernspeak(folder, ['send', channel.address, 'hello from today', ...keys, '--kdf', 'article']);
  assert.equal(sent.code, 0, sent.stderr);
  const received = await run(python.command, [receiver], { input: 'qwerty\n' });
  assert.equal(received.code, 0, received.stderr);
  assert.match(received.stdout, /hello from today\n$/);
});

test('the receiver’s variant without extension reads the same entries as JSON', { skip }, async (t) => {
  const { channel, folder, keyFile, writeKeyFile } = await stage(t);
  const keys = ['--key-file', keyFile, '--write-key-file', writeKeyFile];
  await fernspeak(folder, ['send', channel.address, 'as JSON', ...keys, '--kdf', 'article']);
  const answer = await fetch(`${channel.address}/field/1`);
  const { feeds } = (await answer.json()) as { feeds: { field1: string }[] };
  assert.match(feeds.at(-1)?.field1 ?? '', /^b'gAAAA[A-Za-z0-9_=-]+'$/);
});
