import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  deviceOf,
  foundConversation,
  gatherRecovery,
  memoryStore,
  newDeviceKey,
  rememberConversation,
  sealRecovery,
} from '@fernspeak/conversation';
import {
  NO_CHROMIUM,
  fernspeak,
  openBrowser,
  openPerson,
  run,
  startRelayProcess,
  temporaryFolder,
} from '@fernspeak/test';
import type { Browser, Locator, Page } from 'playwright-core';
import { settingsIn } from '../src/engine/recovery/settings.ts';

const AXE: string = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const BUILD: string = fileURLToPath(new URL('../build/build.ts', import.meta.url));
const PASSPHRASE = 'uncross human obedience gloating mutt remember';
const WEEK_MS = 7 * 86_400_000;

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
  browser = await openBrowser(whole);
});

after(async () => {
  for (const end of ending) await end();
});

/** A browser of its own in which nothing is yet, at the first run. */
async function fresh(t: TestContext, options: Parameters<typeof openPerson>[1] = {}): Promise<Page> {
  const person = await openPerson(browser, options);
  t.after(() => person.close());
  const page = await person.newPage();
  page.on('pageerror', (error) => assert.fail(error));
  await page.goto(url);
  await page.getByLabel('Your name').waitFor();
  return page;
}

async function begin(t: TestContext, name: string, options: Parameters<typeof openPerson>[1] = {}): Promise<Page> {
  const page = await fresh(t, options);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Talk to yourself' }).click();
  await page.getByRole('heading', { name: 'Talk to yourself' }).waitFor();
  return page;
}

const dialog = (page: Page): Locator => page.getByRole('dialog');
const press = (page: Page, name: string): Promise<void> =>
  dialog(page).getByRole('button', { name, exact: true }).click();
const titled = (page: Page, name: string | RegExp): Promise<void> =>
  dialog(page).getByRole('heading', { name }).waitFor();
const reminder = (page: Page): Locator => page.getByRole('region', { name: 'Recovery file' });

/** Waits until the page has what would show the reminder. */
const reminderLoaded = async (page: Page): Promise<void> =>
  void (await page.waitForFunction(() => performance.getEntries().some(({ name }) => name.includes('/reminder-'))));

async function say(page: Page, text: string): Promise<void> {
  const field = page.getByLabel('Message', { exact: true });
  await field.fill(text);
  await field.press('Enter');
  await shows(page, text);
}

/** Waits until a message is there. */
const shows = (page: Page, text: string): Promise<void> =>
  page.getByRole('log').locator('.message', { hasText: text }).first().waitFor();

/** One makes a conversation and lets the other in; both are in it then. */
async function meet(one: Page, other: Page, name: string): Promise<void> {
  await one.getByRole('button', { name: 'New conversation' }).click();
  await dialog(one).getByLabel('Name', { exact: true }).fill(name);
  await press(one, 'Make it');
  await titled(one, 'Invite someone');
  await dialog(one).getByLabel('Whom is it for?').fill('Bob');
  await press(one, 'Make the invite');
  const link = await dialog(one).getByLabel('Link').inputValue();
  await other.getByRole('button', { name: 'Open an invite' }).click();
  await dialog(other).getByLabel('The invite’s link').fill(link);
  await press(other, 'Open');
  await titled(other, 'Join this conversation?');
  await dialog(other).getByLabel('What to call it here').fill(name);
  await press(other, 'Join');
  await other.getByRole('heading', { name, exact: true }).waitFor();
  await titled(one, 'Is this really Bob?');
  await press(one, 'They match');
  await press(one, 'Done');
}

/** Saves a recovery file, from the settings; its text. */
async function saveFile(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Settings' }).click();
  await press(page, 'Save a recovery file');
  return fillAndSave(page);
}

async function fillAndSave(page: Page): Promise<string> {
  await titled(page, 'Save a recovery file');
  await dialog(page).getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
  await dialog(page).getByLabel('The same again').fill(PASSPHRASE);
  const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Save the file')]);
  assert.match(download.suggestedFilename(), /^fernspeak-recovery-\d{4}-\d\d-\d\d\.txt$/);
  await titled(page, 'Recovery file saved');
  await press(page, 'Done');
  return readFileSync(await download.path(), 'utf8');
}

/** What a terminal receives that takes up the same file. */
async function inTerminal(t: TestContext, text: string): Promise<string> {
  const folder = temporaryFolder(t);
  const [file, words] = [join(folder, 'recovery.txt'), join(folder, 'words')];
  writeFileSync(file, text);
  writeFileSync(words, PASSPHRASE);
  const home = join(folder, 'home');
  const restored = await fernspeak(home, ['restore', file, '--yes', '--passphrase-file', words]);
  assert.deepEqual([restored.code, restored.stdout], [0, 'Garden\n'], restored.stderr);
  return (await fernspeak(home, ['receive', 'Garden', '--all'])).stdout;
}

