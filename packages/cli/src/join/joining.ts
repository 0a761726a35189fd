import { basename } from 'node:path';
import { existsSync } from 'node:fs';
import { parseAddress } from '@fernspeak/channel';
import {
  displayName,
  invitedConversation,
  readInvite,
  type About,
  type Invite,
  type KnownConversation,
} from '@fernspeak/conversation';
import type { Profile } from '@fernspeak/conversation/profile';
import { channelOf, conversationName, conversationOfInvite, refuseTaken } from '../conversation.ts';
import { CliError, usageError } from '../errors.ts';
import { openIo, type Io } from '../io.ts';
import { enter } from '../new/entering.ts';
import { ownName } from '../new/me.ts';
import { jsonLine } from '../terminal/json.ts';
import type { GlobalOptions } from '../options.ts';
import { openChannel, profileOf, readTarget } from '../session.ts';
import { write } from '../terminal/output.ts';
import { openPrompter, type Prompter } from '../terminal/prompt.ts';
import { shellWord } from '../terminal/shell-word.ts';
import { visibleLine } from '../terminal/visible.ts';
import { askForLink } from './link.ts';
import { preview, type Preview } from './preview.ts';

interface JoinOptions extends GlobalOptions {
  readonly name?: string;
  readonly me?: string;
  readonly file?: string;
  readonly yes?: boolean;
  readonly timeout: number;
}

interface Joining {
  readonly io: Io;
  readonly prompter: Prompter | null;
  readonly profile: Profile;
  readonly options: JoinOptions;
}

export async function joinConversation(link: string | undefined, options: JoinOptions): Promise<void> {
  const io = openIo(options);
  const prompter = openPrompter(options);
  const profile = await profileOf(options, prompter);
  try {
    const joining = { io, prompter, profile, options };
    const invite = readInvite(await askForLink(link, joining));
    const known = await conversationOfInvite(invite, profile);
    if (known) return await reportKnown(known, io);
    if (prompter === null) await refuseUnasked(joining);
    await join(invite, joining);
  } finally {
    prompter?.close();
    profile.close();
  }
}

/** What nobody can be asked for is missed before anything else is done. */
async function refuseUnasked({ options, profile }: Joining): Promise<void> {
  if (options.yes !== true) {
    throw usageError('Nobody is here who could say whether to join.', '--yes joins without asking.');
  }
  if (options.name === undefined) {
    throw usageError('The conversation needs a name on this device.', '--name NAME gives it.');
  }
  await freeName(options.name, profile);
}

async function join(invite: Invite, joining: Joining): Promise<void> {
  const { io, prompter, profile, options } = joining;
  const { address, place } = await siteOf(invite, options);
  const about = await invitedConversation(invite, { name: '', address, place, device: await profile.device() });
  const channel = await channelOf({ ...about, name: place }, options.timeout);
  try {
    const seen = await preview(about, { channel, profile });
    if (options.yes === true) io.note(describe(about, seen));
    else await confirm(describe(about, seen), prompter);
    const named = {
      ...about,
      name: await nameFor(joining, place),
      me: await ownName(options.me, { ...joining, offered: invite.name }),
    };
    await enter(named, { io, profile, channel, timeout: options.timeout });
    await report(named, seen, io);
  } finally {
    await channel.close();
  }
}

async function confirm(what: string, prompter: Prompter | null): Promise<void> {
  process.stderr.write(`${what}\n`);
  if ((await prompter?.confirm('Join?')) !== true) throw new CliError('You have not joined.', { code: 'cancelled' });
}

/** Where the conversation takes place, seen from here: a file may lie anywhere. */
async function siteOf(invite: Invite, { file, timeout }: JoinOptions): Promise<{ address: string; place: string }> {
  const invited = parseAddress(invite.address);
  if (invited.kind === 'http') {
    if (file === undefined) return invited;
    throw usageError(`This conversation is no file, but on ${invited.address}.`, 'Leave out --file.');
  }
  const path = file ?? basename(invited.path);
  if (!existsSync(path)) {
    const message = file === undefined ? `There is no file ${path} in this folder.` : `There is no file at ${path}.`;
    throw usageError(message, 'The conversation is in it: --file PATH says where it lies on this computer.');
  }
  const { address } = await openChannel(readTarget(path), {}, timeout);
  return { address, place: invited.place };
}

function describe({ place }: About, { inviter, members }: Preview): string {
  const count = members === 1 ? '1 member' : `${members} members`;
  return visibleLine(`${inviter} invites you to a conversation with ${count}, on ${place}.`);
}

async function nameFor(joining: Joining, place: string): Promise<string> {
  const { options, prompter, profile, io } = joining;
  if (options.name !== undefined || prompter === null) return freeName(options.name ?? '', profile);
  const suggestion = suggested(place);
  for (;;) {
    const answer = (await prompter.line(`What to call it here [${suggestion}]: `)).trim();
    try {
      return await freeName(answer === '' ? suggestion : answer, profile);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      io.warn(error.code, error.message, error.hint);
    }
  }
}

async function freeName(text: string, profile: Profile): Promise<string> {
  const name = conversationName(text);
  await refuseTaken(name, profile);
  return name;
}

/** `channel 5`, or the file's name, which whoever made the invite chose. */
function suggested(place: string): string {
  const [, channel] = /\/channels\/(\d+)$/.exec(place) ?? [];
  if (channel !== undefined) return `channel ${channel}`;
  return displayName(place.replace(/^file:|\.csv$/gi, '')) ?? 'conversation';
}

async function report({ name, place, address, me }: About, seen: Preview, io: Io): Promise<void> {
  if (io.json) {
    const { inviter, inviterKey, members } = seen;
    return write(jsonLine({ name, address, place, me, joined: true, inviter, inviterKey, members }));
  }
  await write(io.terminal ? `You are in ${io.style.bold(name)} now.\n` : `${name}\n`);
  const word = shellWord(name);
  io.note(`Next: fernspeak receive ${word} shows what was written, fernspeak chat ${word} opens it.`);
}

async function reportKnown({ about }: KnownConversation, io: Io): Promise<void> {
  const { name, place, address, me } = about;
  if (io.json) return write(jsonLine({ name, address, place, me, joined: false }));
  if (!io.terminal) await write(`${name}\n`);
  io.note(`You are in this conversation already: it is called ${name} here.`);
}
