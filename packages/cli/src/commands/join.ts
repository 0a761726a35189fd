import type { Command } from 'commander';
import { newCommand, withTimeout } from '../options.ts';
import { joinConversation } from '../join/joining.ts';

/** `fernspeak join`: a conversation that somebody else made. */
export function joinCommand(): Command {
  const command = newCommand('join', 'Join a conversation by the link of an invite.', [
    ['fernspeak join', 'asks for the link, shows who invites you, and asks whether you want to'],
    ['fernspeak join - --name family --me Bob --yes < link', 'the link from stdin, for scripts'],
    ['fernspeak join --file /media/stick/notes.csv', 'where the file of the conversation lies here'],
  ])
    .argument('[link]', '- reads it from stdin; it is a secret, so it does not belong on the command line')
    .option('--name <name>', 'what to call the conversation on this device')
    .option('--me <name>', 'your name, as the others see it')
    .option('--file <path>', 'where the conversation is a file: its path here')
    .option('-y, --yes', 'join without being asked');
  return withTimeout(command).action(joinConversation);
}