/** Fills the form that opens a file. */
async function offer(where: Page | Locator, text: string, passphrase = PASSPHRASE): Promise<void> {
  const file = { name: 'fernspeak-recovery.txt', mimeType: 'text/plain', buffer: Buffer.from(text) };
  await where.getByLabel('Recovery file').setInputFiles(file);
  await where.getByLabel('Its passphrase').fill(passphrase);
  await where.getByRole('button', { name: 'Open the file' }).click();
}

test(
  'a fresh browser goes on where another one was: history, trust, and a new device for the others',
  { skip: NO_CHROMIUM },
  async (t) => {
    const [ada, bob] = [await begin(t, 'Ada'), await begin(t, 'Bob')];
    await meet(ada, bob, 'Garden');
    await say(ada, 'The tomatoes are ripe.');
    await say(bob, 'I bring a basket.');
    await shows(ada, 'I bring a basket.');
    const text = await saveFile(ada);
    await ada.close();
    await say(bob, 'On my way.');

    const again = await fresh(t);
    await again.getByRole('button', { name: 'Open a recovery file' }).click();
    await offer(again, text);
    await again.getByRole('listitem').getByText('Garden', { exact: true }).waitFor();
    assert.equal(await again.getByText('Talk to yourself').count(), 0, 'that one lives in one browser');
    await again.getByRole('button', { name: 'Join them from here' }).click();

    await again
      .getByRole('navigation')
      .getByRole('button', { name: /Garden/ })
      .click();
    for (const said of ['The tomatoes are ripe.', 'I bring a basket.', 'On my way.']) await shows(again, said);
    await again.locator('header .trust.verified').waitFor();
    await say(again, 'Here I am again.');
    await again.getByText('$ fernspeak send Garden').waitFor();

    await shows(bob, 'Here I am again.');
    await bob.getByRole('button', { name: 'Members' }).click();
    await dialog(bob).getByText('Another device with the name of Ada.').waitFor();
    await bob.keyboard.press('Escape');

    await again.getByRole('button', { name: 'Settings' }).click();
    assert.equal(await dialog(again).getByLabel('Your name').inputValue(), 'Ada');
    await again.reload();
    await again
      .getByRole('navigation')
      .getByRole('button', { name: /Garden/ })
      .click();
    await shows(again, 'Here I am again.');
    assert.match(await inTerminal(t, text), /The tomatoes are ripe\.[^]*I bring a basket\.[^]*Here I am again\./);
  },
);

test(
  'a wrong passphrase, a cut and a foreign file change nothing, and say what is wrong',
  { skip: NO_CHROMIUM },
  async (t) => {
    const [ada, bob] = [await begin(t, 'Ada'), await begin(t, 'Bob')];
    await meet(ada, bob, 'Boat');
    const text = await saveFile(ada);

    const again = await fresh(t);
    await again.getByRole('button', { name: 'Open a recovery file' }).click();
    const wrong = again.getByRole('alert');
    await offer(again, text, `${PASSPHRASE}s`);
    await wrong.getByText('That is not the passphrase of this recovery file.').waitFor();
    await offer(again, text.slice(0, -40));
    await wrong.getByText('This recovery file is cut off or was altered.').waitFor();
    await offer(again, '<script>alert(1)</script>');
    await wrong.getByText('This is no recovery file of fernspeak.').waitFor();
    const databases = await again.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
    await again.reload();
    await again.getByLabel('Your name').waitFor();
    assert.ok(!databases.some((name) => name?.includes('echo')), 'no profile was made');

    // where there is a profile: what it has stays, and what is new comes
    await bob.getByRole('button', { name: 'Settings' }).click();
    await press(bob, 'Open a recovery file');
    await offer(dialog(bob), text);
    await press(bob, 'Join them from here');
    await dialog(bob).getByText('You have all of its conversations already.').waitFor();
    await press(bob, 'Done');
    const cai = await begin(t, 'Cai');
    await cai.getByRole('button', { name: 'Settings' }).click();
    await press(cai, 'Open a recovery file');
    await offer(dialog(cai), text);
    await press(cai, 'Join them from here');
    await dialog(cai).getByText('New in the list: 1.').waitFor();
    await press(cai, 'Done');
    await cai.getByRole('navigation').getByRole('button', { name: /Boat/ }).waitFor();
    await cai.getByRole('button', { name: 'Settings' }).click();
    assert.equal(await dialog(cai).getByLabel('Your name').inputValue(), 'Cai', 'the name that is here stays');
  },
);

/** A file as somebody makes it who means harm: conversations at these addresses, of one name; and settings. */
async function hostileFile(name: string, addresses: readonly string[], settings: unknown): Promise<string> {
  const [store, device] = [memoryStore(), await deviceOf(await newDeviceKey())];
  for (const address of addresses) {
    await rememberConversation(store, foundConversation({ name, address, place: address, me: 'Mallory' }));
  }
  return sealRecovery(await gatherRecovery({ store, device, settings }), { passphrase: PASSPHRASE });
}

