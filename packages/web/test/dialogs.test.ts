import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NO_CHROMIUM, openBrowser, openPerson, run, startRelayProcess, temporaryFolder } from '@fernspeak/test';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';

const AXE: string = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const BUILD: string = fileURLToPath(new URL('../build/build.ts', import.meta.url));
/** Far from weak, and the same in each run. */
const PASSPHRASE = 'uncross human obedience gloating mutt remember';

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

/** Somebody who has a profile, and talks to themselves. */
async function begin(t: TestContext, name: string, options: Parameters<typeof openPerson>[1] = {}): Promise<Page> {
  const person: BrowserContext = await openPerson(browser, options);
  t.after(() => person.close());
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
const titled = (page: Page, name: string | RegExp): Promise<void> =>
  dialog(page).getByRole('heading', { name }).waitFor();

/** Makes a conversation, and an invite for somebody. Gives its link. */
async function invite(page: Page, talk: string, label: string): Promise<string> {
  await page.getByRole('button', { name: 'New conversation' }).click();
  await dialog(page).getByLabel('Name', { exact: true }).fill(talk);
  await press(page, 'Make it');
  await titled(page, 'Invite someone');
  await dialog(page).getByLabel('Whom is it for?').fill(label);
  await press(page, 'Make the invite');
  return dialog(page).getByLabel('Link').inputValue();
}

async function pasteInvite(page: Page, link: string): Promise<void> {
  await page.getByRole('button', { name: 'Open an invite' }).click();
  await dialog(page).getByLabel('The invite’s link').fill(link);
  await press(page, 'Open');
}

async function joinNow(page: Page, name: string): Promise<void> {
  await titled(page, 'Join this conversation?');
  await dialog(page).getByLabel('What to call it here').fill(name);
  await press(page, 'Join');
  await page.getByRole('heading', { name, exact: true }).waitFor();
}

/** Shows the camera's place a picture. */
async function scanPicture(page: Page, buffer: Buffer): Promise<void> {
  const file = { name: 'code.png', mimeType: 'image/png', buffer };
  await dialog(page).getByLabel('From a picture or screenshot').setInputFiles(file);
}

const numbers = (page: Page): Promise<string[]> =>
  dialog(page).getByRole('list', { name: 'Safety number' }).getByRole('listitem').allTextContents();

async function openVerify(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Members' }).click();
  await press(page, `Verify ${name}`);
  await titled(page, `Is this really ${name}?`);
}

test(
  'an invite’s QR code, read from a screenshot, lets somebody in, and then asks to verify them',
  {
    skip: NO_CHROMIUM,
  },
  async (t) => {
    const [ada, bob] = [await begin(t, 'Ada'), await begin(t, 'Bob')];
    await invite(ada, 'Garden', 'Bob');
    const code = await dialog(ada).getByRole('img').screenshot();

    await bob.getByRole('button', { name: 'Open an invite' }).click();
    await press(bob, 'Scan a code');
    await dialog(bob)
      .getByText(/camera/)
      .waitFor();
    await scanPicture(bob, code);
    await joinNow(bob, 'Garden');

    await titled(ada, 'Is this really Bob?');
    await openVerify(bob, 'Ada');
    assert.deepEqual(await numbers(ada), await numbers(bob));
    assert.match((await numbers(ada)).join(''), /^\d{60}$/);

    await press(ada, 'They match');
    await dialog(ada)
      .getByText(/Verified on .* by numbers/)
      .waitFor();
    await press(ada, 'Done');
    await ada.locator('header .trust.verified').waitFor();

    // what Ada's screen showed is another number than that of Bob and himself: a picture of it is taken or refused at once
    await press(bob, 'Scan theirs');
    await scanPicture(bob, code);
    await dialog(bob).getByText('There is a code in this picture, but another one.').waitFor();
    await scanPicture(bob, await dialog(bob).getByRole('img').screenshot());
    await dialog(bob)
      .getByText(/Verified on .* by QR code/)
      .waitFor();
  },
);

test(
  'a pasted invite is asked about first; a broken one says what is wrong; differing numbers verify nobody',
  {
    skip: NO_CHROMIUM,
  },
  async (t) => {
    const [ada, bob] = [await begin(t, 'Ada'), await begin(t, 'Bob')];
    const link = await invite(ada, 'Boat', 'Bob');

    await pasteInvite(bob, link.slice(0, -3));
    await dialog(bob)
      .getByText(/incomplete or mistyped/)
      .waitFor();
    await dialog(bob).getByLabel('The invite’s link').fill(link);
    await press(bob, 'Open');
    await titled(bob, 'Join this conversation?');
    await press(bob, 'Not now');
    assert.equal(await bob.getByRole('navigation').getByText('Conversation', { exact: true }).count(), 0);
    await ada.getByText('Waiting for Bob to join').waitFor();

    await pasteInvite(bob, link);
    await joinNow(bob, 'Boat');
    await titled(ada, 'Is this really Bob?');
    await press(ada, 'They differ');
    await dialog(ada).locator('.verdict.changed').waitFor();
    await press(ada, 'Done');
    await ada.locator('header .trust.unverified').waitFor();
  },
);

test(
  'one’s own further device is offered one’s name, and is shown beside the first',
  { skip: NO_CHROMIUM },
  async (t) => {
    const ada = await begin(t, 'Ada');
    await invite(ada, 'Garden', 'Bob');
    await ada.keyboard.press('Escape');
    await ada.getByRole('button', { name: 'Members' }).click();
    await press(ada, 'Add my device');
    assert.equal(await dialog(ada).getByLabel('Name').inputValue(), 'Ada');
    await press(ada, 'Make the invite');
    await dialog(ada).getByText('$ fernspeak invite Garden --my-device --qr').waitFor();
    const link = await dialog(ada).getByLabel('Link').inputValue();

    const person = await openPerson(browser);
    t.after(() => person.close());
    const phone = await person.newPage();
    await phone.goto(link);
    assert.equal(await phone.getByLabel('Your name').inputValue(), 'Ada');
    await phone.getByRole('button', { name: 'Go on' }).click();
    await titled(phone, 'Join this conversation?');
    assert.equal(await dialog(phone).getByLabel('Your name').inputValue(), 'Ada');
    await press(phone, 'Join');

    await titled(ada, /Is this really .*Ada\?/);
    await ada.keyboard.press('Escape');
    await ada.getByRole('button', { name: 'Members' }).click();
    await dialog(ada).getByText('joined with the link for Ada').waitFor();
    await dialog(ada).getByText('Another device with the name of Ada.').waitFor();
  },
);

test('the number of somebody else does not verify', { skip: NO_CHROMIUM }, async (t) => {
  const [ada, bob] = [await begin(t, 'Ada'), await begin(t, 'Bob')];
  await openVerify(bob, 'Echo');
  const other = await dialog(bob).getByRole('img').screenshot();
  const link = await invite(ada, 'Trip', 'Bob');
  await bob.keyboard.press('Escape');
  await pasteInvite(bob, link);
  await joinNow(bob, 'Trip');
  await titled(ada, 'Is this really Bob?');
  await press(ada, 'Scan theirs');
  await scanPicture(ada, other);
  await dialog(ada).locator('.verdict.changed').waitFor();
});

test('a passphrase: a weak one wants a word more, a wrong one opens nothing', { skip: NO_CHROMIUM }, async (t) => {
  const page = await begin(t, 'Ada');
  await page.getByRole('button', { name: 'Settings' }).click();
  await press(page, 'Set a passphrase');
  const fill = async (text: string): Promise<void> => {
    await dialog(page).getByLabel('Passphrase', { exact: true }).fill(text);
    await dialog(page).getByLabel('The same again').fill(text);
  };
  const set = dialog(page).getByRole('button', { name: 'Set it' });
  await fill('banana');
  await dialog(page).getByText(/^Weak/).waitFor();
  assert.ok(await set.isDisabled());
  await fill(PASSPHRASE);
  await dialog(page).getByText(/^Good/).waitFor();
  await set.click();
  await titled(page, 'Settings');
  await press(page, 'Lock now');

  await page.getByLabel('Passphrase').fill(`${PASSPHRASE}s`);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await page.locator('.note.error').filter({ hasText: /./ }).waitFor();
  assert.equal(await page.getByRole('navigation').count(), 0);
  await page.getByLabel('Passphrase').fill(PASSPHRASE);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
});

test(
  'with a passphrase it locks when nobody does anything, also while the computer sleeps',
  { skip: NO_CHROMIUM },
  async (t) => {
    const person = await openPerson(browser);
    t.after(() => person.close());
    const page = await person.newPage();
    page.on('pageerror', (error) => assert.fail(error));
    await page.clock.install();
    await page.goto(url);
    await page.getByLabel('Protect what this browser keeps').check();
    await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await page.getByLabel('The same again').fill(PASSPHRASE);
    await page.getByRole('button', { name: 'Talk to yourself' }).click();
    const list = page.getByRole('navigation', { name: 'Conversations' });
    await list.waitFor();

    await page.clock.fastForward('14:00');
    await page.keyboard.press('Shift');
    await page.clock.fastForward('14:00');
    await page.keyboard.press('Shift');
    assert.ok(await list.isVisible(), 'whoever does something is not locked out');
    await page.clock.fastForward('15:01');
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
    assert.equal(await list.count(), 0);

    const unlock = async (): Promise<void> => {
      await page.getByLabel('Passphrase').fill(PASSPHRASE);
      await page.getByRole('button', { name: 'Unlock' }).click();
      await list.waitFor();
    };
    await unlock();
    await page.getByRole('button', { name: 'Settings' }).click();
    await dialog(page).getByLabel('Lock after').selectOption('5 minutes');
    await page.keyboard.press('Escape');
    // asleep: the clock goes on, and no timer comes
    await page.clock.setSystemTime(Date.now() + 3 * 3_600_000);
    await page.keyboard.press('Shift');
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
  },
);

test('settings hold at once and after a reload; Esc gives the focus back', { skip: NO_CHROMIUM }, async (t) => {
  const page = await begin(t, 'Ada');
  const button = page.getByRole('button', { name: 'Settings' });
  await button.click();
  await dialog(page).getByLabel('Dark').check();
  await page.locator('html[data-theme=dark]').waitFor();
  await dialog(page).getByLabel('Your name').fill('Ada Okafor');
  await press(page, 'Save name');
  await dialog(page).getByRole('button', { name: 'Save name' }).and(page.locator(':disabled')).waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'hidden' });
  assert.ok(await button.evaluate((element) => element === document.activeElement));

  await page.reload();
  await page.locator('html[data-theme=dark]').waitFor();
  await button.click();
  assert.equal(await dialog(page).getByLabel('Your name').inputValue(), 'Ada Okafor');
});

