import { strict as assert } from 'node:assert';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run, temporaryFolder } from '@fernspeak/test';
import { isConversationError, type ConversationErrorCode } from '../src/index.ts';
import { openProfile, type Profile, type ProfileOptions } from '../src/profile.ts';

const ADDRESS = 'http://127.0.0.1:8130/channels/1';
const POSIX = { skip: process.platform === 'win32' ? 'Windows has no such bits' : false };

function profile(t: TestContext, options: ProfileOptions = { home: temporaryFolder(t) }): Profile {
  const opened = openProfile(options);
  t.after(() => opened.close());
  return opened;
}

const bits = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const fails =
  (code: ConversationErrorCode, words = /./) =>
  (error: unknown): boolean =>
    isConversationError(error, code) && words.test(`${error.message}\n${error.hint}`);

test('everything in it is its owner’s alone, whatever the umask', POSIX, async (t) => {
  const before = process.umask(0o000);
  t.after(() => process.umask(before));
  const home = join(temporaryFolder(t), 'new');
  const { store, directory } = profile(t, { home });
  await store.accept(ADDRESS, { sealed: 'gAAAAA', attendedUntil: 0 });
  (await store.lock(ADDRESS))?.release();
  assert.equal(directory, home);
  assert.equal(bits(home), '700');
  assert.ok(existsSync(join(home, 'profile.db-wal')));
  for (const each of readdirSync(home, { withFileTypes: true, recursive: true })) {
    assert.equal(bits(join(each.parentPath, each.name)), each.isDirectory() ? '700' : '600', each.name);
  }
});

