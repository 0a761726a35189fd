import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';

/** Where Debian and others put it. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Patience with a loaded machine, in milliseconds; a page that is quick is not waited for. */
const PATIENCE_MS = 60_000;

/** The path of a Chromium on this machine ($CHROMIUM where that is set); null: there is none. */
export function findChromium(): string | null {
  const places = process.env['CHROMIUM'] ? [process.env['CHROMIUM']] : PLACES;
  return places.find((path) => existsSync(path)) ?? null;
}

/** For a test's `skip`: why it cannot run here, or false. */
export const NO_CHROMIUM: string | false =
  findChromium() === null ? 'needs Chromium (apt-get install chromium)' : false;

/** A browser that ends with the test. */
export async function openBrowser(t: Pick<TestContext, 'after'>, flags: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('There is no Chromium here: the test should have been skipped.');
  const browser = await chromium.launch({ executablePath, headless: true, args: [...FLAGS, ...flags] });
  t.after(() => browser.close());
  return browser;
}

/** Somebody with a browser of their own: an empty profile, which ends with the test. */
export async function openPerson(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 860 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}
