// `npm run demo` goes as it should, and it can fail.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPython, NEEDS_PYTHON, ROOT, run } from '@fernspeak/test';

const skip = findPython() === null ? NEEDS_PYTHON : false;
const demo = (program: string, ...args: string[]): ReturnType<typeof run> =>
  run(process.execPath, [join(ROOT, program), ...args]);

/** The numbers of the steps that the demo calls failed. */
function failedSteps(output: string): number[] {
  let step = 0;
  const failed: number[] = [];
  for (const line of output.split('\n')) {
    step = Number(/^(\d+) /.exec(line)?.[1] ?? step);
    if (line.includes('FAILED')) failed.push(step);
  }
  return failed;
}

test('the demo shows ten steps that all go as they should, and exits 0', { skip }, async () => {
  const { code, stdout, stderr } = await demo('scripts/demo.ts');
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /^10 of 10 as it should be/m);
});

test('one stored character altered: the step that receives it fails, and the demo with it', { skip }, async () => {
  const { code, stdout } = await demo('test/e2e/altered-demo.ts', 'stored-character');
  assert.equal(code, 1, stdout);
  assert.ok(failedSteps(stdout).includes(3), stdout);
  assert.match(stdout, /^9 of 10 as it should be/m);
});

test('one key altered: the step that receives with it fails, and the demo with it', { skip }, async () => {
  const { code, stdout } = await demo('test/e2e/altered-demo.ts', 'key');
  assert.equal(code, 1, stdout);
  assert.ok(failedSteps(stdout).includes(3), stdout);
  assert.doesNotMatch(stdout, /^10 of 10/m);
});

test('one Python program altered: the step that runs it fails, and the demo with it', { skip }, async () => {
  const { code, stdout } = await demo('test/e2e/altered-demo.ts', 'python-program');
  assert.equal(code, 1, stdout);
  assert.deepEqual(failedSteps(stdout), [7], stdout);
  assert.match(stdout, /^9 of 10 as it should be/m);
});

test('without Python the demo says which step it skipped, and counts one less', async () => {
  const env = { PYTHON: '/nonexistent/python3' };
  const { code, stdout } = await run(process.execPath, [join(ROOT, 'scripts/demo.ts')], { env });
  assert.equal(code, 0, stdout);
  assert.match(stdout, /SKIPPED: needs python3 with cryptography/);
  assert.match(stdout, /^9 of 10 as it should be/m);
});
