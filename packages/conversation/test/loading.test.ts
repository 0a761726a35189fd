import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '@fernspeak/test';

const program = fileURLToPath(new URL('support/loaded.ts', import.meta.url));

async function loaded(nodeArguments: readonly string[] = []): Promise<string[]> {
  const { code, stdout, stderr } = await run(process.execPath, [...nodeArguments, program]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as string[];
}

test('sending and receiving with a key loads no dictionaries, no hash-wasm, no SQLite', async () => {
  assert.deepEqual(
    (await loaded()).filter((url) => /zxcvbn|hash-wasm|node:sqlite|noble/.test(url)),
    [],
  );
});

test('for browsers nothing of Node is loaded', async () => {
  const urls = await loaded(['--conditions=browser']);
  assert.deepEqual(
    urls.filter((url) => url.startsWith('node:')),
    [],
  );
  assert.ok(urls.some((url) => url.includes('noble')));
});
