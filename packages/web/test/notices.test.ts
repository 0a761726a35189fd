import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NO_CHROMIUM, openBrowser, openPerson, run, startRelayProcess, temporaryFolder } from '@fernspeak/test';
import type { BrowserContext, Locator, Page } from 'playwright-core';

const BUILD: string = fileURLToPath(new URL('../build/build.ts', import.meta.url));

async function begin(person: BrowserContext, url: string, name: string): Promise<Page> {
  const page = await person.newPage();
  page.on('pageerror', (error) => assert.fail(error));
  await page.goto(url);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Talk to yourself' }).click();
  await page.getByRole('heading', { name: 'Talk to yourself' }).waitFor();
  return page;
}

const dialog = (page: Page): Locator => page.getByRole('dialog');
const press = (page: Page, name: string): Promise<void> =>
  dialog(page).getByRole('button', { name, exact: true }).click();

async function say(page: Page, text: string): Promise<void> {
  const field = page.getByLabel('Message', { exact: true });
  await field.fill(text);
  await field.press('Enter');
}

async function meet(one: Page, other: Page, name: string): Promise<void> {
  await one.getByRole('button', { name: 'New conversation' }).click();
  await dialog(one).getByLabel('Name', { exact: true }).fill(name);
  await press(one, 'Make it');
  await dialog(one).getByLabel('Whom is it for?').fill('Bob');
  await press(one, 'Make the invite');
  const link = await dialog(one).getByLabel('Link').inputValue();
  await other.getByRole('button', { name: 'Open an invite' }).click();
  await dialog(other).getByLabel('The invite’s link').fill(link);
  await press(other, 'Open');
  await dialog(other).getByLabel('What to call it here').fill(name);
  await press(other, 'Join');
  await other.getByRole('heading', { name, exact: true }).waitFor();
  await dialog(one).getByRole('heading', { name: 'Is this really Bob?' }).waitFor();
  await one.keyboard.press('Escape');
}

/** Playwright keeps every page visible: the page is told otherwise by hand, as the browser would tell it. */
async function look(page: Page, visible: boolean): Promise<void> {
  await page.evaluate((shown) => {
    const state = shown ? 'visible' : 'hidden';
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => !shown });
    document.dispatchEvent(new Event('visibilitychange'));
  }, visible);
}

/** What the browser shows, once it is as many: title and text. */
async function notices(page: Page, count: number): Promise<string[]> {
  for (const end = Date.now() + 60_000; ;) {
    const shown = await page.evaluate(async () => {
      const all = await (await navigator.serviceWorker.ready).getNotifications();
      return all.map(({ title, body }) => `${title}: ${body}`);
    });
    if (shown.length === count) return shown;
    assert.ok(Date.now() < end, `${shown.length} notices, not ${count}`);
  }
}

const titled = (page: Page, title: string): Promise<unknown> =>
  page.waitForFunction((wanted) => document.title === wanted, title);

async function setting(t: TestContext): Promise<{ person: BrowserContext; ada: Page; bob: Page; url: string }> {
  const folder = temporaryFolder(t);
  const app = join(folder, 'app');
  const built = await run(process.execPath, [BUILD, app]);
  assert.equal(built.code, 0, built.stderr);
  const { url } = await startRelayProcess(t, join(folder, 'relay'), ['--web', app]);
  const browser = await openBrowser(t);
  const person = await openPerson(browser, { permissions: ['notifications'] });
  const [ada, bob] = [await begin(person, url, 'Ada'), await begin(await openPerson(browser), url, 'Bob')];
  await meet(ada, bob, 'Garden');
  return { person, ada, bob, url };
}

test(
  'who is not looking is told of new messages, if they want it; a click leads there',
  { skip: NO_CHROMIUM },
  async (t) => {
    const { person, ada, bob } = await setting(t);

    // not asked for: the title alone says it
    await look(ada, false);
    await say(bob, 'one');
    await titled(ada, '(1) fernspeak');
    assert.deepEqual(await notices(ada, 0), []);
    await look(ada, true);
    await titled(ada, 'fernspeak');

    await ada.getByRole('button', { name: 'Settings' }).click();
    await dialog(ada).getByLabel('Tell me of new messages').check();
    await dialog(ada).getByLabel('Show what they say').waitFor();
    await ada.keyboard.press('Escape');
    await look(ada, false);
    await say(bob, 'a secret');
    assert.deepEqual(await notices(ada, 1), ['Garden: A new message']);
    await say(bob, 'two');
    await titled(ada, '(2) fernspeak');

    // looking takes it away
    await look(ada, true);
    assert.deepEqual(await notices(ada, 0), []);

    // seen by the one who looks: nothing is told. Own messages never are
    await say(bob, 'three');
    await ada.getByRole('log').getByText('three').waitFor();
    await look(ada, false);
    await say(ada, 'mine');
    await bob.getByRole('log').getByText('mine').waitFor();
    await ada
      .getByRole('log')
      .locator('.message', { hasText: 'mine' })
      .filter({ hasText: /stored|received/ })
      .waitFor();
    assert.deepEqual(await notices(ada, 0), []);
    await titled(ada, 'fernspeak');

    await ada.getByRole('button', { name: 'Settings' }).click();
    await dialog(ada).getByLabel('Show what they say').check();
    await ada.keyboard.press('Escape');
    await ada
      .getByRole('navigation')
      .getByRole('button', { name: /Talk to yourself/ })
      .click();
    await say(bob, 'the kettle is on');
    assert.deepEqual(await notices(ada, 1), ['Garden: the kettle is on']);

    // a click, as the browser gives it to the service worker
    const [worker] = person.serviceWorkers();
    assert.ok(worker);
    await worker.evaluate(async () => {
      const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration };
      const [notification] = await registration.getNotifications();
      const Clicked = (globalThis as unknown as { NotificationEvent: new (type: string, init: object) => Event })
        .NotificationEvent;
      dispatchEvent(new Clicked('notificationclick', { notification }));
    });
    await ada.getByRole('heading', { name: 'Garden' }).waitFor();
    assert.deepEqual(await notices(ada, 0), []);

    // nobody was asked who did not want to be; headless, the browser says no
    assert.equal(await bob.evaluate(() => Notification.permission), 'default');
    await bob.getByRole('button', { name: 'Settings' }).click();
    await press(bob, 'Tell me of new messages');
    await dialog(bob)
      .getByText(/does not let this page tell you/)
      .waitFor();
  },
);
