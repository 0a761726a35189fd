import type { Address, Channel, ChannelInfo } from '@fernspeak/channel';
import { isChannelError, parseAddress } from '@fernspeak/channel';
import type { ChannelKeys, Profile, ProfileOptions } from '@fernspeak/conversation/profile';
import { openProfile } from '@fernspeak/conversation/profile';
import { isConversationError } from '@fernspeak/conversation';
import { CliError, usageError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { readSecret } from './key.ts';
import type { ChannelOptions, GlobalOptions } from './options.ts';
import type { Prompter } from './terminal/prompt.ts';
import { visible } from './terminal/visible.ts';

/** A channel's address as the user wrote it, for sentences, and what it means. */
export type Target = Address & { readonly named: string };

/** Understands CHANNEL; a usage error for what is none. */
export function readTarget(named: string): Target {
  try {
    return { ...parseAddress(named), named };
  } catch (error) {
    const hint = error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined;
    throw usageError(error instanceof Error ? error.message : String(error), hint);
  }
}

/** What a conversation's first argument can be beside its name. */
export const CHANNEL_FORMS = 'A channel is http(s)://HOST/channels/NUMBER, or a file that ends in .csv.';

/**
 * The channel that the first argument of a command names; null for what can only be the name of a conversation (or `-`). A usage
 * error for an invite's link, which is a secret, and for an address that is none.
 */
export function channelTarget(named: string): Target | null {
  if (/^\s*(?:fernspeak:|https?:\/\/[^#]*#)/i.test(named)) {
    throw usageError(
      'The link of an invite is a secret: it does not belong on the command line, where others can read it.',
      'fernspeak join asks for it; then the conversation has a name here. With - in its place it is asked for, or read from stdin.',
    );
  }
  return /[/\\:]|\.csv$/i.test(named) || named.trim() === '' ? readTarget(named) : null;
}

/** Which profile the options mean. */
export function profilePlace({ home, as }: GlobalOptions): ProfileOptions {
  return { ...(home === undefined ? {} : { home }), ...(as === undefined ? {} : { name: as }) };
}

/** How often a mistyped passphrase is asked for again. */
const PASSPHRASE_TRIES = 3;

/** The user's profile on this machine. Its passphrase, if it has one, is read from where the options say, or asked for. */
export async function profileOf(options: GlobalOptions, prompter: Prompter | null): Promise<Profile> {
  return withPassphrase(options, prompter, (place) => openProfile(place));
}

/** Does what needs a profile's passphrase, with the one that is given or asked for. */
export async function withPassphrase<T>(
  options: GlobalOptions,
  prompter: Prompter | null,
  use: (place: ProfileOptions) => T,
): Promise<T> {
  const place = profilePlace(options);
  const given = givenPassphrase(options);
  for (let passphrase = given, tries = 1; ; tries++) {
    try {
      return use({ ...place, ...(passphrase === null ? {} : { passphrase }) });
    } catch (error) {
      if (!isConversationError(error)) throw error;
      const locked = error.code === 'profile-locked';
      if (!locked && error.code !== 'wrong-passphrase') throw error;
      if (prompter === null || (given !== null && !locked)) throw lockedError(error);
      if (tries > PASSPHRASE_TRIES) throw error;
      if (!locked) process.stderr.write(`${error.message}\n`);
      passphrase = await prompter.hidden('Passphrase of this profile: ');
    }
  }
}

function givenPassphrase({ profilePassphraseFile: file, profilePassphraseFd: fd }: GlobalOptions): string | null {
  // a flag goes before the variable that may have named the file
  return readSecret({ option: '--profile-passphrase-file', file: fd === undefined ? file : undefined, fd });
}

function lockedError(error: Error): CliError {
  const wrong = isConversationError(error, 'wrong-passphrase');
  const hint = wrong
    ? 'Look into the file that --profile-passphrase-file names.'
    : 'Name a file with it: --profile-passphrase-file FILE (or --profile-passphrase-fd N).';
  const code = wrong ? 'wrong-passphrase' : 'profile-locked';
  return new CliError(error.message, { code, exit: EXIT.locked, hint, cause: error });
}

/** The channel's API keys that this command was given. */
export function givenKeys(options: Partial<ChannelOptions>): ChannelKeys {
  const write = readSecret({ option: '--write-key-file', file: options.writeKeyFile, fd: options.writeKeyFd });
  const read = readSecret({ option: '--read-key-file', file: options.readKeyFile, fd: options.readKeyFd });
  return { ...(write === null ? {} : { write }), ...(read === null ? {} : { read }) };
}

/** Opens the carrier that a target needs; `timeout` is the longest wait for one answer, in seconds. */
export async function openChannel(target: Target, keys: ChannelKeys, timeout: number): Promise<Channel> {
  if (target.kind === 'file') {
    const { openFileChannel } = await import('@fernspeak/channel/file');
    return openFileChannel(target.path);
  }
  const { openHttp } = await import('./http.ts');
  return openHttp({ address: target.address, writeKey: keys.write, readKey: keys.read, timeoutMs: timeout * 1000 });
}

/** Says of a file that cannot be read, or is not there, before anybody is asked for anything. */
export async function refuseUnreadableFile(path: string): Promise<void> {
  const { openFileChannel } = await import('@fernspeak/channel/file');
  await Array.fromAsync(openFileChannel(path).read({ last: 0 }));
}

/** What reading a channel needs. */
export interface Reading {
  readonly target: Target;
  readonly options: GlobalOptions & ChannelOptions;
  readonly prompter: Prompter | null;
  readonly profile: Profile;
}

/**
 * Opens a channel for reading, with the keys that are given or remembered. A channel that wants a read key is asked
 * about; where nobody can be asked the flag is named (exit 2). Keys that worked are remembered.
 */
export async function openReadable(reading: Reading): Promise<{ channel: Channel; info: ChannelInfo }> {
  const { target, options, profile } = reading;
  for (let keys = { ...profile.channelKeys(target.address), ...givenKeys(options) }; ;) {
    const channel = await openChannel(target, keys, options.timeout);
    try {
      const info = await channel.info();
      if (target.kind === 'http') profile.rememberChannelKeys(channel.address, keys);
      return { channel, info };
    } catch (error) {
      await channel.close();
      if (target.kind !== 'http' || !isChannelError(error, 'unauthorized')) throw error;
      keys = { write: keys.write, read: await askForReadKey(reading, keys, error) };
    }
  }
}

async function askForReadKey({ target, prompter }: Reading, keys: ChannelKeys, error: Error): Promise<string> {
  if (prompter === null && keys.read !== undefined) throw error;
  if (prompter === null) {
    throw usageError(
      `${target.named} is not public, and its read key is not known here.`,
      "Give it once, it is remembered: --read-key-file FILE with the channel's read API key in it.",
    );
  }
  if (keys.read !== undefined) process.stderr.write(`${visible(error.message)}\n`);
  const read = (await prompter.hidden('Read API key of the channel (remembered): ')).trim();
  if (read === '') throw error;
  return read;
}
