// A relay that lies, by changes to its real database while it is down; and somebody who takes another's name. What the app says
// stands in the line of the message that it concerns.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openHttpChannel } from '@fernspeak/channel';
import {
  deviceOf,
  FramedConversation,
  invitedConversation,
  memoryStore,
  newDeviceKey,
  readInvite,
  rememberConversation,
} from '@fernspeak/conversation';
import {
  NO_CHROMIUM,
  openBrowser,
  openPerson,
  run,
  startRelayProcess,
  temporaryFolder,
  type RunningRelay,
} from '@fernspeak/test';
import type { BrowserContext, Page } from 'playwright-core';

const BUILD: string = fileURLToPath(new URL('../build/build.ts', import.meta.url));

interface Scene {
  readonly person: BrowserContext;
  readonly url: string;
  /** Ends the relay, changes its database, and starts it again at the same address. */
  lie(change: (database: DatabaseSync) => void): Promise<void>;
}

async function scene(t: TestContext): Promise<Scene> {
  const folder = temporaryFolder(t);
  const app = join(folder, 'app');
  const built = await run(process.execPath, [BUILD, app]);
  assert.equal(built.code, 0, built.stderr);
  const data = join(folder, 'relay');
  let relay: RunningRelay = await startRelayProcess(t, data, ['--web', app]);
  const { port, origin } = new URL(relay.url);
  return {
    person: await openPerson(await openBrowser(t)),
    url: origin,
    lie: async (change) => {
      await relay.stop();
      const database = new DatabaseSync(join(data, 'relay.db'));
      change(database);
      database.close();
      relay = await startRelayProcess(t, data, ['--web', app, '--port', port]);
    },
  };
}

async function opened(person: BrowserContext, url: string): Promise<Page> {
  const page = await person.newPage();
  page.on('pageerror', (error) => assert.fail(error));
  await page.goto(url);
  return page;
}

/** Ada makes a conversation; gives the page and how others join. */
async function made({ person, url }: Scene): Promise<{ ada: Page; invite: () => Promise<string> }> {
  const ada = await opened(person, url);
  await ada.getByLabel('Your name').fill('Ada');
  await ada.getByRole('button', { name: 'Talk to yourself' }).click();
  await ada.getByRole('button', { name: 'New conversation' }).click();
  const dialog = ada.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Plans');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  const invite = async (): Promise<string> => {
    await dialog.getByLabel('Whom is it for?').fill('somebody');
    await dialog.getByRole('button', { name: 'Make the invite' }).click();
    const link = await dialog.getByLabel('Link').inputValue();
    await ada.keyboard.press('Escape');
    return link;
  };
  return { ada, invite };
}

/** Somebody with a device of their own, who has joined. */
async function joined(t: TestContext, link: string, me: string): Promise<FramedConversation> {
  const invite = readInvite(link);
  const [store, device] = [memoryStore(), await deviceOf(await newDeviceKey())];
  const { address } = invite;
  const about = await invitedConversation(invite, { name: 'Plans', address, place: 'localhost', me, device });
  const channel = openHttpChannel({ address, writeKey: about.writeKey ?? undefined });
  t.after(() => channel.close());
  const id = await rememberConversation(store, about);
  const conversation = new FramedConversation({ id, about, channel, store, device });
  await conversation.greet();
  return conversation;
}

async function send(conversation: FramedConversation, text: string): Promise<number> {
  const sent = await conversation.send({ text });
  assert.ok(sent.status === 'stored');
  return sent.entryId;
}

const idOf = (channel: number, entry: number): number => channel * 2 ** 32 + entry;

test(
  'what a relay dropped, repeated and altered stands in the line that it concerns',
  { skip: NO_CHROMIUM },
  async (t) => {
    const all = await scene(t);
    const { ada, invite } = await made(all);
    const bob = await joined(t, await invite(), 'Bob');
    await ada.getByText('Bob joined.').first().waitFor();
    await ada.close();
    const channel = Number(bob.about.address.split('/').at(-1));
    const first = await send(bob, 'Meet at the mill.');
    const second = await send(bob, 'No: at the bridge.');
    await send(bob, 'And bring the map.');
    const altered = await send(bob, 'It is in the drawer.');
    await send(bob, 'See you.');
    await all.lie((database) => {
      // the second is gone, and the first stands twice
      database
        .prepare('UPDATE entries SET field1 = (SELECT field1 FROM entries WHERE id = ?) WHERE id = ?')
        .run(idOf(channel, first), idOf(channel, second));
      const { field1 } = database.prepare('SELECT field1 FROM entries WHERE id = ?').get(idOf(channel, altered)) as {
        field1: string;
      };
      const flipped = field1.slice(0, 300) + (field1[300] === 'A' ? 'B' : 'A') + field1.slice(301);
      database.prepare('UPDATE entries SET field1 = ? WHERE id = ?').run(flipped, idOf(channel, altered));
    });
    const again = await opened(all.person, all.url);
    await again.getByRole('button', { name: /^Plans/ }).click();
    const line = (text: string) => again.locator('.message', { hasText: text });
    await line('See you.').waitFor();
    assert.equal(await line('Meet at the mill.').count(), 1);
    assert.equal(await line('at the bridge').count(), 0);
    const missing = line('And bring the map.').locator('.finding');
    await missing
      .filter({ hasText: /A message from Bob \(number \d+\) never reached you: the relay lost it/ })
      .first()
      .waitFor();
    await line('This does not open.').locator('.finding').first().waitFor();
    await line('See you.').locator('.finding').filter({ hasText: 'never reached you' }).first().waitFor();
    assert.equal(await line('Meet at the mill.').locator('.finding').count(), 0);
    await missing.getByRole('button', { name: 'More' }).first().click();
    await again
      .getByRole('dialog')
      .getByText(/what to do|ask/i)
      .first()
      .waitFor();
  },
);

test(
  'a verified Bob stays recognisable beside another device that calls itself Bob, and sending waits',
  { skip: NO_CHROMIUM },
  async (t) => {
    const all = await scene(t);
    const { ada, invite } = await made(all);
    const bob = await joined(t, await invite(), 'Bob');
    await send(bob, 'It is me.');
    await ada.locator('.message', { hasText: 'It is me.' }).waitFor();
    await ada.getByRole('button', { name: 'Members' }).click();
    await ada
      .getByRole('dialog')
      .getByRole('button', { name: /^Verify/ })
      .first()
      .click();
    await ada.getByRole('button', { name: 'They match' }).click();
    await ada.keyboard.press('Escape');
    await ada.locator('.message', { hasText: 'It is me.' }).getByText('● verified').waitFor();

    await ada.getByRole('button', { name: 'Invite', exact: true }).click();
    const other = await joined(t, await invite(), 'Bob');
    await send(other, 'No, it is me.');
    const false_ = ada.locator('.message', { hasText: 'No, it is me.' });
    await false_.getByText('another device with this name').waitFor();
    assert.equal(await false_.getByText('● verified').count(), 0);
    await ada.getByText('Bob has a new identity. Messages wait.').waitFor();
    const field = ada.getByLabel('Message', { exact: true });
    await field.fill('Which one?');
    await field.press('Enter');
    await ada.getByRole('alert').filter({ hasText: 'has a new identity' }).waitFor();
    await ada.getByRole('button', { name: 'Send anyway once' }).click();
    await ada.locator('.message.mine', { hasText: 'Which one?' }).waitFor();
  },
);
