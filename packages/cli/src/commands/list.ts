import { knownConversations, type KnownConversation } from '@fernspeak/conversation';
import type { Profile } from '@fernspeak/conversation/profile';
import type { Command } from 'commander';
import { openConversation } from '../conversation.ts';
import { openIo, type Io } from '../io.ts';
import { jsonLine } from '../terminal/json.ts';
import { newCommand, type GlobalOptions } from '../options.ts';
import { profileOf } from '../session.ts';
import { write } from '../terminal/output.ts';
import { openPrompter } from '../terminal/prompt.ts';
import { visibleLine } from '../terminal/visible.ts';

/** No channel is asked. */
const TIMEOUT = 1;

/** `fernspeak list`: the conversations of this profile. */
export function listCommand(): Command {
  return newCommand('list', 'Show the conversations of this profile. No channel is asked.', [
    ['fernspeak list', ''],
    ['fernspeak list --json | jq -r .name', ''],
  ]).action(list);
}

/** A conversation in the list; what stands in the log meanwhile is not in it. */
interface Listed {
  readonly name: string;
  readonly address: string;
  readonly me: string | null;
  /** Members of whom something was received. */
  readonly members: number;
  /** When the channel stored the last message that was received; null: none was. */
  readonly lastAt: string | null;
  /** Messages that are not stored yet. */
  readonly waiting: number;
  /** What is loud. */
  readonly findings: number;
}

async function list(options: GlobalOptions): Promise<void> {
  const io = openIo(options);
  const prompter = openPrompter(options);
  const profile = await profileOf(options, prompter);
  prompter?.close();
  try {
    const all = await knownConversations(profile.store);
    if (all.length === 0) return io.note('None yet: fernspeak new makes one, fernspeak join joins one.');
    const listed = await Promise.all(all.map((known) => look(known, profile)));
    await write(io.json ? listed.map((each) => jsonLine(each)).join('') : table(listed, io));
  } finally {
    profile.close();
  }
}

async function look(known: KnownConversation, profile: Profile): Promise<Listed> {
  const { channel, conversation } = await openConversation({ known, profile, timeout: TIMEOUT });
  try {
    const { name, address, me } = known.about;
    const last = (await conversation.history({ last: 1 })).at(-1);
    const members = (await conversation.members()).filter((member) => !member.me || member.heardAt !== null);
    return {
      name,
      address,
      me: me === '' ? null : me,
      members: members.length,
      lastAt: last?.storedAt ?? null,
      waiting: await conversation.waiting(),
      findings: (await conversation.findings()).length,
    };
  } finally {
    await channel.close();
  }
}

function table(listed: readonly Listed[], { style }: Io): string {
  const width = Math.max(...listed.map(({ name }) => name.length));
  const lines = listed.map(({ name, address, waiting, findings }) => {
    const remarks = [
      waiting > 0 ? style.yellow(`${waiting} not stored yet`) : '',
      findings > 0 ? style.red(findings === 1 ? '1 finding' : `${findings} findings`) : '',
    ].filter((remark) => remark !== '');
    return `${[`${style.bold(name)}${' '.repeat(width - name.length)}`, visibleLine(address), ...remarks].join('  ')}\n`;
  });
  return lines.join('');
}
