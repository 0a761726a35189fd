import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test, type TestContext } from 'node:test';
import { NO_CHROMIUM, openBrowser, openPerson } from '@fernspeak/test';
import type { Page } from 'playwright-core';
import type { Talk } from '../../src/engine/talk/talk.ts';
import { servePage } from './serve-page.ts';

/** What page.ts puts there. */
interface Doors {
  talk: Talk;
  stored(): Promise<(string | null)[][]>;
  fill(count: number): Promise<void>;
  isLinked(entries: readonly number[]): boolean;
  link(entries: readonly number[]): void;
}
declare const doors: Doors;

const AXE: string = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function open(t: TestContext): Promise<Page> {
  const [address, browser] = await Promise.all([servePage(t), openBrowser(t)]);
  const person = await openPerson(browser, { viewport: { width: 600, height: 900 } });
  const page = await person.newPage();
  page.on('pageerror', (error) => assert.fail(error));
  await page.goto(address);
  await page.waitForFunction(() => 'doors' in globalThis);
  return page;
}

/** Sends, and waits until the pane has the message and the echo's answer. */
async function say(page: Page, text: string, entries: number): Promise<void> {
  await page.evaluate((each) => doors.talk.send(each), text);
  await page.locator(`[data-entry="${entries}"]`).waitFor();
}

test('the bytes that are shown are those of the feed; newest last', { skip: NO_CHROMIUM }, async (t) => {
  const page = await open(t);
  await say(page, 'Are we still on for six?', 4);
  const stored = await page.evaluate(() => doors.stored());
  const shown = await page.locator('.entry code').evaluateAll((codes) =>
    codes.map((code) => {
      const stretches = Array.from(code.querySelectorAll(':scope > span:not(.unseen)'));
      return stretches.map(({ textContent }) => textContent).join('');
    }),
  );
  const parsed = shown.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    parsed.map(({ field1 }) => [field1]),
    stored,
  );
  assert.deepEqual(
    parsed.map(({ entry_id: id }) => id),
    stored.map((_, index) => index + 1),
  );
});

test('pointing at an entry marks its message, and back; by keyboard too', { skip: NO_CHROMIUM }, async (t) => {
  const page = await open(t);
  await say(page, 'hello', 4);
  const linked = (entry: number): Promise<boolean> => page.evaluate((each) => doors.isLinked([each]), entry);
  await page.locator('[data-entry="3"]').hover();
  assert.equal(await linked(3), true);
  await page.locator('[data-entry="4"] .entry-line').focus();
  assert.equal(await linked(4), true);
  await page.evaluate(() => doors.link([3]));
  await page.locator('[data-entry="3"].linked').waitFor();
});

test('what is readable changes with whose eyes one looks', { skip: NO_CHROMIUM }, async (t) => {
  const page = await open(t);
  await say(page, 'Dinner at eight?', 4);
  const third = page.locator('[data-entry="3"]');
  assert.equal(await third.getByText('Dinner at eight?').count(), 0);
  await page.getByLabel('someone with the link').check();
  await third.getByText('Dinner at eight?').waitFor();
  await page.getByLabel('the network').check();
  assert.equal(await third.getByText('Dinner at eight?').count(), 0);
  assert.equal(await third.locator('code .clear').count(), 1, 'the time alone');
});

test('a detail takes an entry apart', { skip: NO_CHROMIUM }, async (t) => {
  const page = await open(t);
  await say(page, 'See you at six.', 4);
  await page.getByRole('button', { name: 'Detail of entry 3' }).click();
  const detail = page.locator('[data-entry="3"] .detail');
  await detail.getByText('not told (0)').waitFor();
  await detail.getByText('See you at six.').waitFor();
});

test('a flipped byte is refused with the reason, in a copy', { skip: NO_CHROMIUM }, async (t) => {
  const page = await open(t);
  await say(page, 'hello', 4);
  const before = await page.evaluate(() => doors.stored());
  await page.getByRole('button', { name: 'Try to break it' }).click();
  await page.getByText('The client finds nothing wrong.').waitFor();
  await page.locator('[data-copied="3"] input').check();
  await page.getByRole('button', { name: 'Flip a byte' }).click();
  await page.locator('[data-copied="3"] .finding').getByText('This does not open').waitFor();
  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByText('The client finds nothing wrong.').waitFor();
  assert.deepEqual(await page.evaluate(() => doors.stored()), before);
});

test('of ten thousand entries fifty are on the page, and more by a button', { skip: NO_CHROMIUM }, async (t) => {
  const page = await open(t);
  await page.locator('[data-entry="2"]').waitFor();
  await page.evaluate(() => doors.fill(900));
  await say(page, 'hello', 903);
  assert.equal(await page.locator('.entry').count(), 50);
  await page.getByRole('button', { name: 'Older entries' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.entry').length === 100);
});

for (const width of [360, 768, 1440]) {
  test(`axe finds nothing at ${width} pixels, light and dark`, { skip: NO_CHROMIUM }, async (t) => {
    const page = await open(t);
    await say(page, 'hello', 4);
    await page.setViewportSize({ width, height: 900 });
    await page.getByRole('button', { name: 'Detail of entry 3' }).click();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(page), []);
    }
    await page.getByRole('button', { name: 'Try to break it' }).click();
    await page.getByRole('button', { name: 'Flip a byte' }).click();
    await page.locator('.copied .finding').first().waitFor();
    assert.deepEqual(await violations(page), []);
  });
}

/** What axe finds on the pane: rule and place. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations: found } = await axe.run('.relay-side');
    return found.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} ${target.join(' ')}`));
  });
}
