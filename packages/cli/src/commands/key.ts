import { Fernet } from '@fernspeak/fernet';
import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { CliError, systemCode, usageError } from '../errors.ts';
import { openIo } from '../io.ts';
import { newCommand, type GlobalOptions } from '../options.ts';
import { jsonLine } from '../terminal/json.ts';
import { write } from '../terminal/output.ts';

/** `fernspeak key`: a new random key. */
export function keyCommand(): Command {
  return newCommand('key', 'Make a new key, to be shared over a way that you trust.', [
    ['fernspeak key --out family.key', 'into a new file that only you can read'],
    ['fernspeak send notes.csv --key-file family.key', 'and then'],
    ['fernspeak key', 'print one'],
  ])
    .option('-o, --out <file>', 'write it to this file (0600), which must not exist yet; - is stdout')
    .action(makeKey);
}

async function makeKey(options: GlobalOptions & { out?: string }): Promise<void> {
  const io = openIo(options);
  if (options.out === '')
    throw usageError('--out is empty.', '--out takes the name of a file that does not exist yet.');
  const key = Fernet.generateKey();
  if (options.out === undefined || options.out === '-') {
    await write(io.json ? jsonLine({ key }) : `${key}\n`);
    if (io.terminal) io.note('Whoever has it reads everything. --out FILE writes it to a file that only you can read.');
    return;
  }
  writeNew(options.out, `${key}\n`);
  if (io.json) await write(jsonLine({ file: options.out }));
  else
    io.note(`A new key is in ${options.out}. Whoever has it reads everything: hand it over by a way that you trust.`);
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if (systemCode(error) === 'EEXIST') {
      throw new CliError(`${file} is already there: it stays as it is.`, {
        code: 'exists',
        hint: 'Messages sealed with a key can never be read again without it. Choose another name.',
      });
    }
    throw new CliError(`${file} cannot be written (${systemCode(error) ?? 'unknown'}).`, {
      hint: 'Its folder has to be there, and you have to be allowed to write into it.',
      cause: error,
    });
  }
}