test('a folder that others may enter is refused, with the command that mends it', POSIX, (t) => {
  const home = join(temporaryFolder(t), "ada's");
  mkdirSync(home);
  chmodSync(home, 0o755);
  assert.throws(() => openProfile({ home }), fails('profile-exposed', /mode 0755[^]*chmod 700 '.*ada'\\''s'/));
  chmodSync(home, 0o700);
  openProfile({ home }).close();
});

test('a database that others may read is refused, with the command that mends it', POSIX, (t) => {
  const home = temporaryFolder(t);
  openProfile({ home }).close();
  const file = join(home, 'profile.db');
  chmodSync(file, 0o640);
  assert.throws(() => openProfile({ home }), fails('profile-exposed', /mode 0640[^]*chmod 600 .*profile\.db/));
  chmodSync(file, 0o600);
  openProfile({ home }).close();
});

test('where it lies: --home, then FERNSPEAK_HOME, then XDG_DATA_HOME, then ~/.local/share', (t) => {
  const folder = temporaryFolder(t);
  const directory = (options: ProfileOptions): string => profile(t, options).directory;
  const env = { HOME: folder, XDG_DATA_HOME: join(folder, 'xdg'), FERNSPEAK_HOME: join(folder, 'env') };
  assert.equal(directory({ home: join(folder, 'flag'), env }), join(folder, 'flag'));
  assert.equal(directory({ env }), join(folder, 'env'));
  if (process.platform !== 'linux') return;
  assert.equal(directory({ env: { ...env, FERNSPEAK_HOME: '' } }), join(folder, 'xdg', 'fernspeak'));
  // the specification: a path that is not absolute is to be ignored
  assert.equal(directory({ env: { HOME: folder, XDG_DATA_HOME: 'xdg' } }), join(folder, '.local/share/fernspeak'));
});

test('named profiles of one home know nothing of each other', (t) => {
  const home = temporaryFolder(t);
  const [ada, bob] = [profile(t, { home, name: 'ada' }), profile(t, { home, name: 'bob' })];
  ada.rememberChannelKeys(ADDRESS, { write: 'ADAS' });
  assert.deepEqual(bob.channelKeys(ADDRESS), {});
  assert.deepEqual(profile(t, { home }).channelKeys(ADDRESS), {});
  assert.deepEqual(profile(t, { home, name: 'ada' }).channelKeys(ADDRESS), { write: 'ADAS' });
});

for (const name of ['', '..', 'a/b', '.hidden', '-v', 'a b', 'x'.repeat(65), 'a\n']) {
  test(`${JSON.stringify(name)} is no name of a profile`, (t) => {
    assert.throws(() => openProfile({ home: temporaryFolder(t), name }), fails('bad-name'));
  });
}

test('channel keys are remembered by full address; what is not given stays', (t) => {
  const home = temporaryFolder(t);
  const first = profile(t, { home });
  first.rememberChannelKeys(ADDRESS, { write: 'W1', read: 'R1' });
  first.rememberChannelKeys(ADDRESS, { write: 'W2' });
  first.rememberChannelKeys(ADDRESS, {});
  const second = profile(t, { home });
  assert.deepEqual(second.channelKeys(ADDRESS), { write: 'W2', read: 'R1' });
  assert.deepEqual(second.channelKeys(`${ADDRESS}2`), {});
});

test('what one process accepted another sees', async (t) => {
  const home = temporaryFolder(t);
  const [one, other] = [profile(t, { home }).store, profile(t, { home }).store];
  const id = await one.accept(ADDRESS, { sealed: 'gAAAAA', attendedUntil: 7 });
  await one.attempt(id, { after: 3, partId: 'AAAAAAAAAAA', spoilt: 0 });
  assert.deepEqual(await other.head(ADDRESS), {
    id,
    sealed: 'gAAAAA',
    draft: false,
    attendedUntil: 7,
    attempt: { after: 3, partId: 'AAAAAAAAAAA', spoilt: 0 },
    outcome: null,
  });
  await other.settle(id, { status: 'stored', entries: [4] });
  assert.equal(await one.head(ADDRESS), null);
  assert.deepEqual((await one.item(id))?.outcome, { status: 'stored', entries: [4] });
  await one.remove(id);
  assert.deepEqual(await other.items(ADDRESS), []);
  assert.ok((await other.accept(ADDRESS, { sealed: 'gAAAAB', attendedUntil: 0 })) > id, 'numbers only grow');
});

test('a checkpoint is replaced only by one who has read it', async (t) => {
  const { store } = profile(t);
  assert.equal(await store.checkpoint(ADDRESS), null);
  const first = { version: 0, cursor: { entry: 1, hash: 'h' }, joining: { windows: [] }, holes: [], received: 1 };
  assert.ok(await store.saveCheckpoint(ADDRESS, first));
  assert.equal(await store.saveCheckpoint(ADDRESS, first), false);
  assert.deepEqual(await store.checkpoint(ADDRESS), { ...first, version: 1 });
  assert.ok(await store.saveCheckpoint(ADDRESS, { ...first, version: 1, received: 2 }));
  assert.equal((await store.checkpoint(ADDRESS))?.received, 2);
});

test('one holder at a time has the lock of a channel; other channels are free', async (t) => {
  const home = temporaryFolder(t);
  const [one, other] = [profile(t, { home }).store, profile(t, { home }).store];
  const lock = await one.lock(ADDRESS);
  assert.ok(lock);
  assert.equal(await other.lock(ADDRESS), null);
  (await other.lock('file:/notes.csv'))?.release();
  lock.release();
  const next = await other.lock(ADDRESS);
  assert.ok(next);
  next.release();
});

test('the kernel frees the lock of a killed process', async (t) => {
  const home = temporaryFolder(t);
  const holder = fileURLToPath(new URL('support/hold-lock.ts', import.meta.url));
  const finished = run(process.execPath, [holder, home, ADDRESS], {
    onStart: (child) => child.stdout?.once('data', () => child.kill('SIGKILL')),
  });
  assert.equal((await finished).stdout, 'held\n');
  const lock = await profile(t, { home }).store.lock(ADDRESS);
  assert.ok(lock);
  lock.release();
});

test('twelve processes that meet at the first start share one profile', async (t) => {
  const home = join(temporaryFolder(t), 'new');
  const writer = fileURLToPath(new URL('support/accept-one.ts', import.meta.url));
  const finished = await Promise.all(
    Array.from({ length: 12 }, (_, at) => run(process.execPath, [writer, home, ADDRESS, `gAAAAA${at}`])),
  );
  assert.deepEqual(
    finished.map(({ code, stderr }) => [code, stderr]),
    finished.map(() => [0, '']),
  );
  const items = await profile(t, { home }).store.items(ADDRESS);
  assert.equal(new Set(items.map(({ sealed }) => sealed)).size, 12);
});

test('a profile of a newer version is left alone', (t) => {
  const home = temporaryFolder(t);
  openProfile({ home }).close();
  const database = new DatabaseSync(join(home, 'profile.db'));
  database.exec('PRAGMA user_version = 99');
  database.close();
  assert.throws(() => openProfile({ home }), fails('profile-newer', /newer/));
});

test('a damaged database is a clear error, and what to do', (t) => {
  const home = temporaryFolder(t);
  writeFileSync(join(home, 'profile.db'), 'x'.repeat(5000), { mode: 0o600 });
  assert.throws(() => openProfile({ home }), fails('profile-damaged', /Move it away/));
});

test('a folder that cannot be made is a clear error', (t) => {
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  assert.throws(() => openProfile({ home: join(file, 'profile') }), fails('profile-unusable', /--home/));
});

test('a place where no folder can be made is a clear error', { skip: !existsSync('/proc/self') && 'no /proc' }, () => {
  for (const home of ['/proc/fernspeak', '/proc/fernspeak/below']) {
    assert.throws(() => openProfile({ home }), fails('profile-unusable', /--home/));
  }
});

test('with WAL and FULL: what a promise has answered is on disk', (t) => {
  const home = temporaryFolder(t);
  profile(t, { home });
  const database = new DatabaseSync(join(home, 'profile.db'));
  t.after(() => database.close());
  assert.equal(database.prepare('PRAGMA journal_mode').get()?.['journal_mode'], 'wal');
});
