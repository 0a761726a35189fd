// The article's two programs on our packages, run as they stand.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createChannel, ROOT, run, startRelayProcess, temporaryFolder } from '@fernspeak/test';

const program = (name: string): string => join(ROOT, 'examples', 'article', name);
const SECRET = 'copper lantern otter mosaic violin thistle';

test('what send.ts sends, receive.ts receives', async (t) => {
  const relay = await startRelayProcess(t, join(temporaryFolder(t), 'data'));
  const { address, writeKey } = await createChannel(relay.url);
  const input = `Are we still on for six?\n${SECRET}\n${writeKey}\n`;
  const sent = await run(process.execPath, [program('send.ts'), address], { input });
  assert.equal(sent.code, 0, sent.stderr);
  assert.match(sent.stdout, /Stored as entry 1: gAAAA/);

  const received = await run(process.execPath, [program('receive.ts'), address], { input: `${SECRET}\n` });
  assert.equal(received.code, 0, received.stderr);
  assert.match(received.stdout, /Are we still on for six\?\n$/);

  const wrong = await run(process.execPath, [program('receive.ts'), address], { input: 'another passphrase\n' });
  assert.doesNotMatch(wrong.stdout, /six/);
});

for (const name of ['send.ts', 'receive.ts']) {
  test(`${name} is at most 25 lines`, () => {
    assert.ok(readFileSync(program(name), 'utf8').trimEnd().split('\n').length <= 25);
  });
}
