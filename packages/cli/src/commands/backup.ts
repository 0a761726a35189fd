import { existsSync } from 'node:fs';
import { gatherRecovery, knownConversations, sealRecovery } from '@fernspeak/conversation';
import type { Command } from 'commander';
import { usageError } from '../errors.ts';
import { alreadyThere, fileOutput } from '../export/output.ts';
import { openIo } from '../io.ts';
import { newCommand, withFilePassphrase, type GlobalOptions } from '../options.ts';
import { passphraseForNew, type PassphraseOptions } from '../recovery/passphrase.ts';
import { profileOf } from '../session.ts';
import { jsonLine } from '../terminal/json.ts';
import { write } from '../terminal/output.ts';
import { openPrompter } from '../terminal/prompt.ts';

interface BackupOptions extends GlobalOptions, PassphraseOptions {
  readonly allowWeakPassphrase?: boolean;
  readonly force?: boolean;
}

/** `fernspeak backup`: all conversations in a file that another device can go on with. */
export function backupCommand(): Command {
  const command = newCommand(
    'backup',
    'Save a recovery file: your conversations, sealed under a passphrase of its own.',
    [
      ['fernspeak backup recovery.txt', 'asks for the passphrase; restore opens it, and so does the app'],
      ['fernspeak backup recovery.txt --force --passphrase-file words', 'for a script'],
    ],
  )
    .argument('<file>', 'where to write it')
    .option('--allow-weak-passphrase', 'take one that is easily guessed, without being asked')
    .option('--force', 'replace the file if there is one');
  return withFilePassphrase(command).action(backup);
}

async function backup(path: string, options: BackupOptions): Promise<void> {
  const io = openIo(options);
  const prompter = openPrompter(options);
  if (options.force !== true && existsSync(path)) throw alreadyThere(path);
  const profile = await profileOf(options, prompter);
  try {
    const known = await knownConversations(profile.store);
    if (known.length === 0) throw usageError('There is no conversation to save.', 'fernspeak new makes one.');
    const passphrase = await passphraseForNew(options, prompter);
    const settings = { me: known.at(-1)?.about.me ?? '' };
    const recovery = await gatherRecovery({ store: profile.store, device: await profile.device(), settings });
    const output = await fileOutput(path, { replace: options.force === true });
    try {
      await output.write(await sealRecovery(recovery, { passphrase }));
      await output.finish();
    } finally {
      await output.discard();
    }
    const count = recovery.conversations.length;
    if (io.json) await write(jsonLine({ file: path, conversations: count }));
    io.note(`${count === 1 ? '1 conversation is' : `${count} conversations are`} in ${path}; messages are not.`);
    io.note('Whoever has it and its passphrase reads everything. Save a new one when you make or join another.');
  } finally {
    prompter?.close();
    profile.close();
  }
}
