// A device's 5,000 sealed readings on a real relay, read in the app with their key: plot, figures, CSV.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openHttpChannel } from '@fernspeak/channel';
import { Fernet } from '@fernspeak/fernet';
import {
  NO_CHROMIUM,
  createChannel,
  openBrowser,
  openPerson,
  run,
  startRelayProcess,
  temporaryFolder,
} from '@fernspeak/test';

const AXE: string = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const BUILD: string = fileURLToPath(new URL('../build/build.ts', import.meta.url));
const COUNT = 5000;
/** One a minute. */
const STEP_S = 60;

test(
  '5,000 readings of a sensor: a plot, what they come to, and CSV, computed in the browser',
  { skip: NO_CHROMIUM },
  async (t) => {
    const folder = temporaryFolder(t);
    const app = join(folder, 'app');
    const built = await run(process.execPath, [BUILD, app]);
    assert.equal(built.code, 0, built.stderr);
    const relay = await startRelayProcess(t, join(folder, 'relay'), ['--web', app]);
    const { address, writeKey } = await createChannel(relay.url);
    const key = Fernet.generateKey();
    const sealed = new Fernet(key);
    const start = Math.floor(Date.now() / 1000) - COUNT * STEP_S;
    const values = Array.from({ length: COUNT }, (_, at) => ({
      temperature: 20 + Math.round(500 * Math.sin(at / 300)) / 100,
      humidity: at % 100,
      // somebody with the key writes what looks like a page
      ...(at === 7 ? { '<img src=x onerror=alert(1)>': 1 } : {}),
    }));
    const channel = openHttpChannel({ address, writeKey });
    t.after(() => channel.close());
    for (let from = 0; from < COUNT; from += 500) {
      await channel.append(
        values
          .slice(from, from + 500)
          .map((value, at) => [sealed.encryptAtTime(Buffer.from(JSON.stringify(value)), start + (from + at) * STEP_S)]),
      );
    }

    const person = await openPerson(await openBrowser(t));
    const page = await person.newPage();
    page.on('pageerror', (error) => assert.fail(error));
    page.on('dialog', () => assert.fail('a name of a reading ran'));
    await page.goto(relay.url);
    await page.getByLabel('Your name').fill('Ada');
    await page.getByRole('button', { name: 'Talk to yourself' }).click();
    await page.getByRole('button', { name: 'Open an invite' }).click();
    await page.getByRole('button', { name: 'Read a channel with a key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Greenhouse');
    await dialog.getByLabel('Address of the channel').fill(address);
    await dialog.getByLabel('Key or passphrase').fill(key);
    await dialog.getByRole('button', { name: 'Read it' }).click();
    await page.getByText(`${COUNT} messages`, { exact: false }).first().waitFor();
    const drawn = page.getByRole('img', { name: /A plot of temperature, humidity/ });
    await drawn.locator('canvas').waitFor();

    const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) });
    const cells = async (name: string): Promise<string[]> => row(name).getByRole('cell').allTextContents();
    const temperatures = values.map(({ temperature }) => temperature).toSorted((a, b) => a - b);
    const sum = temperatures.reduce((total, value) => total + value, 0);
    const short = (value: number): string => String(Number(value.toPrecision(6)));
    await row('temperature').getByText(String(COUNT), { exact: true }).waitFor();
    const [newest, min, mean, , max] = await cells('temperature');
    assert.deepEqual(
      [newest, min, mean, max],
      [values.at(-1)?.temperature, temperatures[0], sum / COUNT, temperatures.at(-1)].map((value) =>
        short(value ?? NaN),
      ),
    );
    assert.deepEqual((await cells('humidity')).slice(1, 5), ['0', '49.5', '49.5', '99']);
    const [csv] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV of the opened values' }).click(),
    ]);
    assert.equal(
      readFileSync(await csv.path(), 'utf8')
        .trimEnd()
        .split('\r\n').length,
      COUNT + 1,
    );

    await page.getByRole('button', { name: 'Hour', exact: true }).click();
    await row('humidity').getByText('61', { exact: true }).waitFor();
    assert.equal((await cells('humidity')).at(-1), '61');
    await page.getByRole('button', { name: 'All', exact: true }).click();

    for (const scheme of ['light', 'dark'] as const) {
      for (const width of [360, 768, 1440]) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.setViewportSize({ width, height: 800 });
        await page.evaluate(AXE);
        const found = await page.evaluate<string[]>(
          `axe.run('main').then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ' ' + html)))`,
        );
        assert.deepEqual(found, [], `${scheme} at ${width}`);
      }
    }
    await page.setViewportSize({ width: 1440, height: 800 });
    // it is kept, and comes again
    await page.reload();
    await page.getByRole('button', { name: /^Greenhouse/ }).click();
    await drawn.locator('canvas').waitFor();
    await page.getByRole('button', { name: 'Forget it here' }).click();
    await page.getByRole('button', { name: /^Greenhouse/ }).waitFor({ state: 'detached' });
  },
);
