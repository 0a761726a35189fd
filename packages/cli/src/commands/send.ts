import {
  Conversation,
  contentOf,
  deriveKey,
  isConversationError,
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
import { codeOf, hintOf, isTold, openIo, type Io } from '../io.ts';
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
    await sendFrom({ io, target, prompter, profile, options }, text);
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
  // a path that leads to something else is told before anybody is asked for anything
  if (target.kind === 'file') await (await openChannel(target, {}, options.timeout)).close();

  const content = contentOf(await readMessage(source, prompter));
  const { sent, address, asked } = await deliver(sender, content, remembered);
  profile.rememberChannelKeys(address, { ...given, ...asked });
  reportEarlier(sent.earlier, io);
  await reportSent(sent, target.named, io);
}

interface Delivered {
  readonly sent: Sent;
  readonly address: string;
  /** The keys of the channel that somebody was asked for. */
  readonly asked: ChannelKeys;
}

/** Sends what has been read; an error says what became of it. */
async function deliver(sender: Sender, content: Content, remembered: ChannelKeys): Promise<Delivered> {
  const { io, target, prompter, options } = sender;
  let accepted = false;
  try {
    const secret = await keyOrPassphrase(options, prompter);
    warnAboutKdf(options, secret, io);
    const asked = await writeKeys(target, remembered, prompter);
    const channel = await openChannel(target, { ...remembered, ...asked }, options.timeout);
    try {
      // of the carriers only this one has any, and asking another costs two requests
      if (target.kind === 'file') for (const notice of (await channel.info()).notices) io.warn('notice', notice);
      const conversation = await openConversation(sender, channel, secret);
      const sent = await trySending(conversation, content, { ...sender, onAccepted: () => (accepted = true) });
      return { sent, address: channel.address, asked };
    } finally {
      await channel.close();
    }
  } catch (error) {
    const isKept = accepted && !isChannelError(error) && !isConversationError(error, 'refused');
    throw isKept || error instanceof Interrupted || !isTold(error) ? error : lost(error, target);
  }
}

async function trySending(
  conversation: Conversation,
  content: Content,
  { io, options, target, onAccepted }: Sender & { onAccepted: () => void },
): Promise<Sent> {
  const progress = showProgress(io);
  let kept = false;
  try {
    return await conversation.send(content, {
      timeoutMs: options.timeout * 1000,
      signal: interruptSignal(),
      onProgress: (step) => {
        if (step.kind === 'accepted') {
          kept = true;
          onAccepted();
        }
        progress.show(step);
      },
    });
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    throw new Interrupted(error.signal, kept ? keptSentence(target.named) : 'Nothing was sent, and nothing is kept.');
  } finally {
    progress.clear();
  }
}

/** The error of a message that is gone: whoever typed it has to know. */
function lost(error: Error, target: Target): CliError {
  const hint =
    isChannelError(error, 'unauthorized') && target.kind === 'http'
      ? "Give the channel's write API key: --write-key-file FILE. One that is remembered is replaced when the new one works."
      : hintOf(error);
  return new CliError(`${error.message} The message is neither stored nor kept.`, {
    code: codeOf(error),
    exit: exitCodeOf(error),
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
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
