import { temporaryFolder } from '@fernspeak/test';
import { memoryStore } from '../src/index.ts';
import { openProfile } from '../src/profile.ts';
import { storeBehaviour } from './store-behaviour.ts';

storeBehaviour('in memory', () => {
  const store = memoryStore();
  return [store, store];
});

storeBehaviour('in a profile', (t) => {
  const home = temporaryFolder(t);
  const [one, other] = [openProfile({ home }), openProfile({ home })];
  t.after(() => {
    one.close();
    other.close();
  });
  return [one.store, other.store];
});
