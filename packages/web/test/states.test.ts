// axe in the states of the app beside its dialogs, at three widths, light and dark; a page that may not encrypt; and all of it by
// keyboard, from the first run to a message that was found.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NO_CHROMIUM, openBrowser, openPerson, run, startRelayProcess, temporaryFolder } from '@fernspeak/test';
import type { Browser, BrowserContext, Page } from 'playwright-core';

const AXE: string = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const BUILD: string = fileURLToPath(new URL('../build/build.ts', import.meta.url));
/** Another name of this computer, as another computer has one: plain http from there is not safe to a browser. */
const ELSEWHERE = 'relay.test';
const PASSPHRASE = 'uncross human obedience gloating';

const ending: (() => unknown)[] = [];
let url = '';
let browser: Browser;

before(async () => {
  if (NO_CHROMIUM) return;
  const whole = { after: (cleanup: () => unknown) => void ending.unshift(cleanup) };
  const folder = temporaryFolder(whole as TestContext);
  const app = join(folder, 'app');
  const built = await run(process.execPath, [BUILD, app]);
  assert.equal(built.code, 0, built.stderr);
  ({ url } = await startRelayProcess(whole, join(folder, 'relay'), ['--web', app]));
  browser = await openBrowser(whole, [`--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`]);
});

after(async () => {
  for (const end of ending) await end();
});

async function person(t: TestContext): Promise<BrowserContext> {
  const context = await openPerson(browser, { reducedMotion: 'reduce' });
  t.after(() => context.close());
  return context;
}

/** Nothing that axe finds, at all widths, in both themes. */
async function isAccessible(page: Page, state: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [360, 768, 1440]) {
      await page.setViewportSize({ width, height: 860 });
      await page.evaluate(AXE);
      const found = await page.evaluate<string[]>(
        `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ' ' + html)))`,
      );
      assert.deepEqual(found, [], `${state}, ${colorScheme}, ${width} pixels`);
    }
  }
}

test('axe finds nothing: first run, conversation, list, away relay', { skip: NO_CHROMIUM }, async (t) => {
  const ada = await person(t);
  const page = await ada.newPage();
  await page.goto(url);
  await page.getByLabel('Your name').waitFor();
  await isAccessible(page, 'first run');
  await page.getByLabel('Your name').fill('Ada');
  await page.getByRole('button', { name: 'Talk to yourself' }).click();
  await page.getByLabel('Message', { exact: true }).fill('Hello.');
  await page.keyboard.press('Enter');
  await page.locator('.message.theirs .bubble').first().waitFor();
  await isAccessible(page, 'conversation');
  await ada.setOffline(true);
  await page.getByText('No relay can be reached.').first().waitFor();
  await isAccessible(page, 'offline');
  await ada.setOffline(false);
  await page.setViewportSize({ width: 360, height: 860 });
  const close = page.getByRole('button', { name: 'Close what the relay sees' });
  if (await close.isVisible()) await close.click();
  await page.getByRole('button', { name: 'Back to the list' }).click();
  await isAccessible(page, 'list');
});

test('axe finds nothing: locked, taken by another tab', { skip: NO_CHROMIUM }, async (t) => {
  const ada = await person(t);
  const page = await ada.newPage();
  await page.goto(url);
  await page.getByLabel('Protect what this browser keeps').check();
  await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
  await page.getByLabel('The same again').fill(PASSPHRASE);
  await page.getByRole('button', { name: 'Talk to yourself' }).click();
  await page.getByRole('heading', { name: 'Talk to yourself' }).waitFor();
  const other = await ada.newPage();
  await other.goto(url);
  await other.getByRole('heading', { name: 'Open in another tab' }).waitFor();
  await isAccessible(other, 'elsewhere');
  await other.close();
  await page.reload();
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  await isAccessible(page, 'locked');
});

test(
  'over plain http from elsewhere it says that nothing can be sealed there, and what to do',
  { skip: NO_CHROMIUM },
  async (t) => {
    const page = await (await person(t)).newPage();
    await page.goto(url.replace('127.0.0.1', ELSEWHERE));
    await page.getByRole('heading', { name: 'This address is not safe to use' }).waitFor();
    await page.getByText('Browsers allow encryption only over https').waitFor();
    await page.getByText('fernspeak web').waitFor();
    assert.equal(await page.getByRole('textbox').count(), 0);
    await isAccessible(page, 'insecure');
  },
);

/** Goes on with Tab until something of this name has the focus; it must be seen. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let steps = 0; steps < 60; steps++) {
    const focused = await page.evaluate<{ name: string; seen: boolean }>(`(() => {
      const element = document.activeElement;
      const label = element.labels?.[0]?.textContent ?? '';
      const { outlineStyle, boxShadow } = getComputedStyle(element);
      return { name: element.getAttribute('aria-label') ?? (label || element.textContent), seen: outlineStyle !== 'none' || boxShadow !== 'none' };
    })()`);
    if (name.test(focused.name)) {
      assert.ok(focused.seen, `the focus on ${focused.name} is not seen`);
      return;
    }
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab does not reach ${name.source}`);
}

test('by keyboard alone: begin, make, invite, write, search', { skip: NO_CHROMIUM }, async (t) => {
  const page = await (await person(t)).newPage();
  await page.goto(url);
  await page.getByLabel('Your name').waitFor();
  await tabTo(page, /^Your name/);
  await page.keyboard.type('Ada');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Talk to yourself' }).waitFor();
  await tabTo(page, /^New conversation$/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo(page, /^Name$/);
  await page.keyboard.type('Garden');
  await page.keyboard.press('Enter');
  await page.getByLabel('Whom is it for?').waitFor();
  await tabTo(page, /^Whom is it for/);
  await page.keyboard.type('Bob');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByLabel('Link').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await tabTo(page, /^Message$/);
  await page.keyboard.type('The gate is open.');
  await page.keyboard.press('Enter');
  await page.locator('.message.mine', { hasText: 'The gate is open.' }).waitFor();
  await tabTo(page, /^Search in all conversations$/);
  await page.keyboard.type('gate');
  await page.getByText('1 found').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Garden' }).waitFor();
});
