import type { DatabaseSync } from 'node:sqlite';
import { base64url, fromBase64url } from './bytes.ts';
import { ConversationError } from './errors.ts';
import { deviceOf, exportDeviceKey, importDeviceKey, newDeviceKey, type Device } from './identity/device.ts';
import { BUSY_MS, openDatabase } from './profile/database.ts';
import { profileDirectory, type ProfileOptions as Place } from './profile/directory.ts';
import { lockFile } from './profile/lock-file.ts';
import { openVault, reseal } from './profile/profile-key.ts';
import { told } from './profile/sqlite.ts';
import { SqliteStore } from './profile/store.ts';
import type { Vault } from './profile/vault.ts';
import type { Store } from './store.ts';

/** A channel's API keys. */
export interface ChannelKeys {
  readonly write?: string | undefined;
  readonly read?: string | undefined;
}

/** Which profile, and how it opens. */
export interface ProfileOptions extends Place {
  /** Needed when the profile has one (`profile-locked` says so); else it is not looked at. */
  readonly passphrase?: string | undefined;
}

/** What one user keeps on one device: conversations, outbox, reading positions, keys. Several processes may have it open. */
export interface Profile {
  /** The folder in which it lies. */
  readonly directory: string;
  readonly store: Store;
  /** The key with which this profile signs; made at its first use. */
  device(): Promise<Device>;
  /** What is remembered for a channel's full address; an empty object when nothing is. */
  channelKeys(address: string): { readonly write?: string; readonly read?: string };
  /** Remembers the keys that are given; one that is not given stays as it was. */
  rememberChannelKeys(address: string, keys: ChannelKeys): void;
  close(): void;
}

/**
 * Opens a profile, and makes it at its first use. Synchronous, since that is how SQLite works here. All rows are sealed
 * under the profile's key, which lies beside them unless a passphrase was set.
 *
 * @throws ConversationError `bad-name`; `profile-exposed`: others can read it (`hint`: the command that mends that);
 * `profile-newer`; `profile-damaged`; `profile-busy`; `profile-unusable`; `profile-locked`: it has a passphrase;
 * `wrong-passphrase`
 */
export function openProfile({ passphrase, ...place }: ProfileOptions = {}): Profile {
  const directory = profileDirectory(place);
  const { database, path } = openDatabase(directory);
  // shared by all who have the profile open, so that its key is not changed under them
  let presence: { release(): void } | null = null;
  const close = (): void => {
    database.close();
    presence?.release();
  };
  try {
    presence = told(path, () => lockFile(presencePath(path), BUSY_MS, true));
    if (presence === null) throw busy('Another program is changing the passphrase of this profile.');
    const vault = told(path, () => openVault(database, passphrase));
    return {
      directory,
      store: new SqliteStore({ database, path, directory, vault }),
      device: () => deviceIn({ database, path, vault }),
      channelKeys: (address) => told(path, () => channelKeys({ database, vault }, address)),
      rememberChannelKeys: (address, keys) =>
        told(path, () => rememberChannelKeys({ database, vault }, { address, keys })),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Sets, changes or (`next` null) takes away a profile's passphrase: everything is sealed anew under a new key, and nothing
 * that was written before stays in the file. The profile must be open nowhere.
 *
 * @param options `passphrase`: the one it has now
 * @throws ConversationError as `openProfile`; `profile-busy`: some program has it open; `empty-passphrase`
 */
export function setPassphrase(options: ProfileOptions, next: string | null): void {
  const { passphrase, ...place } = options;
  const { database, path } = openDatabase(profileDirectory(place));
  try {
    const alone = told(path, () => lockFile(presencePath(path), 0));
    if (alone === null) throw busy('A program has this profile open.');
    try {
      told(path, () => reseal(database, { was: passphrase, now: next }));
    } finally {
      alone.release();
    }
  } finally {
    database.close();
  }
}

async function deviceIn({ database, path, vault }: Keys & { path: string }): Promise<Device> {
  const read = (): string | null => {
    const row = told(path, () => database.prepare('SELECT key FROM device').get());
    return row ? vault.open(row['key']) : null;
  };
  let key = read();
  if (key === null) {
    const made = base64url(await exportDeviceKey(await newDeviceKey({ extractable: true })));
    // of two processes that meet here the first one's stays
    told(path, () => database.prepare('INSERT OR IGNORE INTO device VALUES (1, ?)').run(vault.seal(made)));
    key = read();
  }
  return deviceOf(await importDeviceKey(fromBase64url(key ?? '') ?? new Uint8Array()));
}

function presencePath(path: string): string {
  return `${path}.open`;
}

function busy(message: string): ConversationError {
  return new ConversationError('profile-busy', message, { hint: 'End it, then try again.' });
}

interface Keys {
  readonly database: DatabaseSync;
  readonly vault: Vault;
}

function channelKeys({ database, vault }: Keys, address: string): { write?: string; read?: string } {
  const row = database.prepare('SELECT keys FROM channel_key WHERE address = ?').get(vault.index(address));
  return row ? (JSON.parse(vault.open(row['keys'])) as { write?: string; read?: string }) : {};
}

function rememberChannelKeys(
  { database, vault }: Keys,
  { address, keys }: { address: string; keys: ChannelKeys },
): void {
  const known = channelKeys({ database, vault }, address);
  const { write = known.write, read = known.read } = keys;
  if (write === known.write && read === known.read) return;
  const next = JSON.stringify({ write, read });
  database
    .prepare('INSERT INTO channel_key VALUES (?, ?) ON CONFLICT DO UPDATE SET keys = excluded.keys')
    .run(vault.index(address), vault.seal(next));
}
