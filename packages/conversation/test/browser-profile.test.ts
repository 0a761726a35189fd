import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { NO_CHROMIUM, openBrowser, openPerson } from '@fernspeak/test';
import type { BrowserContext, Page } from 'playwright-core';
import type * as Conversations from '../src/index.ts';
import { servePage } from './browser/serve-page.ts';

/** What page.ts puts there. */
interface Doors {
  names(): string[];
  runTest(name: string): Promise<void>;
  profiles: typeof import('../src/browser-profile.ts');
  conversation: typeof Conversations;
}
// eslint-disable-next-line no-shadow-restricted-names -- the page's own, not this process's
declare const globalThis: Doors;

async function open(t: TestContext): Promise<{ person: BrowserContext; page: Page; tab: () => Promise<Page> }> {
  const [address, browser] = await Promise.all([servePage(t), openBrowser(t)]);
  const person = await openPerson(browser);
  const tab = async (): Promise<Page> => {
    const page = await person.newPage();
    await page.goto(address);
    await page.waitForFunction(() => 'profiles' in globalThis);
    return page;
  };
  return { person, page: await tab(), tab };
}

await test('the store in a browser', { skip: NO_CHROMIUM }, async (t) => {
  const { page } = await open(t);
  const names = await page.evaluate(() => globalThis.names());
  assert.ok(names.length > 10, 'the whole suite is there');
  for (const name of names) {
    await t.test(name, () => page.evaluate((each) => globalThis.runTest(each), name));
  }
});

test('what was answered outlives the tab, and another tab sees it at once', { skip: NO_CHROMIUM }, async (t) => {
  const { page, tab } = await open(t);
  const made = await page.evaluate(async () => {
    const { store, device, saveNote } = await globalThis.profiles.createBrowserProfile();
    await store.accept('https://relay.example/channels/1', { sealed: 'first', attendedUntil: 0 });
    await saveNote('settings', '{"theme":"dark"}');
    return device.id;
  });
  const other = await tab();
  await page.close({ runBeforeUnload: false });
  const found = await other.evaluate(async () => {
    const { store, device, note } = await globalThis.profiles.openBrowserProfile();
    const items = await store.items('https://relay.example/channels/1');
    return { id: device.id, items: items.map(({ sealed }) => sealed), note: await note('settings') };
  });
  assert.deepEqual(found, { id: made, items: ['first'], note: '{"theme":"dark"}' });
});

test('a tab that dies in the middle of writing loses nothing that was answered', { skip: NO_CHROMIUM }, async (t) => {
  const { page, tab } = await open(t);
  await page.evaluate(async () => void (await globalThis.profiles.createBrowserProfile()));
  const watcher = await tab();
  let answered = 0;
  for (let round = 0; round < 5; round++) {
    const writer = await tab();
    const first = answered + 1000;
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    await writer.exposeFunction('answered', (n: number) => {
      answered = Math.max(answered, n);
      if (n >= first + 20) resolve();
    });
    const dying = writer
      .evaluate(async (from) => {
        const { store } = await globalThis.profiles.openBrowserProfile();
        for (let n = from; ; n++) {
          await store.accept('channel', { sealed: `message ${n}`, attendedUntil: 0 });
          await (globalThis as unknown as { answered(n: number): Promise<void> }).answered(n);
        }
      }, first)
      .catch(() => {});
    await enough;
    await writer.close({ runBeforeUnload: false });
    await dying;
    const last = answered;
    const there = await watcher.evaluate(async () => {
      const { store } = await globalThis.profiles.openBrowserProfile();
      return (await store.items('channel')).map(({ sealed }) => sealed);
    });
    assert.ok(there.includes(`message ${last}`), `message ${last} was answered`);
    assert.equal(new Set(there).size, there.length);
  }
});

