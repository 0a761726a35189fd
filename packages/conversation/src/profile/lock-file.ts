import { closeSync, openSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { sqlite, isBusy } from './sqlite.ts';

/** Only its owner may touch it. */
const PRIVATE_FILE = 0o600;

/**
 * A lock that the kernel frees with its process: SQLite's own, on a file that stays empty.
 * Works on every platform, over network drives with POSIX locks, and costs no more than opening a file.
 *
 * @param waitMs how long the thread is blocked for it; 0: one try
 * @param shared true: others may hold it too that share it
 * @returns null when another process, or another part of this one, holds it
 */
export function lockFile(path: string, waitMs: number, shared = false): { release(): void } | null {
  closeSync(openSync(path, 'a', PRIVATE_FILE));
  const database: DatabaseSync = new (sqlite().DatabaseSync)(path, { timeout: waitMs });
  try {
    // no journal beside it: nothing is ever written
    database.exec('PRAGMA journal_mode = MEMORY');
    database.exec(shared ? 'BEGIN; SELECT * FROM sqlite_schema' : 'BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
  return { release: () => database.close() };
}
