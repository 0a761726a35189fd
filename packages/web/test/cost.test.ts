import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Limits } from '@fernspeak/channel';
import { NO_CHROMIUM, openBrowser, openPerson, run, startRelayProcess, temporaryFolder } from '@fernspeak/test';
import { costOf } from '../src/engine/talk/cost.ts';

const BUILD: string = fileURLToPath(new URL('../build/build.ts', import.meta.url));

const LIMITS: Limits = {
  fieldBytes: 255,
  fieldsPerEntry: 8,
  entryBytes: 3000,
  bulkEntries: 1,
  minIntervalMs: 15_000,
  longPoll: false,
  live: false,
  sealed: false,
};

test('what a message takes: entries, and the time that the channel asks for between them', () => {
  assert.deepEqual(costOf(612, LIMITS, 0), { size: 612, entries: 1, seconds: 15, refused: null });
  assert.deepEqual(costOf(5000, LIMITS, 0), { size: 5000, entries: 3, seconds: 45, refused: null });
  assert.equal(costOf(5000, { ...LIMITS, bulkEntries: 960 }, 0).seconds, 15);
  assert.equal(costOf(612, LIMITS, 2).seconds, 45, 'what waits goes first');
  assert.equal(costOf(5000, { ...LIMITS, minIntervalMs: 0 }, 5).seconds, null);
  assert.deepEqual(costOf(5000, null, 0), { size: 5000, entries: 1, seconds: null, refused: null });
  const { refused, size } = costOf(200_000, LIMITS, 0);
  assert.equal(size, 200_000);
  assert.match(refused ?? '', /200000 characters when sealed/);
});

test('the composer says before sending how many entries it takes, and how long', { skip: NO_CHROMIUM }, async (t) => {
  const folder = temporaryFolder(t);
  const app = join(folder, 'app');
  const built = await run(process.execPath, [BUILD, app]);
  assert.equal(built.code, 0, built.stderr);
  const narrow = ['--field-bytes', '700', '--bulk-entries', '1', '--update-interval', '1'];
  const { url } = await startRelayProcess(t, join(folder, 'relay'), ['--web', app, ...narrow]);
  const page = await (await openPerson(await openBrowser(t))).newPage();
  page.on('pageerror', (error) => assert.fail(error));
  await page.goto(url);
  await page.getByRole('button', { name: 'Talk to yourself' }).click();
  const size = page.locator('.size');
  const field = page.getByLabel('Message', { exact: true });
  await field.fill('short');
  await size.getByText(/^relay will see 612 characters, up to \d s$/).waitFor();
  const long = 'not so short '.repeat(500);
  await field.fill(long);
  await size.getByText(/^relay will see \d+ characters · 2 entries, about \d s$/).waitFor();
  await field.press('Enter');
  await page.locator('.message', { hasText: long.trim() }).filter({ hasText: 'stored by relay' }).waitFor();
});
