import {
  Conversation,
  contentOf,
  deriveKey,
  plainSeal,
  textOf,
  type Content,
  type Seal,
} from '@fernspeak/conversation';
import type { Channel } from '@fernspeak/channel';
import type { ChannelKeys, Profile } from '@fernspeak/conversation/profile';
import type { Command } from 'commander';
import { usageError } from '../errors.ts';
import { openIo, type Io } from '../io.ts';
import { messageSource, readMessage } from '../message-source.ts';
import {
  newCommand,
  withKey,
  withWriteKey,
  type ChannelOptions,
  type GlobalOptions,
  type KeyOptions,
} from '../options.ts';
import { isKey, keyOrPassphrase, keySource, keyTakesStdin, warnAboutKdf, type Secret } from '../secret.ts';
import { orLost, trySending } from '../send/trying.ts';
import { reportEarlier, reportSent } from '../sent.ts';
import { channelTarget, givenKeys, openChannel, profileOf, type Target } from '../session.ts';
import { openPrompter, type Prompter } from '../terminal/prompt.ts';
import { askForWriteKey, refuseWithoutWriteKey } from '../write-key.ts';

interface SendCommandOptions extends GlobalOptions, KeyOptions, ChannelOptions {
  readonly allowWeakPassphrase?: boolean;
  readonly title?: string;
  readonly priority?: string | number;
  readonly file?: string;
}

/** `fernspeak send`: seals a message and stores it on a channel. */
export function sendCommand(): Command {
  const command = newCommand('send', 'Seal a message and store it on a channel.', [
    ['fernspeak send family "Dinner at eight?"', 'in a conversation that you made or joined'],
    ['df -h | fernspeak send ops --title "backup failed" --priority high', 'an alert; stdin, byte for byte'],
    ['fernspeak send family --file photo.jpg', 'a file, in parts; the same again goes on where one stopped'],
    ['fernspeak send notes.csv', 'asks for the message and a key or passphrase'],
    ['fernspeak send notes.csv "See you at six." --key-file family.key', ''],
    ['fernspeak send https://api.thingspeak.com/channels/9 hello --write-key-file write.key', ''],
  ])
    .argument('<channel>', CHANNEL_ARGUMENT)
    .argument('[text]', 'the message; without it stdin (also -), or you are asked')
    .option('--title <text>', 'makes it an alert')
    .option('--priority <text>', 'how urgent it is: a word or a number', (text) => priorityOf(text))
    .option('--file <path>', 'sends this file instead of a message; in conversations')
    .option('--allow-weak-passphrase', 'use a passphrase that is easily guessed, without being asked');
  return withWriteKey(withKey(command)).action(send);
}

const CHANNEL_ARGUMENT =
  'a conversation, http(s)://HOST/channels/ID, or a file that ends in .csv (made when it is missing)';

/** A number stays one, as programs that read alerts expect. */
function priorityOf(text: string): string | number {
  return /^\d{1,9}$/.test(text) ? Number(text) : text;
}

async function send(named: string, text: string | undefined, options: SendCommandOptions): Promise<void> {
  const io = openIo(options);
  const target = channelTarget(named);
  refuseBesideFile(text, target, options);
  const prompter = openPrompter(options);
  const profile = await profileOf(options, prompter);
  try {
    if (target !== null) return await sendFrom({ io, target, prompter, profile, options }, text);
    const { sendFramed } = await import('../send/framed.ts');
    await sendFramed({ io, named, prompter, profile, options }, text);
  } finally {
    prompter?.close();
    profile.close();
  }
}

function refuseBesideFile(text: string | undefined, target: Target | null, options: SendCommandOptions): void {
  if (options.file === undefined) return;
  if (text !== undefined || options.title !== undefined || options.priority !== undefined) {
    throw usageError(
      '--file is sent alone: without a text, --title or --priority.',
      'Send the text with another command.',
    );
  }
  if (target === null) return;
  throw usageError(
    'Files go to a conversation, not to a bare channel.',
    'fernspeak new NAME makes one, fernspeak list shows them.',
  );
}

