// npm run screenshots: pictures of the app's states into docs/screenshots, from a real browser on a real relay.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NO_CHROMIUM, openBrowser, openPerson, run, startRelayProcess } from '@fernspeak/test';

type Browser = Awaited<ReturnType<typeof openBrowser>>;
type Page = Awaited<ReturnType<Browser['newPage']>>;

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const OUT = join(ROOT, 'docs', 'screenshots');
const WIDE = { width: 1440, height: 860 };
const NARROW = { width: 360, height: 740 };

if (NO_CHROMIUM !== false) throw new Error(NO_CHROMIUM);
const folder = mkdtempSync(join(tmpdir(), 'fernspeak-screenshots-'));
const ends: (() => unknown)[] = [];
const t = { after: (end: () => unknown) => void ends.unshift(end) } as Parameters<typeof openBrowser>[0] &
  Parameters<typeof startRelayProcess>[0];
mkdirSync(OUT, { recursive: true });
try {
  const app = join(folder, 'app');
  const built = await run(process.execPath, [join(ROOT, 'packages/web/build/build.ts'), app]);
  if (built.code !== 0) throw new Error(built.stderr);
  const relay = await startRelayProcess(t, join(folder, 'relay'), ['--web', app]);
  await takeAll(await openBrowser(t), relay.url);
} finally {
  for (const end of ends) await end();
  rmSync(folder, { recursive: true, force: true });
}

async function takeAll(browser: Browser, url: string): Promise<void> {
  const ada = await opened(browser, url);
  await take(ada, 'first-run');
  await ada.getByLabel('Your name').fill('Ada');
  await ada.getByRole('button', { name: 'Talk to yourself' }).click();
  await say(ada, 'Only I can read this.');
  await ada.locator('.message.theirs .bubble').last().waitFor();
  await take(ada, 'talk-to-yourself');

  const link = await family(ada);
  const bob = await opened(browser, link);
  await take(bob, 'invited');
  await bob.getByLabel('Your name').first().fill('Bob');
  await bob.getByRole('button', { name: 'Go on' }).click();
  await bob.getByRole('dialog').getByRole('button', { name: 'Join' }).waitFor();
  await bob.getByRole('dialog').getByLabel('What to call it here').fill('Family');
  await take(bob, 'join');
  await bob.getByRole('dialog').getByRole('button', { name: 'Join' }).click();
  await ada.getByText('Bob joined.').first().waitFor();
  await say(ada, 'Are we still on for six?');
  await bob.locator('.message', { hasText: 'six' }).first().waitFor();
  await say(bob, 'Yes. I bring the plans.');
  await ada.locator('.message', { hasText: 'plans' }).first().waitFor();
  await say(ada, 'Good. The gate is open.');
  await ada.locator('.message', { hasText: 'stored by relay' }).last().waitFor();
  await take(ada, 'conversation');
  await ada.emulateMedia({ colorScheme: 'dark' });
  await take(ada, 'conversation-dark');
  await ada.emulateMedia({ colorScheme: 'light' });

  await ada.getByRole('button', { name: 'Members' }).click();
  await ada.getByRole('dialog').waitFor();
  await take(ada, 'members');
  await ada
    .getByRole('dialog')
    .getByRole('button', { name: /^Verify/ })
    .first()
    .click();
  await ada.locator('dialog .digits, dialog svg').first().waitFor();
  await take(ada, 'verify');
  await ada.keyboard.press('Escape');
  await ada.getByRole('button', { name: 'Try to break it' }).click();
  await ada
    .getByRole('button', { name: /Flip a byte/i })
    .first()
    .waitFor();
  await take(ada, 'try-to-break-it');
  await ada.getByRole('button', { name: 'Settings' }).first().click();
  await ada.getByRole('dialog').waitFor();
  await take(ada, 'settings');
  await ada.keyboard.press('Escape');

  await bob.setViewportSize(NARROW);
  await bob.getByRole('button', { name: 'Close what the relay sees' }).click();
  await bob.locator('.message', { hasText: 'gate' }).first().waitFor();
  await take(bob, 'phone-conversation');
  await bob.getByRole('button', { name: 'You | Relay' }).click();
  await bob.locator('.relay-side').waitFor();
  await take(bob, 'phone-relay');
  await bob.getByRole('button', { name: 'Close what the relay sees' }).click();
  await bob.getByRole('button', { name: 'Back to the list' }).click();
  await take(bob, 'phone-list');
}

async function opened(browser: Browser, url: string): Promise<Page> {
  const person = await openPerson(browser, { viewport: WIDE, colorScheme: 'light', reducedMotion: 'reduce' });
  const page = await person.newPage();
  await page.goto(url);
  await page.getByLabel('Your name').first().waitFor();
  return page;
}

async function say(page: Page, text: string): Promise<void> {
  const field = page.getByLabel('Message', { exact: true });
  await field.fill(text);
  await field.press('Enter');
}

/** Makes a conversation; gives the link of an invite. */
async function family(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'New conversation' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Family');
  await take(page, 'new-conversation');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await dialog.getByLabel('Whom is it for?').fill('Bob');
  await dialog.getByRole('button', { name: 'Make the invite' }).click();
  const link = await dialog.getByLabel('Link').inputValue();
  await take(page, 'invite');
  await page.keyboard.press('Escape');
  return link;
}

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(OUT, `${name}.jpg`), type: 'jpeg', quality: 85, animations: 'disabled' });
  console.log(`docs/screenshots/${name}.jpg`);
}
