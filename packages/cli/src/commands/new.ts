import { Option, type Command } from 'commander';
import { makeConversation } from '../new/making.ts';
import { newCommand, withKeySource, withReadKey, withWriteKeySource } from '../options.ts';

/** `fernspeak new`: a conversation that begins here. */
export function newConversationCommand(): Command {
  const command = newCommand('new', 'Make a conversation: signed messages, and evidence when somebody tampers.', [
    ['fernspeak new family', 'on the relay of this computer, or --relay'],
    ['fernspeak invite family --qr', 'and then: let others in'],
    ['fernspeak new family --keep-days 30', 'the relay keeps each message for a month'],
    ['fernspeak new family notes.csv', 'in a file'],
    ['fernspeak new family https://relay.example/channels/5 --passphrase', 'all do this, with the same words'],
  ])
    .argument('<name>', 'what to call it on this device')
    .argument('[channel]', 'http(s)://HOST/channels/ID, or a file that ends in .csv; without it a relay makes one')
    .option('--me <name>', 'your name, as the others see it')
    .option('--passphrase', 'for all who have a passphrase and the channel; asks for it, or --key-file names it')
    .addOption(new Option('--relay <url>', 'the relay that makes the channel').env('FERNSPEAK_RELAY'))
    .option('--user-key-file <file>', "the relay's user key is in it, which makes channels; not remembered")
    .option('--keep-days <n>', 'the relay removes what is older; who comes late then cannot check the beginning')
    .option('--allow-weak-passphrase', 'use a passphrase that is easily guessed, without being asked');
  return withReadKey(withWriteKeySource(withKeySource(command))).action(makeConversation);
}
