import type { ConversationMember, FramedConversation } from '@fernspeak/conversation';
import { LINK_IS_SECRET, makeLink, reachOf } from '../invite/link.ts';
import { findMember } from '../members/find.ts';
import { shortKey } from '../members/key.ts';
import { nameOf } from './text.ts';

/** What a command needs. */
export interface CommandContext {
  readonly conversation: FramedConversation;
  readonly signal: AbortSignal;
  /** Shows what the program says; what others chose in it is made harmless. */
  readonly say: (text: string) => Promise<void>;
  /** Shows one line that is to be copied: nothing stands before it, and it is not broken. */
  readonly give: (line: string) => Promise<void>;
}

interface ChatCommand {
  readonly usage: string;
  readonly help: string;
  run(words: readonly string[], context: CommandContext): Promise<void>;
}

const COMMANDS: Readonly<Record<string, ChatCommand>> = {
  members: { usage: '/members', help: 'who is here', run: members },
  verify: { usage: '/verify NAME', help: 'the safety number to compare with somebody', run: verify },
  invite: { usage: '/invite [FOR WHOM]', help: 'a link that lets somebody in', run: invite },
  words: { usage: '/words', help: 'four words, to compare by voice that all were shown the same', run: words },
  check: { usage: '/check', help: 'read everything again from the beginning', run: check },
  help: { usage: '/help', help: 'this', run: help },
  quit: { usage: '/quit', help: 'end (also Ctrl-D)', run: async () => {} },
};

/** The command that a line is: its name and words; null: it is a message. */
export function readCommand(line: string): { readonly name: string; readonly words: readonly string[] } | null {
  if (!line.startsWith('/') || line.startsWith('//')) return null;
  const [name = '', ...words] = line.slice(1).trim().split(/\s+/);
  return { name, words };
}

/** The message that a line is: `//` begins one with a stroke. */
export function messageOf(line: string): string {
  return line.startsWith('//') ? line.slice(1) : line;
}

/** Does what a line asks for that is a command. */
export async function runCommand(name: string, words: readonly string[], context: CommandContext): Promise<void> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return command.run(words, context);
  const shown = name.slice(0, 20);
  await context.say(`There is no command /${shown}: nothing was sent. /help shows them; //${shown} … sends it.`);
}

async function help(_: readonly string[], { say }: CommandContext): Promise<void> {
  const width = Math.max(...Object.values(COMMANDS).map(({ usage }) => usage.length));
  const lines = Object.values(COMMANDS).map(({ usage, help }) => `${usage.padEnd(width)}  ${help}`);
  await say([...lines, `${'//…'.padEnd(width)}  a message that begins with /`].join('\n'));
}

async function members(_: readonly string[], { conversation, say }: CommandContext): Promise<void> {
  const all = await conversation.members();
  await say(all.map((member) => describe(member)).join('\n'));
}

function describe(member: ConversationMember): string {
  const { id, me, verified, sameAs, heardAt, label } = member;
  const parts = [
    nameOf(member),
    shortKey(id),
    ...(me ? ['this device'] : []),
    ...(verified ? ['verified'] : []),
    ...(sameAs ? [`another device than the first ${nameOf(sameAs)}`] : []),
    ...(label === null ? [] : [`came by the link for ${label}`]),
    ...(me ? [] : [heardAt === null ? 'never heard' : `last heard ${heardAt.toLocaleString('en-GB')}`]),
  ];
  return parts.join('  ');
}

async function verify(words: readonly string[], { conversation, say }: CommandContext): Promise<void> {
  const confirmed = words.length > 1 && words.at(-1) === 'yes';
  const wanted = (confirmed ? words.slice(0, -1) : words).join(' ');
  if (wanted === '') return say('Whom? /verify NAME');
  const found = findMember(wanted, await conversation.members());
  const name = nameOf(found);
  if (confirmed) {
    await conversation.verify(found.id);
    return say(`${name} is verified.`);
  }
  const { groups } = conversation.safetyNumber(found.id);
  const rows = [0, 4, 8].map((at) => groups.slice(at, at + 4).join(' '));
  const state = found.verified ? ' (verified already)' : '';
  await say(
    `The safety number of you and ${name}${state}:\n${rows.join('\n')}\nCompare it with ${name}, best face to face. If it is the same there: /verify ${wanted} yes`,
  );
}

async function invite(words: readonly string[], { conversation, say, give }: CommandContext): Promise<void> {
  const label = words.join(' ');
  const { link, address } = await makeLink(conversation, label === '' ? {} : { label });
  const reach = reachOf(address);
  const more = reach === null ? [] : [reach.message, ...(reach.hint === undefined ? [] : [reach.hint])];
  await give(link);
  await say([LINK_IS_SECRET, ...more].join('\n'));
}

async function words(_: readonly string[], { conversation, say }: CommandContext): Promise<void> {
  const list = await conversation.words();
  await say(
    `${list.join(' ')}\nWhoever was shown the same messages in the same order up to now has the same words. Compare them by voice, while nobody writes.`,
  );
}

async function check(_: readonly string[], { conversation, signal, say }: CommandContext): Promise<void> {
  await say('Reading everything again …');
  const { adopted, withheld, findings } = await conversation.check({ signal });
  const messages = withheld === 1 ? 'A message that was' : `${withheld} messages that were`;
  const gone = adopted ? [] : [`${messages} received here are not given any more: what was noticed before stays.`];
  const wrong = findings.map(({ code, sentence }) => `! ${sentence} [${code}]`);
  await say([...gone, ...(wrong.length === 0 ? ['Nothing is wrong.'] : wrong)].join('\n'));
}
