import { strict as assert } from 'node:assert';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { MemoryChannel } from '@fernspeak/channel';
import { temporaryFolder } from '@fernspeak/test';
import { openProfile } from '../../src/profile.ts';
import { member, receive, shared } from '../support/members.ts';

const MESSAGES = 1000;
/** The longest that still has the size of all short ones on the channel. */
const TEXT_BYTES = 200;
const MOST_BYTES = 1000;

test('a message of 200 bytes that comes alone costs less than 1 kB on disk, at its receiver and at its sender', async (t) => {
  const [about, channel] = [shared(), new MemoryChannel()];
  const homes = [temporaryFolder(t), temporaryFolder(t)];
  const profiles = homes.map((home) => openProfile({ home }));
  const [ada, bob] = await Promise.all(profiles.map(({ store }, number) => member({ about, channel, number, store })));
  assert.ok(ada && bob);
  const before = homes.map(size);
  for (let number = 0; number < MESSAGES; number++) {
    await ada.send({ text: `${number}`.padEnd(TEXT_BYTES, '.') });
    await receive(bob);
  }
  await receive(ada);
  const grown = homes.map((home, at) => (size(home) - (before[at] ?? 0)) / MESSAGES);
  for (const profile of profiles) profile.close();
  for (const each of grown) assert.ok(each > TEXT_BYTES && each <= MOST_BYTES, `${grown.join()} bytes a message`);
  t.diagnostic(`bytes a message: ${grown.map(Math.round).join(', ')}`);
});

/** Of everything in the profile; what was still in the database's log is moved into the database first. */
function size(home: string): number {
  const database = new DatabaseSync(join(home, 'profile.db'));
  const checkpoint = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  assert.deepEqual({ ...checkpoint }, { busy: 0, log: 0, checkpointed: 0 });
  database.close();
  return readdirSync(home, { recursive: true, encoding: 'utf8' }).reduce(
    (sum, name) => sum + statSync(join(home, name)).size,
    0,
  );
}
