import type { Command } from 'commander';
import { conversationNamed, withConversation } from '../conversation.ts';
import { CliError, usageError } from '../errors.ts';
import { openIo } from '../io.ts';
import { jsonLine } from '../terminal/json.ts';
import { newCommand, type GlobalOptions } from '../options.ts';
import { profileOf } from '../session.ts';
import { write } from '../terminal/output.ts';
import { openPrompter } from '../terminal/prompt.ts';

/** No channel is asked. */
const TIMEOUT = 1;

/** `fernspeak forget`: a conversation is gone from this profile. */
export function forgetCommand(): Command {
  return newCommand('forget', 'Delete a conversation from this profile: its key, history, and what waits to be sent.', [
    ['fernspeak forget family', 'asks for the name once more'],
    ['fernspeak forget family --yes', ''],
  ])
    .argument('<name>', 'the conversation')
    .option('-y, --yes', 'without being asked')
    .action(forget);
}

async function forget(name: string, options: GlobalOptions & { readonly yes?: boolean }): Promise<void> {
  const io = openIo(options);
  const prompter = openPrompter(options);
  const profile = await profileOf(options, prompter);
  try {
    const { about } = await conversationNamed(name, profile);
    if (options.yes !== true) {
      if (prompter === null) throw usageError('Nobody is here who could confirm it.', '--yes forgets without asking.');
      process.stderr.write(
        'Its key is deleted too: without an invite, nobody here can read it again. The channel stays as it is.\n',
      );
      const typed = (await prompter.line('Its name, to confirm: ')).trim().normalize('NFC');
      if (typed !== about.name)
        throw new CliError('That was not its name: nothing is forgotten.', { code: 'cancelled' });
    }
    // by the conversation, which remembers what numbers it has used: this device may join again
    await withConversation({ name, profile, timeout: TIMEOUT }, ({ conversation }) => conversation.forget());
    if (io.json) await write(jsonLine({ forgotten: about.name }));
    else io.note(`${about.name} is forgotten here.`);
  } finally {
    prompter?.close();
    profile.close();
  }
}
