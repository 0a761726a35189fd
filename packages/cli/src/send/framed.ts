import { parseAddress, type Channel } from '@fernspeak/channel';
import type { Profile } from '@fernspeak/conversation/profile';
import { conversationMeant, openConversation } from '../conversation.ts';
import { usageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { messageSource, readMessage } from '../message-source.ts';
import type { ChannelOptions, KeyOptions } from '../options.ts';
import { reportEarlier, reportSent } from '../sent.ts';
import { givenKeys } from '../session.ts';
import type { Prompter } from '../terminal/prompt.ts';
import { trySending } from './trying.ts';

interface FramedSender {
  readonly io: Io;
  /** The conversation, by its name; or `-`, see `conversationMeant`. */
  readonly named: string;
  readonly prompter: Prompter | null;
  readonly profile: Profile;
  readonly options: ChannelOptions &
    KeyOptions & { readonly title?: string; readonly priority?: string | number; readonly file?: string };
}

/** `fernspeak send NAME`: signed, numbered, and with what this device has seen. */
export async function sendFramed(sender: FramedSender, text: string | undefined): Promise<void> {
  const { io, named, prompter, profile, options } = sender;
  refuseKeyOptions(named, options);
  if (options.file !== undefined) return sendFile(sender, options.file);
  const source = messageSource(text, prompter !== null, named === '-' && !process.stdin.isTTY ? 'link' : null);
  const known = await conversationMeant(named, sender);
  const { name } = known.about;
  const bytes = await readMessage(source, prompter);
  const { title, priority, timeout } = options;
  const { channel, conversation } = await openConversation({ known, profile, timeout, given: givenKeys(options) });
  try {
    const { kind } = parseAddress(known.about.address);
    await warnAboutFile(known.about.address, channel, io);
    const send = { bytes, title, priority };
    const sent = await trySending((how) => conversation.send(send, how), {
      io,
      options,
      target: { kind, named: name },
    });
    reportEarlier(sent.earlier, io);
    await reportSent(sent, name, io);
  } finally {
    await channel.close();
  }
}

async function sendFile(sender: FramedSender, path: string): Promise<void> {
  const { io, named, profile, options } = sender;
  const { openFile, sendOpenedFile } = await import('./file.ts');
  const known = await conversationMeant(named, sender);
  const file = await openFile(path);
  try {
    const { timeout } = options;
    const { channel, conversation } = await openConversation({ known, profile, timeout, given: givenKeys(options) });
    try {
      await warnAboutFile(known.about.address, channel, io);
      await sendOpenedFile(file, { io, conversation, named: known.about.name, timeout });
    } finally {
      await channel.close();
    }
  } finally {
    await file.close();
  }
}

/** Of the carriers only a file has notices; asking another costs two requests, and fails where it is not reached. */
export async function warnAboutFile(address: string, channel: Channel, io: Io): Promise<void> {
  if (parseAddress(address).kind !== 'file') return;
  for (const notice of (await channel.info()).notices) io.warn('notice', notice);
}

/** A conversation has its key already: another one on the command line is a misunderstanding. */
export function refuseKeyOptions(name: string, { keyFile, keyFd, place, kdf }: KeyOptions): void {
  if (keyFile === undefined && keyFd === undefined && place === undefined && kdf !== 'article') return;
  throw usageError(
    `The conversation ${name} has its key already: --key-file, --key-fd, --place and --kdf are for channels.`,
    'Leave them out.',
  );
}
