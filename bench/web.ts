// The browser app in two real browsers: first paint, and from the Enter key in one until the message is painted in the other.
// Beside it in turn, the same browsers with a page that seals nothing, keeps nothing and checks nothing.
// `npm run bench -- web`.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NO_CHROMIUM, openBrowser, openPerson, run, startRelayProcess } from '@fernspeak/test';
import { install, skipped } from './debian.ts';
import { goal, heading, median, row } from './report.ts';

const PAINTS = 15;
const MESSAGES = 60;
const BUILD = fileURLToPath(new URL('../packages/web/build/build.ts', import.meta.url));

/** Prints the figures. */
export async function benchWeb(): Promise<void> {
  if (NO_CHROMIUM !== false && !install('chromium')) return skipped('the browser app', NO_CHROMIUM);
  const folder = mkdtempSync(join(tmpdir(), 'fernspeak-bench-'));
  const ends: (() => unknown)[] = [];
  const t = { after: (end: () => unknown) => void ends.unshift(end) } as Parameters<typeof openBrowser>[0] &
    Parameters<typeof startRelayProcess>[0];
  try {
    const app = join(folder, 'app');
    const { code, stderr } = await run(process.execPath, [BUILD, app]);
    if (code !== 0) throw new Error(stderr);
    const relay = await startRelayProcess(t, join(folder, 'relay'), ['--web', app]);
    const bare = await barePages();
    ends.unshift(() => bare.server.close());
    const browsers: Pair<Browser> = [await openBrowser(t), await openBrowser(t)];
    await firstPaint(browsers[0], { app: relay.url, bare: bare.url });
    await messages(browsers, { app: relay.url, bare: bare.url });
  } finally {
    for (const end of ends) await end();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Pair<T> = readonly [T, T];
type Browser = Awaited<ReturnType<typeof openBrowser>>;
type Page = Awaited<ReturnType<Browser['newPage']>>;

/** Where the two pages are. */
interface Urls {
  readonly app: string;
  readonly bare: string;
}

/** From nothing, and with what the first visit left. */
async function firstPaint(browser: Browser, { app, bare }: Urls): Promise<void> {
  heading(`First paint, in ms (medians of ${PAINTS}, in turn)`);
  const taken: Record<'first' | 'again' | 'bare', Shown[]> = { first: [], again: [], bare: [] };
  for (let turn = 0; turn < PAINTS; turn++) {
    const person = await openPerson(browser);
    taken.bare.push(await shownOf(await person.newPage(), bare, 'Message'));
    taken.first.push(await shownOf(await person.newPage(), app, 'Your name'));
    taken.again.push(await shownOf(await person.newPage(), app, 'Your name'));
    await person.close();
  }
  const middle = (of: readonly Shown[], what: keyof Shown): number => median(of.map((each) => each[what]));
  const figures = (of: readonly Shown[]): string[] => [
    `painted ${middle(of, 'painted').toFixed(0)}`,
    `to be used ${middle(of, 'usable').toFixed(0)}`,
  ];
  row('the app, first visit', figures(taken.first));
  row('the app, once more', figures(taken.again));
  row('a page with one line in it', figures(taken.bare));
  goal('first paint of the app, in ms', middle(taken.first, 'painted'), { atMost: 300 });
  row('its ratio to the page with one line', [
    (middle(taken.first, 'painted') / middle(taken.bare, 'painted')).toFixed(2),
  ]);
}

/** Milliseconds since the page was asked for. */
interface Shown {
  /** The browser's own `first-contentful-paint`. */
  readonly painted: number;
  /** Its first field is there. */
  readonly usable: number;
}

async function shownOf(page: Page, url: string, field: string): Promise<Shown> {
  await page.goto(url, { waitUntil: 'commit' });
  await page.getByLabel(field).first().waitFor();
  const shown = await page.evaluate<Shown>(`new Promise((resolve) => {
    const usable = performance.now();
    new PerformanceObserver((list) => {
      const first = list.getEntriesByName('first-contentful-paint')[0];
      if (first) resolve({ painted: first.startTime, usable });
    }).observe({ type: 'paint', buffered: true });
  })`);
  await page.close();
  return shown;
}

/** From the Enter key in one browser until the next frame after the text stands in the other. Clocks are the machine's. */
async function messages([adas, bobs]: Pair<Browser>, { app, bare }: Urls): Promise<void> {
  heading(`From Enter in one browser to the message painted in the other, in ms (${MESSAGES} each, in turn)`);
  const ours = await meet([await watched(adas, app), await watched(bobs, app)]);
  const theirs: Pair<Page> = [await watched(adas, bare), await watched(bobs, bare)];
  const taken: Record<'ours' | 'theirs', number[]> = { ours: [], theirs: [] };
  for (let turn = 0; turn < MESSAGES; turn++) {
    taken.ours.push(await way(ours, `message number ${turn}`));
    taken.theirs.push(await way(theirs, `message number ${turn}`));
  }
  for (const [name, times] of [
    ['the app', taken.ours],
    ['a page that seals and keeps nothing', taken.theirs],
  ] as const) {
    row(name, [`median ${median(times).toFixed(0)}`, `90th of 100 ${percentile(times, 0.9).toFixed(0)}`]);
  }
  goal('a message, median, in ms', median(taken.ours), { atMost: 100 });
  row('its ratio to that of the other page', [(median(taken.ours) / median(taken.theirs)).toFixed(2)]);
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

/** A page that notes when Enter was pressed, and when a text was painted. */
async function watched(browser: Browser, url: string): Promise<Page> {
  const page = await (await openPerson(browser)).newPage();
  await page.addInitScript(`
    globalThis.entered = 0;
    const now = () => performance.timeOrigin + performance.now();
    addEventListener('keydown', ({ key }) => { if (key === 'Enter') entered = now(); }, true);
    globalThis.painted = (text) => new Promise((resolve) => {
      const look = () => {
        if (!document.body.textContent.includes(text)) return false;
        watcher.disconnect();
        requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = () => resolve(now()); port2.postMessage(0); });
        return true;
      };
      const watcher = new MutationObserver(look);
      if (!look()) watcher.observe(document.body, { childList: true, subtree: true, characterData: true });
    });`);
  await page.goto(url);
  return page;
}

/** Milliseconds that a message took. */
async function way([from, to]: Pair<Page>, text: string): Promise<number> {
  const field = from.getByLabel('Message', { exact: true });
  await field.fill(text);
  const painted = to.evaluate<number>(`painted(${JSON.stringify(text)})`);
  await field.press('Enter');
  const at = await painted;
  return at - (await from.evaluate<number>('entered'));
}

/** Two people in one conversation. */
async function meet([ada, bob]: Pair<Page>): Promise<Pair<Page>> {
  await ada.getByLabel('Your name').fill('Ada');
  await ada.getByRole('button', { name: /Talk to yourself/ }).click();
  await ada.getByRole('button', { name: 'New conversation' }).click();
  const dialog = ada.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Two');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await dialog.getByLabel('Whom is it for?').fill('Bob');
  await dialog.getByRole('button', { name: 'Make the invite' }).click();
  const link = await dialog.getByLabel('Link').inputValue();
  await ada.keyboard.press('Escape');
  await bob.goto(link);
  await bob.getByLabel('Your name').first().fill('Bob');
  await bob.getByRole('button', { name: 'Go on' }).click();
  await bob.getByRole('dialog').getByRole('button', { name: 'Join' }).click();
  await ada.getByText('Bob joined.').first().waitFor();
  return [ada, bob];
}

/** A page with one line and one field, whose messages a server passes on, and nothing else. */
async function barePages(): Promise<{ readonly url: string; readonly server: Server }> {
  const page = `<!doctype html><title>bare</title><p>Hello.</p><form><input aria-label="Message"></form><div></div><script>
    document.forms[0].onsubmit = (event) => {
      event.preventDefault();
      fetch('/say', { method: 'POST', body: document.querySelector('input').value });
    };
    new EventSource('/live').onmessage = ({ data }) =>
      document.querySelector('div').append(Object.assign(document.createElement('p'), { textContent: data }));
  </script>`;
  const readers = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    if (request.url === '/live') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': live\n\n');
      readers.add(response);
      return;
    }
    if (request.url !== '/say') {
      response.writeHead(200, { 'content-type': 'text/html' }).end(page);
      return;
    }
    let text = '';
    request.on('data', (piece) => (text += String(piece)));
    request.on('end', () => {
      for (const reader of readers) reader.write(`data: ${text}\n\n`);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, server };
}
