import { assessPassphrase, isConversationError } from '@fernspeak/conversation';
import { CliError, usageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { readSecret } from '../key.ts';
import { askForNew } from '../profile-passphrase.ts';
import type { Prompter } from '../terminal/prompt.ts';

/** Where the passphrase of a recovery file is. */
export interface PassphraseOptions {
  readonly passphraseFile?: string;
  readonly passphraseFd?: number;
}

/** How often a mistyped passphrase is asked for again. */
const TRIES = 3;
const WEAK = 'Anyone who gets hold of the file guesses that passphrase at once.';

/** A passphrase for a file that is made: a weak one is asked about, or refused where nobody can be asked. */
export async function passphraseForNew(
  options: PassphraseOptions & { readonly allowWeakPassphrase?: boolean },
  prompter: Prompter | null,
): Promise<string> {
  const { allowWeakPassphrase: allowWeak = false } = options;
  const given = givenIn(options);
  if (given !== null) {
    if (allowWeak || !(await assessPassphrase(given)).weak) return given;
    throw usageError(
      WEAK,
      '`fernspeak passphrase` suggests six words; --allow-weak-passphrase uses this one all the same.',
    );
  }
  if (prompter === null) throw missing();
  return askForNew(prompter, { question: 'Passphrase for the recovery file: ', weak: WEAK, allowWeak });
}

/** Opens something with the passphrase that is given, or asked for until it is right. */
export async function openedBy<T>(
  options: PassphraseOptions,
  prompter: Prompter | null,
  open: (passphrase: string) => Promise<T>,
): Promise<T> {
  const given = givenIn(options);
  if (given === null && prompter === null) throw missing();
  for (let tries = 1; ; tries++) {
    try {
      return await open(given ?? (await prompter?.hidden('Passphrase of the recovery file: ')) ?? '');
    } catch (error) {
      if (!isConversationError(error, 'wrong-passphrase')) throw error;
      if (given !== null || tries === TRIES) throw wrong(error);
      process.stderr.write(`${error.message}\n`);
    }
  }
}

function givenIn({ passphraseFile: file, passphraseFd: fd }: PassphraseOptions): string | null {
  return readSecret({ option: '--passphrase-file', file: fd === undefined ? file : undefined, fd });
}

/** As a wrong key: the profile is not what is locked. */
function wrong(cause: Error): CliError {
  const hint = 'It is the one that was given when the file was saved.';
  return new CliError(cause.message, { code: 'wrong-passphrase', exit: EXIT.unopened, hint, cause });
}

function missing(): Error {
  return usageError('There is no passphrase.', 'Name a file with it: --passphrase-file FILE (or --passphrase-fd N).');
}
