import type { Command } from 'commander';
import { onConversation } from '../conversation.ts';
import { LINK_IS_SECRET, makeLink, reachOf } from '../invite/link.ts';
import type { Io } from '../io.ts';
import { jsonLine } from '../terminal/json.ts';
import { newCommand, type GlobalOptions } from '../options.ts';
import { write } from '../terminal/output.ts';

interface InviteOptions extends GlobalOptions {
  readonly for?: string;
  readonly myDevice?: boolean;
  readonly qr?: boolean;
  readonly relay?: string;
}

/** No channel is asked; only whether its relay serves the app. */
const TIMEOUT = 1;

/** `fernspeak invite`: a link by which somebody joins. */
export function inviteCommand(): Command {
  return newCommand('invite', 'Make a link by which somebody joins a conversation.', [
    ['fernspeak invite family --for Bob', 'a link for one person: you see when it is used, and if two use it'],
    ['fernspeak invite family --for Bob --qr', 'as a QR code too'],
    ['fernspeak invite family --my-device --qr', 'for your phone: it is offered the name that you have here'],
    ['fernspeak invite family --for Bob > link', 'for fernspeak join -'],
    ['fernspeak invite family --relay https://relay.example', 'where others reach the relay by another address'],
  ])
    .argument('<name>', 'the conversation')
    .option('--for <label>', 'whom it is for; only you see that')
    .option('--my-device', 'for a device of your own: it is offered your name')
    .option('--qr', 'show it as a QR code, on stderr')
    .option('--relay <url>', "others' address of the relay")
    .action(invite);
}

async function invite(name: string, options: InviteOptions): Promise<void> {
  await onConversation(name, { ...options, timeout: TIMEOUT }, async ({ conversation }, io) => {
    const made = await makeLink(conversation, { label: options.for, relay: options.relay, myDevice: options.myDevice });
    if (options.qr === true) await showQr(made.link, io);
    await write(io.json ? jsonLine(made) : `${made.link}\n`);
    explain(made.address, io);
  });
}

/** In its own colours: what a terminal calls white may be black. */
async function showQr(text: string, { json }: Io): Promise<void> {
  if (json) return;
  const { qrLines } = await import('../terminal/qr.ts');
  process.stderr.write(`${qrLines(text).join('\n')}\n`);
}

/** What whoever gets the link has to know; where others cannot reach the channel, that and what to do. */
function explain(address: string, io: Io): void {
  const reach = reachOf(address);
  if (reach?.reachable === true) io.note(reach.message);
  if (reach?.reachable === false) io.warn('loopback', reach.message, reach.hint);
  if (io.terminal) io.warn('secret', LINK_IS_SECRET);
}
