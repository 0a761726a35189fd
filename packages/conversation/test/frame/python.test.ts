// Python's cryptography accepts other keys than Node does; with our list of small-order points both find the same.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NEEDS_PYTHON, findPythons } from '@fernspeak/test';
import { vectors } from '../support/vectors.ts';
import type { FrameVectors } from './vectors.ts';

const { frames } = vectors('frames.json') as FrameVectors;
const pythons = findPythons();
if (pythons.length === 0) test("Python's cryptography", { skip: NEEDS_PYTHON }, () => {});

for (const { command, cryptography } of pythons) {
  test(`Python's cryptography ${cryptography} finds the same of every case`, () => {
    const program = fileURLToPath(new URL('what-counts.py', import.meta.url));
    const file = fileURLToPath(new URL('../../../../vectors/frames.json', import.meta.url));
    const { stdout, stderr } = spawnSync(command, [program, file], { encoding: 'utf8' });
    assert.equal(stdout, `${frames.length} checked\n`, stderr);
  });
}
