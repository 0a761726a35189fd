import { suggestPassphrase } from '@fernspeak/conversation';
import type { Command } from 'commander';
import { usageError } from '../errors.ts';
import { openIo } from '../io.ts';
import { newCommand, type GlobalOptions } from '../options.ts';
import { jsonLine } from '../terminal/json.ts';
import { write } from '../terminal/output.ts';

interface PassphraseOptions extends GlobalOptions {
  readonly profile?: boolean;
  readonly remove?: boolean;
  readonly newFile?: string;
  readonly allowWeakPassphrase?: boolean;
}

/** Six words out of 7,776: log2(7776^6). */
const GUESSES_LOG2 = 77.5;

/** `fernspeak passphrase`: six words that nobody guesses; and the passphrase of the profile. */
export function passphraseCommand(): Command {
  return newCommand('passphrase', 'Suggest a passphrase of six random words; or lock your profile with one.', [
    ['fernspeak passphrase', 'another one each time'],
    ['fernspeak passphrase > family.phrase', 'to be used with --key-file family.phrase'],
    ['fernspeak passphrase --profile', 'lock the keys and messages on this computer, or change that'],
    ['fernspeak passphrase --profile --remove', ''],
  ])
    .option('--profile', 'set or change the passphrase of the profile: every command asks for it then')
    .option('--remove', 'take it away')
    .option('--new-file <file>', 'the new one is in this file, for scripts')
    .option('--allow-weak-passphrase', 'take one that is easily guessed, without being asked')
    .action(run);
}

async function run(options: PassphraseOptions): Promise<void> {
  if (options.profile === true) return (await import('../profile-passphrase.ts')).changePassphrase(options);
  if (options.remove === true || options.newFile !== undefined) {
    throw usageError(
      '--remove and --new-file are for the passphrase of the profile.',
      'fernspeak passphrase --profile …',
    );
  }
  await suggest(options);
}

async function suggest(options: GlobalOptions): Promise<void> {
  const io = openIo(options);
  const passphrase = suggestPassphrase();
  if (io.json) return write(jsonLine({ passphrase, guessesLog2: GUESSES_LOG2 }));
  await write(`${passphrase}\n`);
  io.note('Six of 7,776 words: about 2^77 guesses, each of which costs 64 MiB of memory and a fraction of a second.');
}
