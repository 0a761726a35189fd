import { closeSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { ConversationError } from '../errors.ts';
import { refuseExposed } from './directory.ts';
import { lockFile } from './lock-file.ts';
import { MIGRATIONS } from './schema.ts';
import { isBusy, sqlite, told } from './sqlite.ts';

/** How long a statement waits for another process's; each of ours takes about a millisecond. */
export const BUSY_MS = 10_000;
const PRIVATE_FILE = 0o600;

/**
 * Opens a profile's database, and makes or migrates it where that is due. It is private before anything is in it;
 * SQLite gives the files beside it (-wal, -shm) the same mode.
 */
export function openDatabase(directory: string): { database: DatabaseSync; path: string } {
  const path = join(directory, 'profile.db');
  try {
    closeSync(openSync(path, 'a', PRIVATE_FILE));
    for (const suffix of ['', '-wal', '-shm']) {
      const file = statSync(path + suffix, { throwIfNoEntry: false });
      if (file) refuseExposed(path + suffix, file, '600');
    }
  } catch (error) {
    if (error instanceof ConversationError) throw error;
    throw new ConversationError('profile-unusable', `The profile cannot be used: ${(error as Error).message}.`, {
      hint: 'Is the folder writable? --home DIR uses another one.',
      cause: error,
    });
  }
  const database = told(path, () => new (sqlite().DatabaseSync)(path, { timeout: BUSY_MS }));
  try {
    // with WAL and FULL, what a statement has answered survives the loss of power; what is deleted is overwritten
    told(path, () => database.exec('PRAGMA synchronous = FULL; PRAGMA secure_delete = ON'));
    const version = told(path, () => versionOf(database));
    if (version > MIGRATIONS.length) refuseNewer(path);
    if (version < MIGRATIONS.length) migrate(database, path);
  } catch (error) {
    database.close();
    throw error;
  }
  return { database, path };
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

function refuseNewer(path: string): never {
  throw new ConversationError('profile-newer', `The profile ${path} was written by a newer fernspeak.`, {
    hint: 'Use that one, or another profile: --home DIR.',
  });
}

/** One process migrates, all others wait: switching to WAL does not wait by itself. */
function migrate(database: DatabaseSync, path: string): void {
  const lock = told(path, () => lockFile(`${path}.lock`, BUSY_MS));
  if (lock === null)
    throw new ConversationError('profile-busy', 'Another program is setting up the profile.', { hint: 'Try again.' });
  try {
    told(path, () => {
      switchToWal(database);
      for (let version = versionOf(database); version < MIGRATIONS.length; version++) {
        const { sql = '', convert } = MIGRATIONS[version] ?? {};
        database.exec(`BEGIN IMMEDIATE; ${sql}`);
        convert?.(database);
        database.exec(`PRAGMA user_version = ${version + 1}; COMMIT`);
      }
    });
  } finally {
    lock.release();
  }
}

/** Needs the database for itself for a moment, in which others may look at its version. */
function switchToWal(database: DatabaseSync): void {
  const until = Date.now() + BUSY_MS;
  for (;;) {
    try {
      return database.exec('PRAGMA journal_mode = WAL');
    } catch (error) {
      if (!isBusy(error) || Date.now() > until) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}