test('a copy in CSV holds what was written, and no formula', { skip: NO_CHROMIUM }, async (t) => {
  const page = await begin(t, 'Ada');
  await page.getByRole('textbox', { name: /message/i }).fill('=1+1');
  await page.keyboard.press('Enter');
  await page.getByRole('log').getByText('=1+1').nth(1).waitFor();
  await page.getByRole('button', { name: 'Members' }).click();
  await press(page, 'Save a copy');
  const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'For a spreadsheet (CSV)')]);
  assert.equal(download.suggestedFilename(), 'Talk to yourself.csv');
  const lines = readFileSync(await download.path(), 'utf8').split('\r\n');
  assert.equal(lines[0], 'sentAt,storedAt,sender,key,title,text,findings');
  assert.equal(lines.filter((line) => line.includes(",'=1+1,")).length, 2);
});

test(
  'a conversation is forgotten when its name was typed; the switcher goes by name',
  {
    skip: NO_CHROMIUM,
  },
  async (t) => {
    const page = await begin(t, 'Ada');
    await invite(page, 'Old plans', 'Bob');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await titled(page, 'Go to a conversation');
    await page.keyboard.type('yours');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Talk to yourself' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.type('old');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Old plans' }).waitFor();

    await page.getByRole('button', { name: 'Members' }).click();
    await press(page, 'Forget');
    await dialog(page).getByLabel('Name of the conversation').fill('plans');
    await press(page, 'Forget it');
    await dialog(page).getByText('This is not its name.').waitFor();
    await dialog(page).getByLabel('Name of the conversation').fill('Old plans');
    await press(page, 'Forget it');
    await dialog(page).waitFor({ state: 'hidden' });
    assert.equal(await page.getByText('Old plans').count(), 0);
  },
);