test(
  'a file of somebody else leads nowhere unseen: what lies elsewhere is named, and its settings are looked at',
  { skip: NO_CHROMIUM },
  async (t) => {
    const settings = {
      me: '\u202e<b>Ada</b>',
      theme: '"><script>',
      lockAfterMinutes: 1e-9,
      userKey: 'THEIRS',
      notices: 'text',
    };
    const page = await fresh(t);
    await page.getByRole('button', { name: 'Open a recovery file' }).click();
    const elsewhere = ['http://127.0.0.1:9/channels/1', 'https://evil.example/channels/2', 'file:notes.csv'];
    await offer(page, await hostileFile('x', elsewhere, settings));
    await page.getByText('http://127.0.0.1:9, https://evil.example, a file').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Join them from here' }).isDisabled());
    await page.getByRole('button', { name: 'Not now' }).click();

    const requests: string[] = [];
    page.on('request', (request) => requests.push(new URL(request.url()).origin));
    await page.getByRole('button', { name: 'Open a recovery file' }).click();
    const name = '<img src=x onerror=alert(1)>';
    await offer(page, await hostileFile(name, [`${url}/channels/999`, ...elsewhere], settings));
    await page.getByRole('listitem').getByText(name).waitFor();
    await page.getByRole('button', { name: 'Join them from here' }).click();
    await page.getByRole('navigation').getByRole('button', { name: 'img src=x' }).click();
    await page.getByText('The relay does not let this browser read here any more.').waitFor();
    await page.getByRole('button', { name: 'Settings' }).click();
    assert.equal(await dialog(page).getByLabel('Your name').inputValue(), '<b>Ada</b>');
    assert.ok(await dialog(page).getByLabel('As the system').isChecked());
    assert.deepEqual([...new Set(requests)], [url]);
    assert.deepEqual(settingsIn(settings), { me: '<b>Ada</b>' });
    assert.deepEqual([settingsIn(null), settingsIn('x'), settingsIn([])], [{}, {}, {}]);
  },
);

test(
  'the reminder comes with the first company, goes, comes a week later, and ends with a file',
  { skip: NO_CHROMIUM },
  async (t) => {
    const [ada, bob] = [await begin(t, 'Ada'), await begin(t, 'Bob')];
    await ada.getByRole('log').getByText('Echo joined.').waitFor();
    assert.equal(await reminder(ada).count(), 0, 'nobody is asked for talking to themselves');
    await meet(ada, bob, 'Trip');
    await reminder(ada).getByRole('button', { name: 'Not now' }).click();
    await reminder(ada).waitFor({ state: 'hidden' });
    await ada.reload();
    await ada.getByRole('navigation').getByRole('button', { name: /Trip/ }).click();
    await ada.getByRole('log').getByText('Bob joined.').waitFor();
    await reminderLoaded(ada);
    assert.equal(await reminder(ada).count(), 0);

    await ada.clock.setFixedTime(Date.now() + WEEK_MS + 1000);
    await ada.reload();
    await reminder(ada).getByRole('button', { name: 'Save one' }).click();
    await fillAndSave(ada);
    await reminder(ada).waitFor({ state: 'hidden' });
    await ada.clock.setFixedTime(Date.now() + 3 * WEEK_MS);
    await ada.reload();
    await ada.getByRole('navigation').getByRole('button', { name: /Trip/ }).click();
    await ada.getByRole('log').getByText('Bob joined.').waitFor();
    await ada.getByRole('button', { name: 'Settings' }).click();
    await press(ada, 'Save a recovery file');
    await dialog(ada)
      .getByText(/^The last one was saved on/)
      .waitFor();
    await ada.keyboard.press('Escape');
    assert.equal(await reminder(ada).count(), 0);
  },
);

test('axe finds nothing where recovery files are saved and opened', { skip: NO_CHROMIUM }, async (t) => {
  const look = async (page: Page, where: string): Promise<string[]> => {
    await page.evaluate(AXE);
    return page.evaluate(async (within) => {
      const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
      return (await axe.run(within)).violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    }, where);
  };
  for (const colorScheme of ['light', 'dark'] as const) {
    const options = { viewport: { width: 360, height: 740 }, colorScheme, bypassCSP: true };
    const [page, bob] = [await fresh(t, options), await begin(t, 'Bob')];
    await page.getByRole('button', { name: 'Open a recovery file' }).click();
    await offer(page, 'foreign');
    await page.getByRole('alert').getByText('no recovery file').waitFor();
    assert.deepEqual(await look(page, 'body'), []);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByLabel('Your name').fill('Ada');
    await page.getByRole('button', { name: 'Talk to yourself' }).click();
    await page.getByRole('button', { name: 'Back to the list' }).click();
    await meet(page, bob, 'Trip');
    await page.getByRole('button', { name: 'Back to the list' }).click();
    await reminder(page).waitFor();
    assert.deepEqual(await look(page, 'nav'), []);
    await reminder(page).getByRole('button', { name: 'Save one' }).click();
    await titled(page, 'Save a recovery file');
    assert.deepEqual(await look(page, 'dialog'), []);
    await press(page, 'Open one instead');
    await titled(page, 'Open a recovery file');
    assert.deepEqual(await look(page, 'dialog'), []);
  }
});
