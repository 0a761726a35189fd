import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RelayError } from '../../relay-error.ts';
import { MIGRATIONS } from './schema.ts';

/** How long a statement waits for another process's lock (a backup tool, say) before it fails. */
const BUSY_MS = 5_000;

/** How much the disk confirms. Only tests that must be able to fail open a store with anything but FULL. */
export type Synchronous = 'FULL' | 'OFF';

/** The database's path in a data folder. */
export function databaseFile(folder: string): string {
  return join(folder, 'relay.db');
}

/** Makes the data folder (0700) and an empty database (0600; SQLite gives its other files the same) where missing. */
export function prepareFolder(folder: string): void {
  try {
    makeFolder(resolve(folder));
    closeSync(openSync(databaseFile(folder), 'a', 0o600));
    closeSync(openSync(join(folder, 'relay.lock'), 'a', 0o600));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new RelayError(
      'data-unusable',
      `The data folder ${folder} cannot be used (${reason}).`,
      'Choose a folder that this user may write to: --data FOLDER',
      { cause: error },
    );
  }
}

/** Makes a folder and those above it, one by one: Node's recursive mkdir never ends where none can be made, as in /proc. */
function makeFolder(path: string): void {
  if (isFolder(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // unless another process was quicker
    if (!isFolder(path)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * Takes the data folder for this relay. The lock is SQLite's on an empty file of its own: the kernel frees it with the
 * process, however that ends. Returns the way to free it.
 */
export function lockFolder(folder: string): () => void {
  const lock = new DatabaseSync(join(folder, 'relay.lock'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw new RelayError(
      'data-in-use',
      `Another relay already runs on the data folder ${folder}.`,
      'Stop that one, or choose another folder: --data FOLDER',
      { cause: error },
    );
  }
  return () => lock.close();
}

/** Opens the one connection that writes, and brings the schema up to date. */
export function openForWriting(file: string, synchronous: Synchronous): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
    database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA journal_size_limit = 67108864`,
    );
    migrate(database, file);
    return database;
  } catch (error) {
    database.close();
    if (error instanceof RelayError) throw error;
    const hint = 'Restore it from a backup, or choose another folder: --data FOLDER';
    throw new RelayError('data-unusable', `${file} cannot be opened as the relay's database.`, hint, { cause: error });
  }
}

/** Opens a connection that reads, on a database that is open for writing. */
export function openForReading(file: string): DatabaseSync {
  return new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
}

function migrate(database: DatabaseSync, file: string): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version > MIGRATIONS.length) {
      throw new RelayError(
        'data-newer',
        `${file} was written by a newer fernspeak (schema ${version}; this one knows up to ${MIGRATIONS.length}).`,
        'Run that version again, or a newer one.',
      );
    }
    for (const step of MIGRATIONS.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
