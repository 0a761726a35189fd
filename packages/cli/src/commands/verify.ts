import { shownName, type ConversationMember, type SafetyNumber } from '@fernspeak/conversation';
import type { Command } from 'commander';
import { catchUp } from '../catch-up.ts';
import { withConversation, type OpenedConversation } from '../conversation.ts';
import { openIo, type Io } from '../io.ts';
import { findMember } from '../members/find.ts';
import { jsonLine } from '../terminal/json.ts';
import { newCommand, withTimeout, type GlobalOptions } from '../options.ts';
import { profileOf } from '../session.ts';
import { write } from '../terminal/output.ts';
import { openPrompter, type Prompter } from '../terminal/prompt.ts';
import { visibleLine } from '../terminal/visible.ts';

interface VerifyOptions extends GlobalOptions {
  readonly qr?: boolean;
  readonly yes?: boolean;
  readonly undo?: boolean;
  readonly timeout: number;
}

/** `fernspeak verify`: whether a member's key is really that person's. */
export function verifyCommand(): Command {
  const command = newCommand('verify', 'Compare numbers with a member: it is really them if both see the same.', [
    ['fernspeak verify family Bob', 'while Bob does the same; best face to face'],
    ['fernspeak verify family Bob --qr', ''],
    ['fernspeak verify family Bob --undo', 'trust it no longer'],
  ])
    .argument('<name>', 'the conversation')
    .argument('<member>', 'a name, or the beginning of a key, as members shows them')
    .option('--qr', 'show it as a QR code too, on stderr')
    .option('-y, --yes', 'the numbers are the same: note it without asking')
    .option('--undo', 'note that the numbers are not the same, or not compared any more');
  return withTimeout(command).action(verify);
}

async function verify(name: string, member: string, options: VerifyOptions): Promise<void> {
  const io = openIo(options);
  const prompter = openPrompter(options);
  const profile = await profileOf(options, prompter);
  try {
    await withConversation({ name, profile, timeout: options.timeout }, (opened) => {
      return verifyMember(opened, member, { io, prompter, options });
    });
  } finally {
    prompter?.close();
    profile.close();
  }
}

interface Verifying {
  readonly io: Io;
  readonly prompter: Prompter | null;
  readonly options: VerifyOptions;
}

async function verifyMember(
  { conversation }: OpenedConversation,
  named: string,
  { io, prompter, options }: Verifying,
): Promise<void> {
  await catchUp(conversation, io);
  const member = findMember(named, await conversation.members());
  const number = conversation.safetyNumber(member.id);
  if (options.undo === true) {
    await conversation.verify(member.id, false);
    return report({ ...member, verified: false }, number, io);
  }
  if (!io.json) await write(digits(number));
  if (options.qr === true && !io.json) {
    const { qrLines } = await import('../terminal/qr.ts');
    process.stderr.write(`${qrLines(number.qr).join('\n')}\n`);
  }
  const same = options.yes === true || (await prompter?.confirm(question(member))) === true;
  if (same) await conversation.verify(member.id);
  await report({ ...member, verified: same || member.verified }, number, io);
}

/** Three lines of four groups. */
function digits({ groups }: SafetyNumber): string {
  return `${[0, 4, 8].map((at) => groups.slice(at, at + 4).join(' ')).join('\n')}\n`;
}

function question(member: ConversationMember): string {
  return `Does ${visibleLine(shownName(member))} see the same numbers, told you in a way that nobody can fake?`;
}

async function report(member: ConversationMember, number: SafetyNumber, io: Io): Promise<void> {
  const { id, name, verified } = member;
  if (io.json) {
    return write(jsonLine({ key: id, name, verified, digits: number.groups.join(' '), qr: number.qr }));
  }
  io.note(`${shownName(member)} is ${verified ? 'verified' : 'not verified'}.`);
}
