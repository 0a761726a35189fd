import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { temporaryFolder } from '@fernspeak/test';
import { makeKey } from '../src/keys.ts';
import { MIGRATIONS, packedId } from '../src/store/sqlite/schema.ts';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { behavesAsStore } from './store-behaviour.ts';

behavesAsStore('SQLite', (t) => {
  const folder = temporaryFolder(t);
  return { open: () => openSqliteStore({ folder }) };
});

test('a second relay on the same data folder is refused', async (t) => {
  const folder = temporaryFolder(t);
  const store = await openSqliteStore({ folder });
  await assert.rejects(openSqliteStore({ folder }), {
    code: 'data-in-use',
    message: `Another relay already runs on the data folder ${folder}.`,
  });
  await store.close();
  const next = await openSqliteStore({ folder });
  await next.close();
});

test('a database of a newer version is refused and left alone', async (t) => {
  const folder = temporaryFolder(t);
  await (await openSqliteStore({ folder })).close();
  const database = new DatabaseSync(join(folder, 'relay.db'));
  database.exec('PRAGMA user_version = 99');
  database.close();
  await assert.rejects(openSqliteStore({ folder }), { code: 'data-newer' });
  await assert.rejects(openSqliteStore({ folder }), { code: 'data-newer' }, 'and it frees the lock when it fails');
});

test('a database of before channels had a time of their own opens, keeps all, and removes nothing', async (t) => {
  const folder = temporaryFolder(t);
  const key = makeKey(true);
  const old = new DatabaseSync(join(folder, 'relay.db'));
  for (const step of MIGRATIONS.slice(0, 2)) old.exec(step);
  old.exec(`PRAGMA user_version = 2;
    INSERT INTO channels (channel, created_at, updated_at, labels, public, sealed) VALUES (7, 1, 1, '["a",null,null,null,null,null,null,null]', 1, 0);
    INSERT INTO logs (channel, last_entry, last_at_ms) VALUES (7, 1, 5);
    INSERT INTO api_keys VALUES (7, 1, '${key.hash}', '${key.tail}', 1);
    INSERT INTO entries (id, created_at, field1) VALUES (${packedId(7, 1)}, 1, 'from before')`);
  old.close();
  const store = await openSqliteStore({ folder });
  t.after(() => store.close());
  assert.equal((await store.channel(7))?.keepDays, null);
  assert.equal(await store.removeOld({ nowMs: Date.now(), beforeMs: null, keep: null, most: 9 }), 0);
  assert.equal((await store.entry(7, 1))?.values[0], 'from before');
  const entry = { createdAt: 2, values: ['and now', ...Array<null>(11).fill(null)] };
  const appended = await store.append({ keyHash: key.hash, channel: 7, entries: [entry], nowMs: 9, minIntervalMs: 0 });
  assert.deepEqual(appended, { refused: null, channel: 7, first: 2 });
});

test('a file that is no database is refused', async (t) => {
  const folder = temporaryFolder(t);
  const { writeFileSync } = await import('node:fs');
  writeFileSync(join(folder, 'relay.db'), 'not a database, but long enough to have a header'.repeat(100));
  await assert.rejects(openSqliteStore({ folder }), { code: 'data-unusable' });
});

test('a folder that cannot be made is refused', async (t) => {
  const folder = temporaryFolder(t);
  await (await openSqliteStore({ folder })).close();
  await assert.rejects(openSqliteStore({ folder: join(folder, 'relay.db', 'below') }), { code: 'data-unusable' });
});

test('a place where no folder can be made is refused', { skip: !existsSync('/proc/self') && 'no /proc' }, async () => {
  for (const folder of ['/proc/fernspeak', '/proc/fernspeak/below']) {
    await assert.rejects(openSqliteStore({ folder }), { code: 'data-unusable', message: /\(ENOENT\)/ });
  }
});

test('only the owner can read the data folder', { skip: process.platform === 'win32' && 'POSIX modes' }, async (t) => {
  const folder = join(temporaryFolder(t), 'new');
  const store = await openSqliteStore({ folder });
  t.after(() => store.close());
  const modes = ['', 'relay.db', 'relay.db-wal', 'relay.db-shm', 'relay.lock'].map((name) => {
    return (statSync(join(folder, name)).mode & 0o777).toString(8);
  });
  assert.deepEqual(modes, ['700', '600', '600', '600', '600']);
});
