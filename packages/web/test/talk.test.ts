import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  LAUNCHER,
  NO_CHROMIUM,
  fernspeak,
  openBrowser,
  openPerson,
  run,
  startRelayProcess,
  temporaryFolder,
  type RunningRelay,
} from '@fernspeak/test';
import type { Browser, BrowserContext, Page } from 'playwright-core';

const BUILD: string = fileURLToPath(new URL('../build/build.ts', import.meta.url));

interface Setting {
  readonly folder: string;
  readonly app: string;
  readonly relay: RunningRelay;
  readonly browser: Browser;
}

async function setting(t: TestContext): Promise<Setting> {
  const folder = temporaryFolder(t);
  const app = join(folder, 'app');
  const built = await run(process.execPath, [BUILD, app]);
  assert.equal(built.code, 0, built.stderr);
  const relay = await startRelayProcess(t, join(folder, 'relay'), ['--web', app]);
  return { folder, app, relay, browser: await openBrowser(t) };
}

/** Opens the app, and says a name where it is asked for. */
async function enter(person: BrowserContext, url: string, name: string | null): Promise<Page> {
  const page = await person.newPage();
  page.on('pageerror', (error) => assert.fail(error));
  await page.goto(url);
  if (name === null) return page;
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: /Talk to yourself|Go on/ }).click();
  return page;
}

async function say(page: Page, text: string): Promise<void> {
  const field = page.getByLabel('Message', { exact: true });
  await field.fill(text);
  await field.press('Enter');
}

/** Waits until a message of this text is there, of this state if one is named. */
async function shows(page: Page, text: string, state: string | RegExp = ''): Promise<void> {
  await page.locator('.message', { hasText: text }).filter({ hasText: state }).first().waitFor();
}

async function make(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: 'New conversation' }).click();
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('dialog').getByRole('button', { name: 'Make it' }).click();
  return inviteFrom(page);
}

async function inviteFrom(page: Page): Promise<string> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Whom is it for?').fill('somebody');
  await dialog.getByRole('button', { name: 'Make the invite' }).click();
  const link = await dialog.getByLabel('Link').inputValue();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  return link;
}

test('two browsers and a terminal talk in one conversation', { skip: NO_CHROMIUM }, async (t) => {
  const { folder, relay, browser } = await setting(t);
  const ada = await enter(await openPerson(browser), relay.url, 'Ada');
  await shows(ada, 'Echo joined.');
  await say(ada, 'hello myself');
  await shows(ada, 'hello myself', 'received by Echo');

  const link = await make(ada, 'Garden');
  // by a link in the address bar, which joins nothing by itself and is gone at once
  const bob = await enter(await openPerson(browser), link, null);
  await bob.getByText('You were invited').waitFor();
  assert.equal(new URL(bob.url()).hash, '');
  await bob.getByLabel('Your name').fill('Bob');
  await bob.getByRole('button', { name: 'Go on' }).click();
  await bob.getByRole('dialog').getByLabel('What to call it here').fill('Garden');
  await bob.getByRole('dialog').getByRole('button', { name: 'Join', exact: true }).click();
  await bob.getByRole('heading', { name: 'Garden', exact: true }).waitFor();
  await shows(ada, 'Bob joined.');

  await ada.getByRole('button', { name: 'Invite', exact: true }).click();
  writeFileSync(join(folder, 'link'), await inviteFrom(ada));
  const home = join(folder, 'cai');
  const joined = await run(
    'sh',
    ['-c', '"$0" "$1" join - --name garden --me Cai --yes < link', process.execPath, LAUNCHER],
    {
      cwd: folder,
      env: { FERNSPEAK_HOME: home },
    },
  );
  assert.equal(joined.code, 0, joined.stderr);

  await say(ada, 'Are we still on for six?');
  await shows(bob, 'Are we still on for six?');
  await say(bob, 'Yes. I am bringing the notes.');
  await shows(ada, 'Yes. I am bringing the notes.');
  await shows(ada, 'Are we still on for six?', 'received by Bob');
  const received = await fernspeak(home, ['receive', 'garden']);
  assert.match(received.stdout, /Are we still on for six\?[\s\S]*Yes\. I am bringing the notes\./);
  const sent = await fernspeak(home, ['send', 'garden', 'See you there.']);
  assert.equal(sent.code, 0, sent.stderr);
  for (const page of [ada, bob]) {
    await shows(page, 'See you there.');
    assert.equal(await page.locator('.finding, .strip.loud').count(), 0);
  }
});

