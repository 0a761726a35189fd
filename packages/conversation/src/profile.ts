import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from './profile/database.ts';
import { profileDirectory, type ProfileOptions } from './profile/directory.ts';
import { told } from './profile/sqlite.ts';
import { SqliteStore } from './profile/store.ts';
import type { Store } from './store.ts';

export type { ProfileOptions } from './profile/directory.ts';

/** A channel's API keys. */
export interface ChannelKeys {
  readonly write?: string | undefined;
  readonly read?: string | undefined;
}

/** What one user keeps on one device: outbox, reading positions, channel keys. Several processes may have it open. */
export interface Profile {
  /** The folder in which it lies. */
  readonly directory: string;
  readonly store: Store;
  /** What is remembered for a channel's full address; an empty object when nothing is. */
  channelKeys(address: string): { readonly write?: string; readonly read?: string };
  /** Remembers the keys that are given; one that is not given stays as it was. */
  rememberChannelKeys(address: string, keys: ChannelKeys): void;
  close(): void;
}

/**
 * Opens a profile, and makes it at its first use. Synchronous, since that is how SQLite works here.
 *
 * @throws ConversationError `bad-name`; `profile-exposed`: others can read it (`hint`: the command that mends that);
 * `profile-newer`; `profile-damaged`; `profile-busy`; `profile-unusable`
 */
export function openProfile(options: ProfileOptions = {}): Profile {
  const directory = profileDirectory(options);
  const { database, path } = openDatabase(directory);
  const store = new SqliteStore(database, { path, directory });
  return {
    directory,
    store,
    channelKeys: (address) => told(path, () => channelKeys(database, address)),
    rememberChannelKeys: (address, keys) => told(path, () => rememberChannelKeys(database, { address, keys })),
    close: () => database.close(),
  };
}

function channelKeys(database: DatabaseSync, address: string): { write?: string; read?: string } {
  const row = database.prepare('SELECT write, read FROM channel_key WHERE address = ?').get(address);
  const { write, read } = row ?? {};
  return {
    ...(typeof write === 'string' ? { write } : {}),
    ...(typeof read === 'string' ? { read } : {}),
  };
}

function rememberChannelKeys(database: DatabaseSync, { address, keys }: { address: string; keys: ChannelKeys }): void {
  const known = channelKeys(database, address);
  const { write = known.write, read = known.read } = keys;
  if (write === known.write && read === known.read) return;
  database
    .prepare(
      `INSERT INTO channel_key (address, write, read) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET write = coalesce(excluded.write, write), read = coalesce(excluded.read, read)`,
    )
    .run(address, keys.write ?? null, keys.read ?? null);
}
