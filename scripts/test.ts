// npm test [-- FILE…]: every test of the house, each file in a process of its own.
// npm run test:long: the same with the unbounded numbers (FERNSPEAK_LONG=1).
// REQUIRE_ALL=1: a skipped test is a failure, unless it wants the specification's vectors, which no machine can install.
import { globSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installTestNeeds } from './debian.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TEST_FILES = [
  'packages/*/test/**/*.test.ts',
  'test/e2e/**/*.test.ts',
  'examples/**/*.test.ts',
  'scripts/**/*.test.ts',
];
/** Names, in a test's reason to be skipped, what lies outside of the repository. */
const OUTSIDE = 'FERNET_SPEC_VECTORS';
/** Test files at once: two, the cores that the project counts on. */
const CONCURRENCY = 2;
/** A test that takes longer than this hangs, in milliseconds; the long numbers may take their time. */
const TIMEOUT_MS = process.argv.includes('--long') ? 60 * 60_000 : 10 * 60_000;

interface Outcome {
  passed: number;
  failed: number;
  readonly skipped: string[];
  readonly finished: Set<string>;
}

/** Runs the files and shows the results as they come. */
async function runFiles(files: readonly string[]): Promise<Outcome> {
  const outcome: Outcome = { passed: 0, failed: 0, skipped: [], finished: new Set() };
  const stream = run({ files, concurrency: CONCURRENCY, cwd: ROOT, timeout: TIMEOUT_MS });
  stream.on('test:pass', (test) => {
    if (test.skip !== undefined) outcome.skipped.push(`${test.name}: ${test.skip === true ? '' : test.skip}`);
    else if (test.details.type !== 'suite') outcome.passed++;
  });
  stream.on('test:fail', (test) => {
    if (test.details.type !== 'suite') outcome.failed++;
  });
  stream.on('test:summary', (summary) => {
    if (summary.file) outcome.finished.add(resolve(ROOT, summary.file));
  });
  const shown = stream.compose(new spec());
  shown.pipe(process.stdout);
  await new Promise<void>((resolve, reject) => shown.on('end', resolve).on('error', reject));
  return outcome;
}

const { values, positionals } = parseArgs({ options: { long: { type: 'boolean' } }, allowPositionals: true });
if (values.long) process.env['FERNSPEAK_LONG'] = '1';
installTestNeeds();
const files = (positionals.length > 0 ? positionals : globSync(TEST_FILES, { cwd: ROOT })).map((f) => resolve(ROOT, f));
const { passed, failed, skipped, finished } = await runFiles(files.sort());

// A test file whose process ends early with exit code 0 counts as passed with its remaining tests missing: find it out.
const unfinished = files.filter((file) => !finished.has(file));
for (const file of unfinished) console.log(`NOT FINISHED  ${relative(ROOT, file)} ended before all its tests had run`);
for (const test of skipped) console.log(`SKIPPED  ${test}`);
const required = process.env['REQUIRE_ALL'] === '1' ? skipped.filter((test) => !test.includes(OUTSIDE)) : [];
if (required.length > 0)
  console.log('REQUIRE_ALL is set: each test that this machine could run is a failure when skipped.');
const failures = failed + unfinished.length + required.length;
console.log(`${passed} passed, ${failures} failed, ${skipped.length} skipped`);
process.exitCode = failures > 0 || passed === 0 ? 1 : 0;
