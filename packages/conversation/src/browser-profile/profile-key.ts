// The key under which all rows of a profile are sealed: one that no script can take out, kept by the browser; or wrapped under
// a passphrase. A new passphrase means a new key, and everything sealed anew.
import { base64url, fromBase64url } from '../bytes.ts';
import { ConversationError } from '../errors.ts';
import { hkdf } from '../keys/hkdf.ts';
import { normalizePassphrase, type DeriveOptions } from '../keys/key.ts';
import { read, resultOf, write, type TableName } from './database.ts';
import { Vault, indexingKey, openBytes, sealBytes, sealingKey } from './vault.ts';

const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** No channel's address begins like this. */
const PLACE = 'browser-profile:';

type Bytes = Uint8Array<ArrayBuffer>;

/** `deriveKey`, best in a worker: it takes about a second. */
export type Derive = (options: DeriveOptions) => Promise<string>;

/** How the profile's key is kept. */
export interface KeyRow {
  readonly name: 'key';
  /** Null: `key` is it. */
  readonly salt: Bytes | null;
  /** A key that is not extractable; or, under a passphrase, its bytes sealed under the passphrase's key. */
  readonly key: CryptoKey | Bytes;
  /** The key of the indexes, sealed under the profile's. */
  readonly indexKey: Bytes;
}

/** Columns that are sealed, by table. */
const SEALED: Readonly<Partial<Record<TableName, readonly string[]>>> = {
  note: ['body'],
  checkpoint: ['state'],
  outbox: ['sealed', 'attempt', 'outcome'],
  conversation: ['about', 'checkpoint'],
  journal: ['body'],
  shown: ['body'],
};

export async function keyRow(database: IDBDatabase): Promise<KeyRow | null> {
  return ((await read(database, 'profile', (table) => table.get('key'))) as KeyRow | undefined) ?? null;
}

interface Protection {
  readonly passphrase: string | null;
  readonly derive: Derive;
}

/** A new profile's key, and what is kept of it. The raw bytes live no longer than this call. */
export async function makeKey(
  indexRaw: Bytes,
  { passphrase, derive }: Protection,
): Promise<{ row: KeyRow; key: CryptoKey }> {
  const raw = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const key = await sealingKey(raw);
  const indexKey = await sealBytes(key, indexRaw);
  if (passphrase === null) return { row: { name: 'key', salt: null, key, indexKey }, key };
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const wrapped = await sealBytes(await wrapping(passphrase, salt, derive), raw);
  return { row: { name: 'key', salt, key: wrapped, indexKey }, key };
}

export function newIndexKey(): Bytes {
  return crypto.getRandomValues(new Uint8Array(KEY_BYTES));
}

/** @throws ConversationError `profile-locked`, `wrong-passphrase` */
export async function openKey({ salt, key }: KeyRow, { passphrase, derive }: Protection): Promise<CryptoKey> {
  if (salt === null) return key as CryptoKey;
  if (passphrase === null) {
    throw new ConversationError('profile-locked', 'This profile has a passphrase.', { hint: 'Give it to open it.' });
  }
  const over = await wrapping(passphrase, salt, derive);
  const raw = await openBytes(over, key as Bytes).catch(() => {
    throw new ConversationError('wrong-passphrase', 'That is not the passphrase of this profile.', {
      hint: 'Try again.',
    });
  });
  return sealingKey(raw);
}

export async function vaultOf(row: KeyRow, key: CryptoKey): Promise<Vault> {
  return new Vault(key, await indexingKey(await openBytes(key, row.indexKey)));
}

/**
 * A new key, and everything sealed under it, in one transaction. `passphrase` null: without one. `extra` changes further rows
 * of the table `profile` with both keys at hand.
 */
export async function reseal(
  database: IDBDatabase,
  was: CryptoKey,
  protection: Protection,
  extra: (next: CryptoKey) => Promise<readonly object[]>,
): Promise<void> {
  const old = await keyRow(database);
  if (!old) return;
  const { row, key } = await makeKey(await openBytes(was, old.indexKey), protection);
  const anew: [TableName, object][] = [
    ['profile', row],
    ...(await extra(key)).map((each): [TableName, object] => ['profile', each]),
  ];
  for (const [table, columns] of Object.entries(SEALED) as [TableName, readonly string[]][]) {
    for (const each of (await read(database, table, (store) => store.getAll())) as Record<string, unknown>[]) {
      const next = { ...each };
      for (const column of columns) {
        if (each[column] instanceof Uint8Array)
          next[column] = await sealBytes(key, await openBytes(was, each[column] as Bytes));
      }
      anew.push([table, next]);
    }
  }
  const tables = [...new Set(anew.map(([table]) => table))];
  await write(database, tables, async (table) => {
    for (const [name, value] of anew) await resultOf(table(name).put(value));
  });
}

/** The key that a profile's passphrase stands for: derived as a conversation's at a place of its own, then HKDF. */
async function wrapping(text: string, salt: Bytes, derive: Derive): Promise<CryptoKey> {
  const passphrase = normalizePassphrase(text);
  if (passphrase === '') {
    throw new ConversationError('empty-passphrase', 'The passphrase is empty.', { hint: 'Give one, or none at all.' });
  }
  const stretched = fromBase64url((await derive({ secret: passphrase, place: PLACE + base64url(salt) })).slice(0, -1));
  return sealingKey((await hkdf(stretched ?? new Uint8Array(), 'fernspeak/browser-profile/v1')) as Bytes);
}
