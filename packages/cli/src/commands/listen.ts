import {
  Conversation,
  deriveKey,
  plainSeal,
  type Delivery,
  type Message,
  type SendOptions,
} from '@fernspeak/conversation';
import type { Channel } from '@fernspeak/channel';
import type { Profile } from '@fernspeak/conversation/profile';
import type { Command } from 'commander';
import { conversationMeant, openConversation } from '../conversation.ts';
import { interruptSignal } from '../interrupt.ts';
import { openIo, type Io } from '../io.ts';
import type { Source } from '../listen/incoming.ts';
import { listenTo } from '../listen/listening.ts';
import { framedSource, plainSource } from '../listen/sources.ts';
import { newCommand, withKey, withReadKey } from '../options.ts';
import type { ChannelOptions, GlobalOptions, KeyOptions } from '../options.ts';
import { FLUSH_MS } from '../receive/reading.ts';
import { keyOrPassphrase, warnAboutKdf } from '../secret.ts';
import { refuseKeyOptions } from '../send/framed.ts';
import { reportEarlier } from '../sent.ts';
import { channelTarget, givenKeys, openReadable, profileOf, type Target } from '../session.ts';
import { openPrompter, type Prompter } from '../terminal/prompt.ts';

interface ListenOptions extends GlobalOptions, KeyOptions, ChannelOptions {
  readonly all?: boolean;
  readonly exec?: string;
  /** False with `--no-acknowledge`. */
  readonly acknowledge: boolean;
}

/** `fernspeak listen`: messages for programs, as they come. */
export function listenCommand(): Command {
  const command = newCommand('listen', 'Give each message to a program as it comes, until it is ended.', [
    ['fernspeak listen ops', 'one JSON object a line'],
    ['fernspeak listen ops | jq --unbuffered -r .text', ''],
    [`fernspeak listen ops --exec 'notify-send "$FERNSPEAK_SENDER" "$(cat)"'`, 'a command for each message'],
    ['fernspeak listen http://127.0.0.1:8130/channels/1 --key-file ops.key', ''],
  ])
    .argument('<name>', 'a conversation, http(s)://HOST/channels/ID, or a file that ends in .csv')
    .option('--all', 'first what was received already')
    .option(
      '--exec <command>',
      'run this in a shell for each message of others: content on stdin, FERNSPEAK_ID, _SENDER … in its environment; unless it ends with 0 the message does not count as received, and it is run again',
    )
    .option('--no-acknowledge', 'do not tell the others by itself what this device has');
  return withReadKey(withKey(command)).action(listen);
}

/** Something that can be listened to, on its channel. */
interface Opened {
  readonly channel: Channel;
  readonly source: Source<Message>;
  /** Sends what earlier commands left. */
  flush(options: SendOptions): Promise<readonly Delivery[]>;
}

interface Opening {
  readonly options: ListenOptions;
  readonly profile: Profile;
  readonly prompter: Prompter | null;
  readonly io: Io;
}

async function listen(named: string, options: ListenOptions): Promise<void> {
  const io = openIo(options);
  const target = channelTarget(named);
  const prompter = openPrompter(options);
  const profile = await profileOf(options, prompter);
  try {
    const opening = { options, profile, prompter, io };
    const { channel, source, flush } =
      target === null ? await openByName(named, opening) : await openByAddress(target, opening);
    prompter?.close();
    try {
      for (const notice of (await channel.info()).notices) io.warn('notice', notice);
      const { all, exec } = options;
      const signal = interruptSignal();
      reportEarlier(await flush({ timeoutMs: FLUSH_MS, signal }), io);
      await listenTo(source, { io, all, exec, signal });
    } finally {
      await channel.close();
    }
  } finally {
    prompter?.close();
    profile.close();
  }
}

async function openByName(name: string, { options, profile, prompter, io }: Opening): Promise<Opened> {
  refuseKeyOptions(name, options);
  const known = await conversationMeant(name, { io, prompter, profile });
  const { timeout, acknowledge } = options;
  const { channel, conversation } = await openConversation({ known, profile, timeout, given: givenKeys(options) });
  return {
    channel,
    source: framedSource(conversation, acknowledge),
    flush: (options) => conversation.flush(options),
  };
}

async function openByAddress(target: Target, { options, profile, prompter, io }: Opening): Promise<Opened> {
  const secret = await keyOrPassphrase(options, prompter);
  warnAboutKdf(options, secret, io);
  const { channel } = await openReadable({ target, options, prompter, profile });
  const { place = channel.place, kdf = 'fernspeak' } = options;
  const seal = plainSeal(await deriveKey({ secret: secret.text, place, kdf }));
  const conversation = new Conversation({ channel, seal, store: profile.store });
  return { channel, source: plainSource(conversation), flush: (options) => conversation.flush(options) };
}
