import {
  FramedConversation,
  displayName,
  knownConversations,
  readInvite,
  type About,
  type Invite,
  type KnownConversation,
} from '@fernspeak/conversation';
import { parseAddress, type Channel } from '@fernspeak/channel';
import type { ChannelKeys, Profile } from '@fernspeak/conversation/profile';
import { usageError } from './errors.ts';
import { openIo, type Io } from './io.ts';
import { askForLink } from './join/link.ts';
import type { GlobalOptions } from './options.ts';
import { CHANNEL_FORMS, openChannel, profileOf } from './session.ts';
import { openPrompter, type Prompter } from './terminal/prompt.ts';

/** A conversation of this profile, on its channel. Close the channel at the end. */
export interface OpenedConversation {
  readonly known: KnownConversation;
  readonly channel: Channel;
  readonly conversation: FramedConversation;
}

/** The conversation of a name; a usage error, with the nearest name, where there is none. */
export async function conversationNamed(name: string, profile: Profile): Promise<KnownConversation> {
  const all = await knownConversations(profile.store);
  const wanted = name.normalize('NFC');
  const found = all.find(({ about }) => about.name === wanted);
  if (found) return found;
  const near = all.find(({ about }) => about.name.toLowerCase() === wanted.toLowerCase());
  if (near) throw usageError(`There is no conversation called ${name} here.`, `Did you mean ${near.about.name}?`);
  throw usageError(
    `There is no conversation called ${name} here.`,
    `fernspeak new makes one, fernspeak join joins one, fernspeak list shows them. ${CHANNEL_FORMS}`,
  );
}

/** The conversation that an invite is for, if this profile is in it. */
export async function conversationOfInvite(
  { conversationId }: Invite,
  { store }: Profile,
): Promise<KnownConversation | undefined> {
  const id = Buffer.from(conversationId).toString('hex');
  return (await knownConversations(store)).find(({ about }) => about.conversationId === id);
}

/** By its name; or `-`: by the link of an invite, which is asked for, or read from stdin. */
export async function conversationMeant(
  named: string,
  { io, prompter, profile }: { readonly io: Io; readonly prompter: Prompter | null; readonly profile: Profile },
): Promise<KnownConversation> {
  if (named !== '-') return conversationNamed(named, profile);
  const link = await askForLink(process.stdin.isTTY ? undefined : '-', { io, prompter });
  const known = await conversationOfInvite(readInvite(link), profile);
  if (known) return known;
  throw usageError('You have not joined the conversation of this invite.', 'fernspeak join joins it.');
}

export interface OpenOptions {
  readonly known: KnownConversation;
  readonly profile: Profile;
  /** Longest wait for one answer, in seconds. */
  readonly timeout: number;
  /** The channel's API keys, if this command was given any: remembered in place of those that the conversation has. */
  readonly given?: ChannelKeys;
}

export async function openConversation({
  known,
  profile,
  timeout,
  given = {},
}: OpenOptions): Promise<OpenedConversation> {
  const about = await withKeys(known, profile, given);
  const channel = await channelOf(about, timeout);
  const device = await profile.device();
  const conversation = new FramedConversation({ id: known.id, about, channel, store: profile.store, device });
  return { known: { id: known.id, about }, channel, conversation };
}

/** Opens a conversation by its name, and closes what it needs when the work is done. */
export async function withConversation<T>(
  { name, profile, timeout }: { readonly name: string; readonly profile: Profile; readonly timeout: number },
  work: (opened: OpenedConversation) => Promise<T>,
): Promise<T> {
  const opened = await openConversation({ known: await conversationNamed(name, profile), profile, timeout });
  try {
    return await work(opened);
  } finally {
    await opened.channel.close();
  }
}

/** The same for a command that asks nobody for anything but the profile's passphrase. */
export async function onConversation(
  name: string,
  options: GlobalOptions & { readonly timeout: number },
  work: (opened: OpenedConversation, io: Io) => Promise<void>,
): Promise<void> {
  const io = openIo(options);
  const prompter = openPrompter(options);
  const profile = await profileOf(options, prompter);
  prompter?.close();
  try {
    await withConversation({ name, profile, timeout: options.timeout }, (opened) => work(opened, io));
  } finally {
    profile.close();
  }
}

/** The channel on which a conversation takes place. */
export function channelOf({ address, name, writeKey, readKey }: About, timeout: number): Promise<Channel> {
  const keys = { write: writeKey ?? undefined, read: readKey ?? undefined };
  return openChannel({ ...parseAddress(address), named: name }, keys, timeout);
}

async function withKeys({ id, about }: KnownConversation, { store }: Profile, given: ChannelKeys): Promise<About> {
  const { write = about.writeKey, read = about.readKey } = given;
  if (write === about.writeKey && read === about.readKey) return about;
  const next = { ...about, writeKey: write, readKey: read };
  await store.describe(id, JSON.stringify(next));
  return next;
}

/** What a conversation can be called: nothing that could be an address, a link, a file or an option. */
export function conversationName(text: string): string {
  const name = text.trim().normalize('NFC');
  if (displayName(name) === name && !/[/\\:]|^-|\.csv$/i.test(name)) return name;
  throw usageError(
    'A conversation cannot be called that.',
    'A name has 1 to 48 characters, no / \\ or :, and neither begins with - nor ends in .csv.',
  );
}

/** Refuses a name that another conversation of this profile has. */
export async function refuseTaken(name: string, profile: Profile): Promise<void> {
  const all = await knownConversations(profile.store);
  const same = all.find(({ about }) => about.name.toLowerCase() === name.toLowerCase());
  if (same) throw usageError(`There is a conversation called ${same.about.name} here already.`, 'Choose another name.');
}
