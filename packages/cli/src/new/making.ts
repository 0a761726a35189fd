import { Fernet } from '@fernspeak/fernet';
import { agreedConversation, foundConversation, knownConversations, type About } from '@fernspeak/conversation';
import { channelOf, conversationName, refuseTaken } from '../conversation.ts';
import { usageError } from '../errors.ts';
import { openIo, type Io } from '../io.ts';
import { jsonLine } from '../terminal/json.ts';
import type { GlobalOptions } from '../options.ts';
import { settledSecret } from '../passphrase-check.ts';
import { keyOrPassphrase, type Secret } from '../secret.ts';
import { openChannel, profileOf } from '../session.ts';
import { write } from '../terminal/output.ts';
import { openPrompter } from '../terminal/prompt.ts';
import { shellWord } from '../terminal/shell-word.ts';
import { enter } from './entering.ts';
import { ownName } from './me.ts';
import { agree, keysToWrite, siteOf, type Founder, type SiteOptions } from './site.ts';

interface NewOptions extends GlobalOptions, SiteOptions {
  readonly me?: string;
  readonly passphrase?: boolean;
}

type Making = Founder & { readonly name: string; readonly options: NewOptions };

export async function makeConversation(named: string, channel: string | undefined, options: NewOptions): Promise<void> {
  const io = openIo(options);
  const name = conversationName(named);
  const prompter = openPrompter(options);
  const profile = await profileOf(options, prompter);
  try {
    await refuseTaken(name, profile);
    const making: Making = { io, name, prompter, profile, options };
    const about = await founded(making, channel);
    const onChannel = await channelOf(about, options.timeout);
    try {
      for (const notice of (await onChannel.info()).notices) io.warn('notice', notice);
      await enter(about, { io, profile, channel: onChannel, timeout: options.timeout });
    } finally {
      await onChannel.close();
    }
    await report(about, isAgreed(options), io);
  } finally {
    prompter?.close();
    profile.close();
  }
}

/** Named on the command line only: a variable that names a key for channels does not make this one agreed. */
function isAgreed({ passphrase, keyFile, keyFd }: NewOptions): boolean {
  return passphrase === true || keyFile !== undefined || keyFd !== undefined;
}

async function founded(making: Making, channel: string | undefined): Promise<About> {
  const { name, prompter, profile, options } = making;
  const secret = await secretOf(making, channel);
  const me = await ownName(options.me, making);
  const site = await siteOf(channel, making);
  // a file is filed under its real path
  const { address } = await openChannel(site.target, {}, options.timeout);
  const founding = { name, me, address, place: options.place ?? site.target.place };
  if (secret === null) {
    const { write: writeKey, read: readKey } = await keysToWrite(site, prompter);
    return foundConversation({ ...founding, writeKey, readKey, key: Fernet.generateKey() });
  }
  const { key, keys } = await agree(secret, site, making);
  const about = await agreedConversation({ ...founding, writeKey: keys.write, readKey: keys.read, key });
  const known = await knownConversations(profile.store);
  const same = known.find(({ about: { conversationId } }) => conversationId === about.conversationId);
  if (same) throw usageError(`You are in this conversation already: it is called ${same.about.name} here.`);
  return about;
}

/** Null: the conversation gets a random key. What is refused is refused before a channel is made for it. */
async function secretOf({ prompter, options }: Making, channel: string | undefined): Promise<Secret | null> {
  if (!isAgreed(options)) return null;
  const secret = await keyOrPassphrase(options, prompter);
  if (channel !== undefined) return secret;
  return settledSecret(secret, { prompter, kind: 'http', allowWeak: options.allowWeakPassphrase === true });
}

async function report({ name, address, place, me }: About, agreed: boolean, io: Io): Promise<void> {
  if (io.json) return write(jsonLine({ name, address, place, me, agreed }));
  await write(io.terminal ? `${io.style.bold(name)} is made, on ${address}\n` : `${address}\n`);
  const word = shellWord(name);
  io.note(
    agreed
      ? `The others do the same, with the same words: fernspeak new NAME ${shellWord(spokenAddress(address))} --passphrase`
      : `Next: fernspeak invite ${word} makes a link for somebody, fernspeak chat ${word} opens it.`,
  );
}

/** A file lies elsewhere for everybody: its name is what they share. */
function spokenAddress(address: string): string {
  return address.startsWith('file:') ? (address.split(/[/\\]/).at(-1) ?? address) : address;
}
