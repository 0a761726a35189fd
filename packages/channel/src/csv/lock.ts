import { setTimeout as delay } from 'node:timers/promises';
import { ChannelError } from '../errors.ts';

/** How long an append waits for others; each of them holds the lock for a few milliseconds. */
const LOCK_WAIT_MS = 30_000;
/** Pauses between two tries, in milliseconds: they double, with jitter, so that many waiters do not march in step. */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 25;

const SQLITE_BUSY = 5;
const SQLITE_IOERR = 10;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

/**
 * Runs `work` while this process alone holds the lock on `path`, an empty SQLite database: the kernel frees the lock
 * with the process, however that ends. The file stays empty (nothing is ever committed) and is never deleted, or two
 * processes could hold locks on two files of one name. Waiting is asynchronous, so that Ctrl-C works.
 */
export async function withFileLock<T>(
  path: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const { DatabaseSync } = await import('node:sqlite');
  let database: InstanceType<typeof DatabaseSync> | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    await begin(database, signal);
    return await work();
  } catch (error) {
    throw lockError(error);
  } finally {
    database?.close();
  }
}

async function begin(database: { exec(sql: string): void }, signal: AbortSignal | undefined): Promise<void> {
  const deadline = performance.now() + LOCK_WAIT_MS;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    signal?.throwIfAborted();
    try {
      // a journal in memory: otherwise a second file lies beside the lock, and stays there after a kill
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      return;
    } catch (error) {
      if (sqliteCode(error) !== SQLITE_BUSY || performance.now() > deadline) throw error;
    }
    await delay(pause * (0.5 + Math.random()), undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}

/** SQLite's primary result code, or null for any other error. */
function sqliteCode(error: unknown): number | null {
  const { errcode } = error as { errcode?: unknown };
  return error instanceof Error && typeof errcode === 'number' ? errcode & 0xff : null;
}

function lockError(error: unknown): unknown {
  switch (sqliteCode(error)) {
    case null:
      return error;
    case SQLITE_BUSY:
      return new ChannelError('busy', `Another process has held the file for ${LOCK_WAIT_MS / 1000} seconds.`, {
        hint: 'Look for a process that hangs, then try again.',
        cause: error,
      });
    case SQLITE_CANTOPEN:
      return new ChannelError('unauthorized', 'The lock file beside the CSV file cannot be opened or made.', {
        hint: 'Writing needs the right to make files in that folder.',
        cause: error,
      });
    case SQLITE_NOTADB:
      return new ChannelError(
        'not-a-channel',
        'The .lock file beside the CSV file is something else: it is not empty.',
        {
          hint: 'Move it away, or use another name for the CSV file.',
          cause: error,
        },
      );
    case SQLITE_IOERR:
      return new ChannelError('unsupported', 'The place where the file lies has no locks.', {
        hint: 'Use a local disk, or a network drive with POSIX locks.',
        cause: error,
      });
    default:
      return new ChannelError('busy', 'The file could not be locked.', { cause: error });
  }
}
