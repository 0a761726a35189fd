// What runs in Chromium: the behaviour suite of all stores, and doors to a profile for the test on the other side.
import * as profiles from '../../src/browser-profile.ts';
import * as conversation from '../../src/index.ts';
import { storeBehaviour } from '../store-behaviour.ts';
import { names, runTest } from './test.ts';

let count = 0;

storeBehaviour('in a browser', async (t) => {
  const name = `suite-${++count}`;
  const one = await profiles.createBrowserProfile({ name });
  const other = await profiles.openBrowserProfile({ name });
  (t as unknown as { after(what: () => unknown): void }).after(async () => {
    one.close();
    other.close();
    await profiles.deleteBrowserProfile({ name });
  });
  return [one.store, other.store];
});

Object.assign(globalThis, { names, runTest, profiles, conversation });
