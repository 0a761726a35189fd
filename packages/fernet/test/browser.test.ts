// What holds for the Node backend holds for the browsers' one: the same files again, under the condition that bundlers set.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Fernet } from '@fernspeak/fernet';
import { run } from '@fernspeak/test';

/** Tests of Node alone, or that try both backends themselves. */
const ELSEWHERE = new Set([
  'browser.test.ts',
  'base64url.test.ts',
  'kept-open.test.ts',
  'pack.test.ts',
  'python.test.ts',
]);

const folder = fileURLToPath(new URL('.', import.meta.url));
const files = globSync('*.test.ts', { cwd: folder }).filter((file) => !ELSEWHERE.has(basename(file)));

test('all of it under the browser condition', async () => {
  const args = ['--conditions=browser', '--test', '--test-reporter=tap', '--test-concurrency=1', ...files.sort()];
  const { code, stdout } = await run(process.execPath, args, { cwd: folder, env: { NODE_TEST_CONTEXT: undefined } });
  const count = (what: string): number => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(stdout)?.[1]);
  const failures = stdout.split('\n').filter((line) => /^\s*not ok/.test(line));
  assert.equal(code, 0, failures.join('\n'));
  assert.ok(count('pass') > 100, `${count('pass')} passed`);
  assert.equal(count('fail'), 0);
});

test('either backend opens what the other made', async () => {
  const key = Fernet.generateKey();
  const fernet = new Fernet(key);
  const texts = ['', 'short', 'ä€𝄞'.repeat(5000)];
  const program = `
    import { Fernet } from '@fernspeak/fernet';
    const [key, ...tokens] = JSON.parse(process.argv[1]);
    const fernet = new Fernet(key);
    console.log(JSON.stringify(tokens.map((token) => fernet.encrypt(new TextDecoder().decode(fernet.decrypt(token))))));`;
  const tokens = texts.map((text) => fernet.encrypt(text));
  const args = ['--conditions=browser', '--input-type=module', '-e', program, JSON.stringify([key, ...tokens])];
  const { code, stdout, stderr } = await run(process.execPath, args, { cwd: folder });
  assert.equal(code, 0, stderr);
  const back = (JSON.parse(stdout) as string[]).map((token) => new TextDecoder().decode(fernet.decrypt(token)));
  assert.deepEqual(back, texts);
});