/** What axe finds in the dialog: rule and place. */
async function found(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run('dialog');
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

/** Opens every dialog in turn, and looks at each. */
async function everyDialog(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  const close = (): Promise<void> => page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Members' }).click();
  await titled(page, 'Members');
  await look('members');
  await press(page, 'Verify Echo');
  await titled(page, /really Echo/);
  await look('verify');
  await press(page, 'They match');
  await dialog(page)
    .getByText(/^.*Verified on/)
    .waitFor();
  await look('verified');
  await close();
  for (const [button, name] of [
    ['Save a copy', 'Save a copy'],
    ['Forget', 'Forget this conversation?'],
  ] as const) {
    await page.getByRole('button', { name: 'Members' }).click();
    await press(page, button);
    await titled(page, name);
    await look(button);
    await close();
  }
  await page.getByRole('main').getByRole('button', { name: 'Invite' }).click();
  await press(page, 'Make the invite');
  const link = await dialog(page).getByLabel('Link').inputValue();
  await look('invite');
  await close();
  await page.keyboard.press('Control+k');
  await titled(page, 'Go to a conversation');
  await look('switcher');
  await close();
  await page.evaluate((to) => void (location.hash = new URL(to).hash), link);
  await titled(page, 'Join this conversation?');
  await look('join');
  await close();
  await throughTheList(page, look);
}

/** Those that the list's buttons open. */
async function throughTheList(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Open an invite' }).click();
  await press(page, 'Scan a code');
  await dialog(page)
    .getByText(/camera/)
    .waitFor();
  await look('paste');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'New conversation' }).click();
  await dialog(page).getByLabel('By a passphrase that all of you know').check();
  await dialog(page).getByLabel('Passphrase', { exact: true }).fill('banana');
  await dialog(page).getByText(/^Weak/).waitFor();
  await look('create');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Settings' }).click();
  await titled(page, 'Settings');
  await look('settings');
  await press(page, 'About, and who can do what');
  await dialog(page)
    .getByText(/^[0-9a-f]{64}$/)
    .waitFor();
  await look('about');
  await page.keyboard.press('Escape');
}

for (const width of [360, 768, 1440]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing in any dialog, ${width} pixels wide, ${colorScheme}`, { skip: NO_CHROMIUM }, async (t) => {
      const page = await begin(t, 'Ada', { viewport: { width, height: 800 }, colorScheme, bypassCSP: true });
      const faults: string[] = [];
      await everyDialog(page, async (name) => {
        faults.push(...(await found(page)).map((fault) => `${name}: ${fault}`));
        const overflow = await dialog(page).evaluate((element) => element.scrollWidth > element.clientWidth);
        if (overflow) faults.push(`${name}: wider than the window`);
      });
      assert.deepEqual(faults, []);
    });
  }
}
