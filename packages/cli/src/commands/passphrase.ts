import { suggestPassphrase } from '@fernspeak/conversation';
import type { Command } from 'commander';
import { openIo } from '../io.ts';
import { newCommand, type GlobalOptions } from '../options.ts';
import { jsonLine } from '../terminal/json.ts';
import { write } from '../terminal/output.ts';

/** Six words out of 7,776: log2(7776^6). */
const GUESSES_LOG2 = 77.5;

/** `fernspeak passphrase`: six words that nobody guesses. */
export function passphraseCommand(): Command {
  return newCommand('passphrase', 'Suggest a passphrase: six random words that two people can say to each other.', [
    ['fernspeak passphrase', 'another one each time'],
    ['fernspeak passphrase > family.phrase', 'to be used with --key-file family.phrase'],
  ]).action(suggest);
}

async function suggest(options: GlobalOptions): Promise<void> {
  const io = openIo(options);
  const passphrase = suggestPassphrase();
  if (io.json) return write(jsonLine({ passphrase, guessesLog2: GUESSES_LOG2 }));
  await write(`${passphrase}\n`);
  io.note('Six of 7,776 words: about 2^77 guesses, each of which costs 64 MiB of memory and a fraction of a second.');
}