test('nothing of what is kept can be read, and no key can be taken out', { skip: NO_CHROMIUM }, async (t) => {
  const { page } = await open(t);
  for (const passphrase of [null, 'uncross human obedience gloating mutt remember']) {
    const found = await page.evaluate(async (secret) => {
      const { profiles, conversation } = globalThis;
      const name = `kept-${secret === null}`;
      const { store, device, saveNote } = await profiles.createBrowserProfile({ name, passphrase: secret });
      await saveNote('settings of mine', 'a note to myself');
      const address = 'https://relay.example/channels/5';
      const about = conversation.foundConversation({ name: 'family', me: 'Ada', address, place: 'relay.example' });
      const id = await conversation.rememberConversation(store, about);
      await store.update(id, null, () => ({
        changes: {
          made: ['"what was made"'],
          read: ['"what was read"'],
          shown: [{ text: 'Are we still on for six?', loud: true }],
          checkpoint: 'where it stopped',
          draft: { address, sealed: 'a draft', attendedUntil: 0 },
        },
        result: null,
      }));
      const database = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open(`fernspeak-${name}`);
        request.onsuccess = () => resolve(request.result);
      });
      let dump = '';
      const keys: CryptoKey[] = [];
      const look = (value: unknown): unknown => {
        if (value instanceof CryptoKey) keys.push(value);
        else if (value instanceof Uint8Array) return new TextDecoder('latin1').decode(value);
        else if (Array.isArray(value)) return value.map(look);
        else if (typeof value === 'object' && value !== null) return Object.values(value).map(look);
        return value;
      };
      for (const table of database.objectStoreNames) {
        const request = database.transaction(table).objectStore(table).getAll();
        await new Promise((resolve) => (request.onsuccess = resolve));
        dump += JSON.stringify(look(request.result));
      }
      database.close();
      const secrets = keys.filter(({ type }) => type !== 'public').map(({ extractable }) => extractable);
      return { dump, secrets, about: JSON.stringify(about), device: device.id };
    }, passphrase);
    const { key, conversationId } = JSON.parse(found.about) as { key: string; conversationId: string };
    const words = ['family', 'Ada', 'relay.example', 'six', 'draft', 'made', 'read', 'stopped', 'note', 'settings'];
    for (const word of [...words, key, conversationId]) assert.ok(!found.dump.includes(word), word);
    assert.ok(found.dump.length > 500);
    assert.deepEqual(found.secrets, passphrase === null ? [false, false] : []);
  }
});

test('a passphrase locks it; changed or taken away, everything is still there', { skip: NO_CHROMIUM }, async (t) => {
  const { page } = await open(t);
  const seen = await page.evaluate(async () => {
    const { browserProfileState, createBrowserProfile, openBrowserProfile, setBrowserPassphrase } = globalThis.profiles;
    const said: unknown[] = [await browserProfileState()];
    const codeOf = async (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'opened',
        (error: unknown) => (error as { code: string }).code,
      );
    const first = await createBrowserProfile({ passphrase: null });
    const id = first.device.id;
    await first.saveNote('n', 'kept');
    await first.store.accept('channel', { sealed: 'waiting', attendedUntil: 0 });
    first.close();
    const look = async (passphrase: string | null): Promise<unknown[]> => {
      const profile = await openBrowserProfile({ passphrase });
      const items = (await profile.store.items('channel')).map(({ sealed }) => sealed);
      const signed = (await profile.device.sign('fernspeak/frame/v1', new Uint8Array(1))).length;
      profile.close();
      return [profile.device.id === id, await browserProfileState(), items, signed];
    };
    await setBrowserPassphrase({ next: 'one two three' });
    said.push(await browserProfileState(), await codeOf(openBrowserProfile()));
    said.push(await codeOf(openBrowserProfile({ passphrase: 'one two' })), await look(' one  two three '));
    said.push(await codeOf(setBrowserPassphrase({ passphrase: 'wrong', next: null })));
    await setBrowserPassphrase({ passphrase: 'one two three', next: 'four' });
    said.push(await codeOf(openBrowserProfile({ passphrase: 'one two three' })), await look('four'));
    await setBrowserPassphrase({ passphrase: 'four', next: null });
    said.push(await look(null));
    return said;
  });
  const kept = [['waiting'], 64];
  assert.deepEqual(seen, [
    'none',
    'locked',
    'profile-locked',
    'wrong-passphrase',
    [true, 'locked', ...kept],
    'wrong-passphrase',
    'wrong-passphrase',
    [true, 'locked', ...kept],
    [true, 'open', ...kept],
  ]);
});
