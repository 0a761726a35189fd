import type * as Sqlite from 'node:sqlite';
import { ConversationError } from '../errors.ts';

/** Result codes of SQLite (https://www.sqlite.org/rescode.html); the upper bits refine them. */
const BUSY = 5;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;
const PRIMARY = 0xff;

/** `node:sqlite`, loaded when the first profile is opened and not before: it weighs on start-up. */
export function sqlite(): typeof Sqlite {
  return process.getBuiltinModule('node:sqlite');
}

/** SQLite's primary result code; null for an error of another kind. */
function resultCode(error: unknown): number | null {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : null;
  return typeof code === 'number' ? code & PRIMARY : null;
}

export function isBusy(error: unknown): boolean {
  return resultCode(error) === BUSY;
}

/** Runs what uses the database at `path`, and says in our words what SQLite complains about. */
export function told<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = resultCode(error);
    if (code === null) throw error;
    throw inOurWords(path, { code, error: error as Error });
  }
}

function inOurWords(path: string, { code, error }: { code: number; error: Error }): ConversationError {
  if (code === BUSY) {
    return new ConversationError('profile-busy', 'Another program has held the profile for too long.', {
      hint: `Try again; if it stays so, something holds ${path}.`,
      cause: error,
    });
  }
  if (code === CORRUPT || code === NOT_A_DATABASE) {
    return new ConversationError('profile-damaged', `The profile's database is damaged: ${path} (${error.message}).`, {
      hint: 'Move it away and begin anew: remembered channel keys, reading positions and messages not sent yet are in it, received messages are not.',
      cause: error,
    });
  }
  return new ConversationError('profile-unusable', `The profile cannot be used: ${path}: ${error.message}.`, {
    hint: 'Is the disk full, or the folder not writable? --home DIR uses another one.',
    cause: error,
  });
}
