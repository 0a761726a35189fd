import { assessPassphrase, isConversationError, suggestPassphrase } from '@fernspeak/conversation';
import { openProfile, setPassphrase } from '@fernspeak/conversation/profile';
import { CliError, usageError } from './errors.ts';
import { openIo } from './io.ts';
import { readSecret } from './key.ts';
import type { GlobalOptions } from './options.ts';
import { profilePlace, withPassphrase } from './session.ts';
import { jsonLine } from './terminal/json.ts';
import { write } from './terminal/output.ts';
import { openPrompter, type Prompter } from './terminal/prompt.ts';

interface ChangeOptions extends GlobalOptions {
  readonly remove?: boolean;
  readonly newFile?: string;
  readonly allowWeakPassphrase?: boolean;
}

/** `fernspeak passphrase --profile`: sets, changes or takes away what the profile is locked with. */
export async function changePassphrase(options: ChangeOptions): Promise<void> {
  const io = openIo(options);
  if (options.remove === true && options.newFile !== undefined) {
    throw usageError('--remove and --new-file do not go together.');
  }
  const prompter = openPrompter(options);
  try {
    if (options.remove === true && !isLocked(options)) return io.note('This profile has no passphrase.');
    // the old one first: whoever does not know it need not think of another
    const was = await withPassphrase(options, prompter, (place) => {
      openProfile(place).close();
      return place;
    });
    const now = options.remove === true ? null : await newPassphrase(options, prompter);
    setPassphrase(was, now);
    if (io.json) await write(jsonLine({ locked: now !== null }));
    else io.note(now === null ? REMOVED : LOCKED);
  } finally {
    prompter?.close();
  }
}

const LOCKED =
  'Your keys and messages on this computer are sealed with it now. Nobody can restore it: keep it where you find it again.';
const REMOVED = 'The profile has no passphrase any more: whoever can read your files can read your messages.';

function isLocked(options: GlobalOptions): boolean {
  try {
    openProfile(profilePlace(options)).close();
    return false;
  } catch (error) {
    if (isConversationError(error, 'profile-locked')) return true;
    throw error;
  }
}

async function newPassphrase(
  { newFile, allowWeakPassphrase: allowWeak = false }: ChangeOptions,
  prompter: Prompter | null,
): Promise<string> {
  const given = readSecret({ option: '--new-file', file: newFile });
  if (given !== null) {
    if (!allowWeak && (await assessPassphrase(given)).weak) throw weakError();
    return given;
  }
  if (prompter === null) {
    throw usageError('There is no new passphrase.', 'Name a file with it: --new-file FILE. --remove takes it away.');
  }
  return askForNew(prompter, { question: 'New passphrase of this profile: ', weak: WEAK, allowWeak });
}

interface Asking {
  readonly question: string;
  /** What is said of a weak one. */
  readonly weak: string;
  readonly allowWeak: boolean;
}

/** A passphrase that somebody types twice; a weak one only when they insist. */
export async function askForNew(prompter: Prompter, { question, weak, allowWeak }: Asking): Promise<string> {
  for (;;) {
    const text = await prompter.hidden(question);
    if (text.trim() === '') throw new CliError('Nothing was typed, so nothing is changed.', { code: 'cancelled' });
    if (!allowWeak && (await assessPassphrase(text)).weak) {
      process.stderr.write(`${weak}\nSuggested: ${suggestPassphrase()}\n`);
      if (!(await prompter.confirm('Use yours anyway?'))) continue;
    }
    if ((await prompter.hidden('The same again: ')) === text) return text;
    process.stderr.write('That was not the same.\n');
  }
}

const WEAK = "Anyone who gets hold of this computer's disk guesses that passphrase at once.";

function weakError(): CliError {
  return usageError(
    WEAK,
    '`fernspeak passphrase` suggests six words; --allow-weak-passphrase uses this one all the same.',
  );
}
