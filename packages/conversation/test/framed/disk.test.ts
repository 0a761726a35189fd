import { strict as assert } from 'node:assert';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { MemoryChannel } from '@fernspeak/channel';
import { temporaryFolder } from '@fernspeak/test';
import { openProfile } from '../../src/profile.ts';
import { member, receive, shared } from '../support/members.ts';

const MESSAGES = 300;
const MOST_BYTES = 1000;

test('a message of 100 bytes that comes alone costs less than 1 kB on disk, at its receiver and at its sender', async (t) => {
  const [about, channel] = [shared(), new MemoryChannel()];
  const homes = [temporaryFolder(t), temporaryFolder(t)];
  const profiles = homes.map((home) => openProfile({ home }));
  const [ada, bob] = await Promise.all(profiles.map(({ store }, number) => member({ about, channel, number, store })));
  assert.ok(ada && bob);
  const before = homes.map(size);
  for (let number = 0; number < MESSAGES; number++) {
    await ada.send({ text: `${number}`.padEnd(100, '.') });
    await receive(bob);
  }
  await receive(ada);
  const grown = homes.map((home, at) => (size(home) - (before[at] ?? 0)) / MESSAGES);
  for (const profile of profiles) profile.close();
  for (const each of grown) assert.ok(each > 100 && each <= MOST_BYTES, `${grown.join()} bytes a message`);
  t.diagnostic(`bytes a message: ${grown.map(Math.round).join(', ')}`);
});

/** Of the database, all that is still in its log moved into it. */
function size(home: string): number {
  const path = join(home, 'profile.db');
  const database = new DatabaseSync(path);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  return statSync(path).size;
}
