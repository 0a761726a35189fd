import { isFernetKey } from '@fernspeak/conversation';
import { CliError, usageError } from './errors.ts';
import type { Io } from './io.ts';
import { readSecret, readsStdin, type SecretSource } from './key.ts';
import { KEY_FILE_VARIABLE, type KeyOptions } from './options.ts';
import type { Prompter } from './terminal/prompt.ts';

/** What the conversation's key is made of, and whether somebody typed it (so that it can be asked for again). */
export interface Secret {
  readonly text: string;
  readonly typed: boolean;
}

/** Where the options say that the key is. */
export function keySource(options: KeyOptions): SecretSource {
  if (options.keyFd !== undefined) return { option: '--key-fd', fd: options.keyFd };
  if (options.keyFile !== undefined) return { option: '--key-file', file: options.keyFile };
  return { option: KEY_FILE_VARIABLE, file: process.env[KEY_FILE_VARIABLE] };
}

/** Whether the key comes from stdin. */
export function keyTakesStdin(options: KeyOptions): boolean {
  return readsStdin(keySource(options));
}

/** The key or passphrase: from where the options say, else from whoever can be asked, else a usage error. */
export async function keyOrPassphrase(options: KeyOptions, prompter: Prompter | null): Promise<Secret> {
  const given = readSecret(keySource(options));
  if (given !== null) return { text: given, typed: false };
  if (prompter === null) {
    throw usageError(
      'There is no key.',
      'Name a file with a key or a passphrase in it: --key-file FILE (or --key-fd N).',
    );
  }
  return askForSecret(prompter);
}

/** Asks for a key or passphrase. */
export async function askForSecret(prompter: Prompter): Promise<Secret> {
  const text = (await prompter.hidden('Key or passphrase: ')).trim();
  if (text === '')
    throw new CliError('No key was given.', {
      code: 'cancelled',
      hint: '`fernspeak key` makes one, `fernspeak passphrase` suggests six words.',
    });
  return { text, typed: true };
}

/** Says what `--kdf article` means, at each use; a key is none that it makes. */
export function warnAboutKdf(options: KeyOptions, secret: Secret, io: Io): void {
  if (options.kdf !== 'article' || isKey(secret)) return;
  io.warn(
    'kdf-article',
    "--kdf article makes keys as the article's scripts do: the same salt for everybody and few rounds, so that one table guesses every passphrase.",
    'Use it only to speak with these scripts.',
  );
}

/** True when the secret is a key and not a passphrase, so that there is nothing to guess. */
export function isKey(secret: Secret): boolean {
  return isFernetKey(secret.text);
}
