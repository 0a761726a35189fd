import { shownName, type ConversationMember } from '@fernspeak/conversation';
import type { Command } from 'commander';
import { catchUp } from '../catch-up.ts';
import { onConversation } from '../conversation.ts';
import type { Io } from '../io.ts';
import { confirmedBy, type Confirmed } from '../members/confirmed.ts';
import { shortKey } from '../members/key.ts';
import { jsonLine } from '../terminal/json.ts';
import { newCommand, withTimeout, type GlobalOptions } from '../options.ts';
import { write } from '../terminal/output.ts';
import { visibleLine } from '../terminal/visible.ts';

/** `fernspeak members`: who is in a conversation. */
export function membersCommand(): Command {
  const command = newCommand('members', 'Show who is in a conversation, and four words to compare by voice.', [
    ['fernspeak members family', ''],
    ['fernspeak members family --json', ''],
  ]).argument('<name>', 'the conversation');
  return withTimeout(command).action(showMembers);
}

async function showMembers(name: string, options: GlobalOptions & { readonly timeout: number }): Promise<void> {
  await onConversation(name, options, async ({ conversation }, io) => {
    await catchUp(conversation, io);
    const members = await conversation.members();
    const words = await conversation.words();
    const confirmed = await confirmedBy(conversation);
    const known = members.map((member) => withConfirmed(member, member.me ? null : confirmed(member.id)));
    if (io.json) return write(jsonLine({ members: known.map(memberRecord), words }));
    await write(`${lines(known, io)}\n${wordsLine(words, io)}\n`);
  });
}

/** A member, and what it has of what this device wrote (null: that is no question). */
type Known = ConversationMember & { readonly confirmed: Confirmed | null };

function withConfirmed(member: ConversationMember, confirmed: Confirmed | null): Known {
  return { ...member, confirmed };
}

function memberRecord({ id, name, me, verified, heardAt, label, sameAs, confirmed }: Known): object {
  return {
    key: id,
    name,
    me,
    verified,
    heardAt,
    confirmedUpTo: confirmed?.upTo ?? null,
    label,
    sameAs: sameAs?.id ?? null,
  };
}

function lines(members: readonly Known[], { style }: Io): string {
  const rows = members.map((member) => {
    const name = visibleLine(member.name === null ? 'no name' : shownName(member));
    const marks = [
      member.me ? 'this device' : member.verified ? 'verified' : 'not verified',
      member.label === null ? '' : `joined with the link for ${visibleLine(member.label)}`,
      member.heardAt === null ? 'never heard' : `last heard ${moment(member.heardAt)}`,
      confirmation(member),
    ];
    return { name, key: shortKey(member.id), marks: marks.filter((mark) => mark !== '').join(', ') };
  });
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .map(({ name, key, marks }) => `${style.bold(name)}${' '.repeat(width - name.length)}  ${key}  ${marks}\n`)
    .join('');
}

/** What the relay cannot fake: that the member's device has what was written here. */
function confirmation({ confirmed }: Known): string {
  if (confirmed === null || confirmed.upTo === null) return '';
  return confirmed.all ? 'has all that you wrote' : `has what you wrote up to ${moment(new Date(confirmed.upTo))}`;
}

/** Monday 24 November, 12:03; in this machine's time. */
function moment(date: Date): string {
  const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
  return `${day.format(date)} ${date.toTimeString().slice(0, 5)}`;
}

function wordsLine(words: readonly string[], { style }: Io): string {
  return `Everybody who has received the same hears the same words: ${style.bold(words.join(' '))}`;
}
