// Files in the app: from a terminal and back, pictures, what pretends to be one, and how long the page is held up.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
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
} from '@fernspeak/test';
import type { Browser, Page } from 'playwright-core';

const BUILD: string = fileURLToPath(new URL('../build/build.ts', import.meta.url));
const PICTURE: Buffer = readFileSync(new URL('../dist/icon-192.png', import.meta.url));

const ending: (() => unknown)[] = [];
let url = '';
let browser: Browser;
let folder = '';

before(async () => {
  if (NO_CHROMIUM) return;
  const whole = { after: (cleanup: () => unknown) => void ending.unshift(cleanup) };
  folder = temporaryFolder(whole as TestContext);
  const app = join(folder, 'app');
  const built = await run(process.execPath, [BUILD, app]);
  assert.equal(built.code, 0, built.stderr);
  ({ url } = await startRelayProcess(whole, join(folder, 'relay'), ['--web', app]));
  browser = await openBrowser(whole);
});

after(async () => {
  for (const end of ending) await end();
});

/** Ada in a browser and Bob at a terminal, in one conversation. */
async function meet(t: TestContext): Promise<{ readonly ada: Page; readonly bob: string }> {
  const person = await openPerson(browser);
  t.after(() => person.close());
  const ada = await person.newPage();
  ada.on('pageerror', (error) => assert.fail(error));
  await ada.goto(url);
  await ada.getByLabel('Your name').fill('Ada');
  await ada.getByRole('button', { name: 'Talk to yourself' }).click();
  await ada.getByRole('button', { name: 'New conversation' }).click();
  const dialog = ada.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('talk');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await dialog.getByLabel('Whom is it for?').fill('Bob');
  await dialog.getByRole('button', { name: 'Make the invite' }).click();
  const link = await dialog.getByLabel('Link').inputValue();
  await ada.keyboard.press('Escape');
  const bob = temporaryFolder(t);
  writeFileSync(join(bob, 'link'), link);
  const command = '"$0" "$1" join - --name talk --me Bob --yes < link';
  const joined = await run('sh', ['-c', command, process.execPath, LAUNCHER], {
    cwd: bob,
    env: { FERNSPEAK_HOME: bob },
  });
  assert.equal(joined.code, 0, joined.stderr);
  return { ada, bob };
}

async function choose(page: Page, name: string, mimeType: string, buffer: Buffer): Promise<void> {
  await page.locator('input[type=file]').setInputFiles({ name, mimeType, buffer });
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('20 MB from a terminal to the browser and back, whole', { skip: NO_CHROMIUM }, async (t) => {
  const { ada, bob } = await meet(t);
  const film = randomBytes(20_000_000);
  const path = join(bob, 'film.mp4');
  writeFileSync(path, film);
  // long frames, as the browser counts them
  await ada.evaluate(`globalThis.long = []; new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) long.push(Math.round(duration));
  }).observe({ type: 'longtask' });`);
  const sent = await fernspeak(bob, ['send', 'talk', '--file', path]);
  assert.equal(sent.code, 0, sent.stderr);
  const message = ada.locator('.message', { hasText: 'film.mp4' });
  const [download] = await Promise.all([
    ada.waitForEvent('download', { timeout: 120_000 }),
    message.getByRole('button', { name: 'Save film.mp4' }).click({ timeout: 120_000 }),
  ]);
  assert.equal(download.suggestedFilename(), 'film.mp4');
  const saved = join(bob, 'back.mp4');
  await download.saveAs(saved);
  assert.equal(sha256(readFileSync(saved)), sha256(film));

  await ada.locator('input[type=file]').setInputFiles(saved);
  await ada.locator('.message.mine', { hasText: 'back.mp4' }).waitFor();
  await ada.locator('.uploads').waitFor({ state: 'detached', timeout: 120_000 });
  const got = join(bob, 'got');
  const received = await fernspeak(bob, ['receive', 'talk', '--files', got]);
  assert.equal(received.code, 0, received.stderr);
  assert.equal(sha256(readFileSync(join(got, 'back.mp4'))), sha256(film));
  const long = await ada.evaluate<number[]>('long');
  t.diagnostic(`tasks of the page over 50 ms: ${JSON.stringify(long.toSorted((a, b) => b - a).slice(0, 10))}`);
});

test(
  'a picture is shown, by its name; what only says that it is one runs nothing',
  { skip: NO_CHROMIUM },
  async (t) => {
    const { ada, bob } = await meet(t);
    await choose(ada, 'leaf.png', 'image/png', PICTURE);
    const picture = ada.getByRole('img', { name: 'leaf.png' });
    await picture.waitFor();
    const width = await ada.evaluate<number>(`document.querySelector('.file img').naturalWidth`);
    assert.equal(width, 192);

    const script = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>';
    ada.on('dialog', () => assert.fail('a file ran something'));
    const requested: string[] = [];
    ada.on('request', (request) => requested.push(request.url()));
    for (const name of ['evil.svg', 'evil.html', '<img src=x onerror=alert(3)>.png']) {
      const path = join(bob, name.replaceAll('/', ''));
      writeFileSync(path, script);
      const sent = await fernspeak(bob, ['send', 'talk', '--file', path]);
      assert.equal(sent.code, 0, sent.stderr);
    }
    await ada.getByRole('button', { name: 'Save evil.svg' }).waitFor();
    await ada.getByRole('button', { name: 'Save evil.html' }).waitFor();
    await ada.locator('.message', { hasText: 'onerror=alert(3)' }).waitFor();
    assert.equal(await ada.locator('.messages svg, .messages iframe, .messages script').count(), 0);
    for (const each of requested) assert.ok(each.startsWith(url) || each.startsWith('blob:'), each);
  },
);

test(
  'dropped files are sent too, one after the other; a reload in the middle goes on with the same file',
  { skip: NO_CHROMIUM },
  async (t) => {
    const { ada, bob } = await meet(t);
    const bytes = randomBytes(6_000_000);
    await ada.evaluate(`(() => {
      const dropped = new DataTransfer();
      dropped.items.add(new File(['first'], 'a.txt', { type: 'text/plain' }));
      dropped.items.add(new File(['second'], 'b.txt', { type: 'text/plain' }));
      const drop = new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true });
      document.querySelector('main.talk').dispatchEvent(drop);
    })()`);
    await ada.getByRole('button', { name: 'Save a.txt' }).waitFor();
    await ada.getByRole('button', { name: 'Save b.txt' }).waitFor();
    await choose(ada, 'big.bin', '', bytes);
    await ada.getByText('Coming').waitFor();
    await ada.reload();
    await ada.getByRole('button', { name: /^talk/ }).click();
    await ada.locator('.message', { hasText: 'big.bin' }).waitFor();
    await choose(ada, 'big.bin', '', bytes);
    await ada.getByRole('button', { name: 'Save big.bin' }).waitFor();
    assert.equal(await ada.locator('.message', { hasText: 'big.bin' }).count(), 1);
    const got = join(bob, 'got');
    const received = await fernspeak(bob, ['receive', 'talk', '--files', got]);
    assert.equal(received.code, 0, received.stderr);
    assert.equal(readFileSync(join(got, 'a.txt'), 'utf8'), 'first');
    assert.ok(readFileSync(join(got, 'big.bin')).equals(bytes));
  },
);
