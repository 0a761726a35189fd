import { strict as assert } from 'node:assert';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { temporaryFolder } from '@fernspeak/test';
import { isConversationError, type ConversationErrorCode } from '../src/index.ts';
import { openProfile, setPassphrase } from '../src/profile.ts';
import { MIGRATIONS } from '../src/profile/schema.ts';

const ADDRESS = 'http://127.0.0.1:8130/channels/1';
const fails =
  (code: ConversationErrorCode) =>
  (error: unknown): boolean =>
    isConversationError(error, code);

/** All bytes in the files of a profile. */
function bytesIn(home: string): string {
  return readdirSync(home, { withFileTypes: true, recursive: true })
    .filter((each) => each.isFile())
    .map((each) => readFileSync(join(each.parentPath, each.name), 'latin1'))
    .join('');
}

async function fill(home: string, passphrase?: string): Promise<void> {
  const profile = openProfile({ home, passphrase });
  profile.rememberChannelKeys(ADDRESS, { write: 'WRITEKEYWRITEKEY' });
  const { store } = profile;
  await store.accept(ADDRESS, { sealed: 'gAAAAAsealed', attendedUntil: 0 });
  await store.saveCheckpoint(ADDRESS, { version: 0, cursor: null, joining: null, holes: [], received: 1234567 });
  const id = await store.create('IDENTITY-7', 'about the conversation');
  const shown = [{ text: 'what was said', loud: false }];
  await store.update(id, null, () => ({ changes: { made: ['made-by-me'], checkpoint: 'checked', shown }, result: 0 }));
  await profile.device();
  profile.close();
}

async function contents(home: string, passphrase?: string): Promise<unknown> {
  const profile = openProfile({ home, passphrase });
  const { store } = profile;
  const [conversation] = await store.conversations();
  const id = conversation?.id ?? 0;
  const { entries, checkpoint } = await store.load(id, null);
  const all = {
    keys: profile.channelKeys(ADDRESS),
    items: (await store.items(ADDRESS)).map(({ sealed }) => sealed),
    received: (await store.checkpoint(ADDRESS))?.received,
    about: conversation?.about,
    entries,
    checkpoint,
    shown: (await store.shown(id, { last: 1 }))[0]?.text,
    device: (await profile.device()).id,
  };
  profile.close();
  return all;
}

const SECRETS = [
  'WRITEKEYWRITEKEY',
  'gAAAAAsealed',
  '1234567',
  'about the',
  'was said',
  'made-by-me',
  '8130',
  'IDENTITY-7',
];

test('nothing of a profile can be read in its file; without a passphrase its key lies beside it', async (t) => {
  const home = temporaryFolder(t);
  await fill(home);
  const bytes = bytesIn(home);
  for (const secret of SECRETS) assert.ok(!bytes.includes(secret), secret);
});

test('a passphrase makes a new key, and everything is there under it', async (t) => {
  const home = temporaryFolder(t);
  await fill(home);
  const before = await contents(home);
  setPassphrase({ home }, 'open  sesame ');
  assert.throws(() => openProfile({ home }), fails('profile-locked'));
  assert.throws(() => openProfile({ home, passphrase: 'open barley' }), fails('wrong-passphrase'));
  assert.deepEqual(await contents(home, 'open sesame'), before);
  setPassphrase({ home, passphrase: 'open sesame' }, 'another');
  assert.throws(() => openProfile({ home, passphrase: 'open sesame' }), fails('wrong-passphrase'));
  assert.deepEqual(await contents(home, 'another'), before);
  setPassphrase({ home, passphrase: 'another' }, null);
  assert.deepEqual(await contents(home), before);
  assert.throws(() => setPassphrase({ home }, ' '), fails('empty-passphrase'));
  assert.deepEqual(await contents(home), before);
});

test('once a passphrase is set, no old byte stays in the files', async (t) => {
  const home = temporaryFolder(t);
  await fill(home);
  const columns = 'SELECT key AS a, index_key AS b FROM profile_key UNION ALL SELECT body, body FROM journal';
  const database = new DatabaseSync(join(home, 'profile.db'));
  const old = database.prepare(`${columns} UNION ALL SELECT body, body FROM shown`).all();
  database.close();
  const pieces = old.flatMap(({ a, b }) => [a, b]).map((value) => Buffer.from(value as Uint8Array).toString('latin1'));
  assert.ok(pieces.length >= 6 && pieces.every((piece) => bytesIn(home).includes(piece)));
  setPassphrase({ home }, 'open sesame');
  const bytes = bytesIn(home);
  for (const piece of pieces) assert.ok(!bytes.includes(piece));
});

test('the key is not changed while a program has the profile open, and neither is it opened meanwhile', async (t) => {
  const home = temporaryFolder(t);
  const profile = openProfile({ home });
  assert.throws(() => setPassphrase({ home }, 'open sesame'), fails('profile-busy'));
  profile.close();
  setPassphrase({ home }, 'open sesame');
  openProfile({ home, passphrase: 'open sesame' }).close();
});

test('a row that was altered is a damaged profile', async (t) => {
  const home = temporaryFolder(t);
  await fill(home);
  const database = new DatabaseSync(join(home, 'profile.db'));
  database.exec("UPDATE shown SET body = x'80'");
  database.close();
  const profile = openProfile({ home });
  t.after(() => profile.close());
  const [conversation] = await profile.store.conversations();
  await assert.rejects(profile.store.shown(conversation?.id ?? 0, { last: 1 }), fails('profile-damaged'));
});

test('a profile of the first version, whose rows lay in the clear, is taken over', async (t) => {
  const home = temporaryFolder(t);
  openProfile({ home: join(home, 'new') }).close();
  const folder = join(home, 'new');
  const path = join(folder, 'profile.db');
  const database = new DatabaseSync(path);
  for (const { name } of database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()) {
    if (!String(name).startsWith('sqlite_')) database.exec(`DROP TABLE ${String(name)}`);
  }
  database.exec(`${MIGRATIONS[0]?.sql}; PRAGMA user_version = 1`);
  database.exec(
    `INSERT INTO outbox VALUES (7, '${ADDRESS}', 'gAAAAA', 5, '{"after":3,"partId":"A","spoilt":0}', NULL, NULL)`,
  );
  database.exec(
    `INSERT INTO checkpoint VALUES ('${ADDRESS}', 4, '{"cursor":null,"joining":null,"holes":[],"received":2}')`,
  );
  database.exec(`INSERT INTO channel_key VALUES ('${ADDRESS}', 'W', NULL)`);
  database.close();
  const profile = openProfile({ home: folder });
  t.after(() => profile.close());
  assert.deepEqual(profile.channelKeys(ADDRESS), { write: 'W' });
  assert.equal((await profile.store.checkpoint(ADDRESS))?.version, 4);
  assert.deepEqual(await profile.store.items(ADDRESS), [
    {
      id: 7,
      sealed: 'gAAAAA',
      draft: false,
      attendedUntil: 5,
      attempt: { after: 3, partId: 'A', spoilt: 0 },
      outcome: null,
    },
  ]);
});
