import {
  Conversation,
  contentOf,
  deriveKey,
  plainSeal,
  type Content,
  type Seal,
  type Sent,
} from '@fernspeak/conversation';
import { isChannelError, type Channel } from '@fernspeak/channel';
import type { ChannelKeys, Profile } from '@fernspeak/conversation/profile';
import type { Command } from 'commander';
import { CliError, Interrupted, usageError } from '../errors.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
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
import { keptSentence, reportEarlier, reportSent } from '../sent.ts';
import { givenKeys, openChannel, profileOf, readTarget, type Target } from '../session.ts';
import { showProgress } from '../terminal/progress.ts';
import { openPrompter, type Prompter } from '../terminal/prompt.ts';

interface SendCommandOptions extends GlobalOptions, KeyOptions, ChannelOptions {
  readonly allowWeakPassphrase?: boolean;
}

/** `fernspeak send`: seals a message and stores it on a channel. */
export function sendCommand(): Command {
  const command = newCommand('send', 'Seal a message and store it on a channel.', [
    ['fernspeak send notes.csv', 'asks for the message and a key or passphrase'],
    ['fernspeak send notes.csv "See you at six." --key-file family.key', ''],
    ['df -h | fernspeak send http://127.0.0.1:8130/channels/1 --key-file ops.key', 'stdin, byte for byte'],
    ['fernspeak send https://api.thingspeak.com/channels/9 hello --write-key-file write.key', ''],
  ])
    .argument('<channel>', 'http(s)://HOST/channels/ID, or a file that ends in .csv (made when it is missing)')
    .argument('[text]', 'the message; without it stdin (also -), or you are asked')
    .option('--allow-weak-passphrase', 'use a passphrase that is easily guessed, without being asked');
  return withWriteKey(withKey(command)).action(send);
}

async function send(named: string, text: string | undefined, options: SendCommandOptions): Promise<void> {
  const io = openIo(options);
  const target = readTarget(named);
  const prompter = openPrompter(options);
  const profile = profileOf(options);
  try {
    const sender = { io, target, prompter, profile, options };
    await sendFrom(sender, text);
  } finally {
    prompter?.close();
    profile.close();
  }
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
  const source = messageSource(text, prompter !== null, keyTakesStdin(options));
  const { file, fd } = keySource(options);
  if (prompter === null && file === undefined && fd === undefined) await keyOrPassphrase(options, null);
  const given = givenKeys(options);
  const remembered = { ...profile.channelKeys(target.address), ...given };
  if (prompter === null) refuseWithoutWriteKey(target, remembered);
  warnAboutKdf(options, io);

  const content = contentOf(await readMessage(source, prompter));
  const secret = await keyOrPassphrase(options, prompter);
  const asked = await writeKeys(target, remembered, prompter);
  const channel = await openChannel(target, { ...remembered, ...asked }, options.timeout);
  try {
    // of the carriers only this one has any, and asking another costs two requests
    if (target.kind === 'file') for (const notice of (await channel.info()).notices) io.warn('notice', notice);
    const conversation = await openConversation(sender, channel, secret);
    const sent = await trySending(conversation, content, sender);
    profile.rememberChannelKeys(channel.address, { ...given, ...asked });
    reportEarlier(sent.earlier, io);
    await reportSent(sent, target.named, io);
  } finally {
    await channel.close();
  }
}

async function trySending(
  conversation: Conversation,
  content: Content,
  { io, options, target }: Sender,
): Promise<Sent> {
  const progress = showProgress(io);
  let kept = false;
  try {
    return await conversation.send(content, {
      timeoutMs: options.timeout * 1000,
      signal: interruptSignal(),
      onProgress: (step) => {
        kept ||= step.kind === 'accepted';
        progress.show(step);
      },
    });
  } catch (error) {
    if (error instanceof Interrupted) {
      throw new Interrupted(error.signal, kept ? keptSentence(target.named) : 'Nothing was sent, and nothing is kept.');
    }
    if (!isChannelError(error, 'unauthorized') || target.kind === 'file') throw error;
    throw new CliError(error.message, {
      code: error.code,
      exit: exitCodeOf(error),
      hint: "Give the channel's write API key: --write-key-file FILE. One that is remembered is replaced when the new one works.",
    });
  } finally {
    progress.clear();
  }
}

function refuseWithoutWriteKey(target: Target, keys: ChannelKeys): void {
  if (target.kind === 'file' || keys.write !== undefined) return;
  throw usageError(
    `The write key of ${target.named} is not known here.`,
    "Give it once, it is remembered: --write-key-file FILE with the channel's write API key in it.",
  );
}

async function writeKeys(target: Target, keys: ChannelKeys, prompter: Prompter | null): Promise<ChannelKeys> {
  if (target.kind === 'file' || keys.write !== undefined || prompter === null) return {};
  const write = (await prompter.hidden('Write API key of the channel (remembered): ')).trim();
  if (write === '') refuseWithoutWriteKey(target, keys);
  return { write };
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
    const { isKnownHere, otherPassphrase } = await import('../passphrase-check.ts');
    if (await isKnownHere(conversation)) return conversation;
    const other = await otherPassphrase(secret, { prompter, target, allowWeak });
    if (other === null) return conversation;
    secret = other;
  }
}

async function sealOf(secret: Secret, options: KeyOptions, place: string): Promise<Seal> {
  const kdf = options.kdf ?? 'fernspeak';
  const key = await deriveKey({ secret: secret.text, place: options.place ?? place, kdf });
  return plainSeal(key, kdf === 'article' ? { wrap: 'article' } : {});
}