interface Sender {
  readonly io: Io;
  readonly target: Target;
  readonly prompter: Prompter | null;
  readonly profile: Profile;
  readonly options: SendCommandOptions;
}

async function sendFrom(sender: Sender, text: string | undefined): Promise<void> {
  const { io, target, prompter, profile, options } = sender;
  // what nobody can be asked for is missed before anything is read
  const source = messageSource(text, prompter !== null, keyTakesStdin(options) ? 'key' : null);
  const { file, fd } = keySource(options);
  if (prompter === null && file === undefined && fd === undefined) await keyOrPassphrase(options, null);
  const given = givenKeys(options);
  const remembered = { ...profile.channelKeys(target.address), ...given };
  if (prompter === null) refuseWithoutWriteKey(target, remembered);
  // a path that leads to something else is told before anybody is asked for anything
  if (target.kind === 'file') await (await openChannel(target, {}, options.timeout)).close();

  const content = withAlert(contentOf(await readMessage(source, prompter)), options);
  const { channel, conversation, asked } = await orLost(target, () => prepare(sender, remembered));
  try {
    const sent = await trySending((how) => conversation.send(content, how), { io, options, target });
    profile.rememberChannelKeys(channel.address, { ...given, ...asked });
    reportEarlier(sent.earlier, io);
    await reportSent(sent, target.named, io);
  } finally {
    await channel.close();
  }
}

interface Prepared {
  readonly channel: Channel;
  readonly conversation: Conversation;
  /** The keys of the channel that somebody was asked for. */
  readonly asked: ChannelKeys;
}

/** What it takes to send what has been read. */
async function prepare(sender: Sender, remembered: ChannelKeys): Promise<Prepared> {
  const { io, target, prompter, options } = sender;
  const secret = await keyOrPassphrase(options, prompter);
  warnAboutKdf(options, secret, io);
  const asked = await askForWriteKey(target, remembered, prompter);
  const channel = await openChannel(target, { ...remembered, ...asked }, options.timeout);
  try {
    // of the carriers only this one has any, and asking another costs two requests
    if (target.kind === 'file') for (const notice of (await channel.info()).notices) io.warn('notice', notice);
    return { channel, conversation: await openConversation(sender, channel, secret), asked };
  } catch (error) {
    await channel.close();
    throw error;
  }
}

/** A plain message says by its form that it is an alert. */
function withAlert(content: Content, { title, priority }: SendCommandOptions): Content {
  if (title === undefined && priority === undefined) return content;
  const message = textOf(content);
  if (message === null) throw usageError('An alert (--title, --priority) has to be text in UTF-8.');
  return contentOf(JSON.stringify({ title, message, priority }));
}

/** The conversation of a secret; a passphrase that is new here is judged, and another asked for when it is given up. */
async function openConversation(sender: Sender, channel: Channel, first: Secret): Promise<Conversation> {
  const { options, prompter, profile, target } = sender;
  const allowWeak = options.allowWeakPassphrase === true;
  for (let secret = first; ;) {
    const conversation = new Conversation({
      channel,
      seal: await sealOf(secret, options, channel.place),
      store: profile.store,
    });
    if (isKey(secret) || options.kdf === 'article') return conversation;
    const { lookHere, otherPassphrase } = await import('../passphrase-check.ts');
    if ((await lookHere(conversation)).isKnown) return conversation;
    const other = await otherPassphrase(secret, { prompter, kind: target.kind, allowWeak });
    if (other === null) return conversation;
    secret = other;
  }
}

async function sealOf(secret: Secret, options: KeyOptions, place: string): Promise<Seal> {
  const kdf = options.kdf ?? 'fernspeak';
  const key = await deriveKey({ secret: secret.text, place: options.place ?? place, kdf });
  return plainSeal(key, kdf === 'article' ? { wrap: 'article' } : {});
}
