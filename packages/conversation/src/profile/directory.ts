import { chmodSync, mkdirSync, statSync, type Stats } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { ConversationError } from '../errors.ts';

/** Which profile. */
export interface ProfileOptions {
  /** The folder of the profile; default `$FERNSPEAK_HOME`, then the platform's place for an application's data. */
  readonly home?: string | undefined;
  /** One of several profiles of this home (`--as`); default: the one without a name. */
  readonly name?: string | undefined;
  /** Default: the process's. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Anything that group or others may do. */
const OTHERS = 0o077;
const PRIVATE_FOLDER = 0o700;

/**
 * The folder of a profile, made where it is missing, open to its owner alone.
 *
 * @throws ConversationError `bad-name`, `profile-exposed`, `profile-unusable`
 */
export function profileDirectory({ home, name, env = process.env }: ProfileOptions): string {
  const base = home ?? env['FERNSPEAK_HOME'] ?? '';
  const root = base === '' ? join(dataDirectory(env), 'fernspeak') : resolve(base);
  if (name === undefined) return privateFolder(root);
  if (!NAME.test(name)) {
    throw new ConversationError('bad-name', `${JSON.stringify(name)} cannot be the name of a profile.`, {
      hint: 'A name has 1 to 64 letters, digits, dots, hyphens and underscores, and begins with a letter or digit.',
    });
  }
  privateFolder(root);
  privateFolder(join(root, 'as'));
  // file systems that do not tell cases apart must not make two names one profile unnoticed
  return privateFolder(join(root, 'as', name.toLowerCase()));
}

/** XDG Base Directory Specification; macOS and Windows have places of their own. */
function dataDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const user = env['HOME'] ?? homedir();
  if (process.platform === 'darwin') return join(user, 'Library', 'Application Support');
  if (process.platform === 'win32') return env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local');
  const xdg = env['XDG_DATA_HOME'] ?? '';
  return isAbsolute(xdg) ? xdg : join(user, '.local', 'share');
}

function privateFolder(path: string): string {
  try {
    // a folder that is made here is private whatever the umask says
    if (makeFolder(path)) chmodSync(path, PRIVATE_FOLDER);
    refuseExposed(path, statSync(path), '700');
  } catch (error) {
    if (error instanceof ConversationError) throw error;
    throw new ConversationError(
      'profile-unusable',
      `The profile's folder cannot be used: ${(error as Error).message}.`,
      {
        hint: 'Choose another folder: --home DIR.',
        cause: error,
      },
    );
  }
  return path;
}

/**
 * Makes a folder and those above it, one by one: Node's recursive mkdir never ends where none can be made, as in /proc.
 * False when it is there already.
 */
function makeFolder(path: string): boolean {
  if (isFolder(path)) return false;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  try {
    mkdirSync(path, { mode: PRIVATE_FOLDER });
    return true;
  } catch (error) {
    if (!isFolder(path)) throw error;
    return false; // another process was quicker
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Windows has no such bits; there a user's folder is private by its list of rights. */
export function refuseExposed(path: string, { mode }: Pick<Stats, 'mode'>, mend: string): void {
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return;
  const bits = (mode & 0o777).toString(8).padStart(4, '0');
  throw new ConversationError('profile-exposed', `Other users may get at ${path} (mode ${bits}).`, {
    hint: `Close it to them: chmod ${mend} ${shellWord(path)}`,
  });
}

/** A path as a shell takes it. */
function shellWord(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