test(
  'while the relay is away messages wait, and go out later; a reload loses nothing',
  { skip: NO_CHROMIUM },
  async (t) => {
    const { folder, app, relay, browser } = await setting(t);
    const person = await openPerson(browser);
    const page = await enter(person, relay.url, 'Ada');
    await shows(page, 'Echo joined.');
    await say(page, 'before');
    await shows(page, 'before', 'received by Echo');
    await page.evaluate(() => navigator.serviceWorker.ready);

    const port = new URL(relay.url).port;
    relay.process.kill('SIGKILL');
    await page.getByText('No relay can be reached').waitFor();
    await say(page, 'while it is away');
    await shows(page, 'while it is away', 'waiting');
    await page.reload();
    // the app itself comes from the browser's own store, and the history from the profile
    await page.locator('.row').first().click();
    await shows(page, 'before');
    await startRelayProcess(t, join(folder, 'relay'), ['--web', app, '--port', port]);
    await shows(page, 'while it is away', /stored by relay|received by Echo/);
  },
);

test('one tab at a time has the profile; another takes it over', { skip: NO_CHROMIUM }, async (t) => {
  const { relay, browser } = await setting(t);
  const person = await openPerson(browser);
  const one = await enter(person, relay.url, 'Ada');
  await shows(one, 'Echo joined.');
  await say(one, 'from the first');
  await shows(one, 'from the first', 'received by Echo');
  const other = await enter(person, relay.url, null);
  await other.getByRole('button', { name: 'Use it here' }).click();
  await one.getByRole('heading', { name: 'Open in another tab' }).waitFor();
  await other.locator('.row').first().click();
  await shows(other, 'from the first');
  await say(other, 'from the second');
  await shows(other, 'from the second', 'received by Echo');
  assert.equal(await other.locator('.finding, .strip.loud').count(), 0);
});

test(
  'with a passphrase it is locked after a reload, and a wrong one opens nothing',
  { skip: NO_CHROMIUM },
  async (t) => {
    const { relay, browser } = await setting(t);
    const page = await enter(await openPerson(browser), relay.url, null);
    await page.getByLabel('Protect what this browser keeps').check();
    await page.getByLabel('Passphrase', { exact: true }).fill('uncross human obedience');
    await page.getByLabel('The same again').fill('uncross human obedience');
    await page.getByRole('button', { name: 'Talk to yourself' }).click();
    await shows(page, 'Echo joined.');
    await say(page, 'kept');
    await shows(page, 'kept', 'received by Echo');
    await page.reload();
    await page.getByLabel('Passphrase').fill('another');
    await page.getByRole('button', { name: 'Unlock' }).click();
    await page.getByText('That is not the passphrase of this profile.').waitFor();
    await page.getByLabel('Passphrase').fill('uncross human obedience');
    await page.getByRole('button', { name: 'Unlock' }).click();
    await page.locator('.row').first().click();
    await shows(page, 'kept');
  },
);

test('what others write is shown, and never obeyed', { skip: NO_CHROMIUM }, async (t) => {
  const { folder, relay, browser } = await setting(t);
  const page = await enter(await openPerson(browser), relay.url, 'Ada');
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== relay.url) elsewhere.push(request.url());
  });
  let violations = 0;
  page.on('console', (message) => (violations += Number(message.text().includes('Content Security Policy'))));
  writeFileSync(join(folder, 'link'), await make(page, 'Garden'));
  const home = join(folder, 'mallory');
  const hostile = '<img src=https://evil.example/x onerror=document.title=1><script>document.title=2</script>';
  const command = '"$0" "$1" join - --name garden --me "$2" --yes < link';
  const joined = await run('sh', ['-c', command, process.execPath, LAUNCHER, '<b>Mallory</b>\u202e'], {
    cwd: folder,
    env: { FERNSPEAK_HOME: home },
  });
  assert.equal(joined.code, 0, joined.stderr);
  const texts = [
    hostile,
    'javascript:alert(1)',
    '{"__proto__":{"x":1},"html":"<svg onload=alert(1)>"}',
    '\u202egnp.exe',
  ];
  for (const text of texts) {
    const sent = await fernspeak(home, ['send', 'garden', '--title', hostile], { input: text });
    assert.equal(sent.code, 0, sent.stderr);
    await shows(page, text);
  }
  assert.equal(await page.locator('.messages :is(img, script, svg, a, b)').count(), 0);
  assert.equal(await page.title(), 'fernspeak');
  assert.deepEqual(elsewhere, []);
  assert.equal(violations, 0);
});
