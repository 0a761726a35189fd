// The key under which all rows of a profile are sealed: in the clear in the profile (whose file is its owner's alone), or
// wrapped under a passphrase. A new passphrase means a new key, and everything sealed anew.
import { argon2Sync, randomBytes } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { Fernet, InvalidToken } from '@fernspeak/fernet';
import { ConversationError } from '../errors.ts';
import { normalizePassphrase } from '../keys/key.ts';
import { Vault, openBytes, sealBytes } from './vault.ts';

const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** The same cost as a conversation's passphrase (`keys/key.ts`): RFC 9106, Argon2id. */
const ARGON2 = { memory: 64 * 1024, passes: 3, parallelism: 1, tagLength: KEY_BYTES } as const;

/** Columns that are sealed under it, by table, and the column that names a row. */
const SEALED: readonly { readonly table: string; readonly id: string; readonly columns: readonly string[] }[] = [
  { table: 'profile_key', id: 'id', columns: ['index_key'] },
  { table: 'device', id: 'id', columns: ['key'] },
  { table: 'outbox', id: 'id', columns: ['sealed', 'attempt', 'outcome'] },
  { table: 'checkpoint', id: 'address', columns: ['state'] },
  { table: 'channel_key', id: 'address', columns: ['keys'] },
  { table: 'conversation', id: 'id', columns: ['about', 'checkpoint'] },
  { table: 'journal', id: 'id', columns: ['body'] },
  { table: 'shown', id: 'id', columns: ['body'] },
];

/** A new profile's: in the clear. */
export function makeProfileKey(database: DatabaseSync): void {
  const key = randomBytes(KEY_BYTES);
  const indexKey = sealBytes(new Fernet(key), randomBytes(KEY_BYTES));
  database.prepare('INSERT INTO profile_key VALUES (1, NULL, ?, ?)').run(key, indexKey);
}

/** @throws ConversationError `profile-locked`: it has a passphrase and none is given; `wrong-passphrase` */
export function openVault(database: DatabaseSync, passphrase: string | undefined): Vault {
  const row = database.prepare('SELECT * FROM profile_key').get();
  const key = new Fernet(profileKey(row ?? {}, passphrase));
  return new Vault(key, openBytes(key, row?.['index_key']));
}

/**
 * A new key, under a passphrase or (null) in the clear, and everything sealed under it; nothing of before stays in the file.
 * Nobody else may have the profile open.
 */
export function reseal(database: DatabaseSync, { was, now }: { was: string | undefined; now: string | null }): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const old = new Fernet(profileKey(database.prepare('SELECT * FROM profile_key').get() ?? {}, was));
    const key = randomBytes(KEY_BYTES);
    const next = new Fernet(key);
    for (const table of SEALED) resealTable(database, table, (sealed) => sealBytes(next, openBytes(old, sealed)));
    const salt = now === null ? null : randomBytes(SALT_BYTES);
    const kept = now !== null && salt ? Buffer.from(wrapping(now, salt).encryptAtTime(key, 0)) : key;
    database.prepare('UPDATE profile_key SET salt = ?, key = ?').run(salt, kept);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
  database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
}

function resealTable(
  database: DatabaseSync,
  { table, id, columns }: (typeof SEALED)[number],
  anew: (sealed: SQLOutputValue) => Uint8Array,
): void {
  const assignments = columns.map((column) => `${column} = ?`).join(', ');
  const update = database.prepare(`UPDATE ${table} SET ${assignments} WHERE ${id} = ?`);
  // the names first: rows must not move under the one who walks through them
  const one = database.prepare(`SELECT ${columns.join(', ')} FROM ${table} WHERE ${id} = ?`);
  for (const { name = null } of database.prepare(`SELECT ${id} AS name FROM ${table}`).all()) {
    const row = one.get(name) ?? {};
    const values = columns.map((column) => row[column] ?? null);
    update.run(...values.map((value) => (value === null ? null : anew(value))), name);
  }
}

function profileKey({ salt, key }: Record<string, SQLOutputValue>, passphrase: string | undefined): Uint8Array {
  if (!(key instanceof Uint8Array)) {
    throw new ConversationError('profile-damaged', 'The profile has lost its key.', {
      hint: 'Use a copy of yours, or another profile: --home DIR.',
    });
  }
  if (!(salt instanceof Uint8Array)) return key;
  if (passphrase === undefined) {
    throw new ConversationError('profile-locked', 'This profile has a passphrase.', {
      hint: 'Give it to open the profile.',
    });
  }
  try {
    return wrapping(passphrase, salt).decrypt(Buffer.from(key).toString());
  } catch (error) {
    if (!(error instanceof InvalidToken)) throw error;
    throw new ConversationError('wrong-passphrase', 'That is not the passphrase of this profile.', {
      hint: 'Try again.',
    });
  }
}

/** The key that a passphrase stands for. */
function wrapping(text: string, nonce: Uint8Array): Fernet {
  const passphrase = normalizePassphrase(text);
  if (passphrase === '') {
    throw new ConversationError('empty-passphrase', 'The passphrase is empty.', { hint: 'Give one, or none at all.' });
  }
  return new Fernet(argon2Sync('argon2id', { message: Buffer.from(passphrase), nonce, ...ARGON2 }));
}
