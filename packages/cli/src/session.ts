import type { Address, Channel, ChannelInfo } from '@fernspeak/channel';
import { isChannelError, parseAddress } from '@fernspeak/channel';
import type { ChannelKeys, Profile } from '@fernspeak/conversation/profile';
import { openProfile } from '@fernspeak/conversation/profile';
import { usageError } from './errors.ts';
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

/** The user's profile on this machine. */
export function profileOf({ home, as }: GlobalOptions): Profile {
  return openProfile({ ...(home === undefined ? {} : { home }), ...(as === undefined ? {} : { name: as }) });
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
