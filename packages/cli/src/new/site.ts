import { isChannelError, type Channel } from '@fernspeak/channel';
import { deriveKey, writeKeyOf } from '@fernspeak/conversation';
import type { ChannelKeys, Profile } from '@fernspeak/conversation/profile';
import { CliError, usageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { readSecret } from '../key.ts';
import type { ChannelOptions, KeyOptions } from '../options.ts';
import type { Secret } from '../secret.ts';
import { givenKeys, openChannel, readTarget, type Target } from '../session.ts';
import type { Prompter } from '../terminal/prompt.ts';
import { askForWriteKey, refuseWithoutWriteKey } from '../write-key.ts';
import { agreedKey } from './agreed-key.ts';
import {
  DEFAULT_RELAY,
  NeedsUserKey,
  answers,
  makeChannel,
  noRelay,
  relayOrigin,
  setWriteKey,
  type Owner,
} from './owner.ts';

/** What a relay takes: a hundred years. */
const MOST_KEEP_DAYS = 36_500;

/** What decides where a new conversation takes place. */
export interface SiteOptions extends KeyOptions, ChannelOptions {
  readonly relay?: string;
  readonly userKeyFile?: string;
  readonly keepDays?: string;
  readonly allowWeakPassphrase?: boolean;
}

export interface Founder {
  readonly io: Io;
  readonly prompter: Prompter | null;
  readonly profile: Profile;
  readonly options: SiteOptions;
}

/** A channel, the keys that are known for it, and whoever may change it (null: nobody here). */
export interface Site {
  readonly target: Target;
  readonly keys: ChannelKeys;
  readonly owner: Owner | null;
  /** True: it was made just now, for this conversation. */
  readonly made: boolean;
}

/** The channel that was named, or one that a relay makes. */
export async function siteOf(channel: string | undefined, founder: Founder): Promise<Site> {
  const { options, profile } = founder;
  checkKeepDays(channel, options);
  if (channel === undefined) return siteOnRelay(founder);
  const target = readTarget(channel);
  if (target.kind === 'file') return { target, keys: {}, owner: null, made: false };
  const keys = { ...profile.channelKeys(target.address), ...givenKeys(options) };
  const userKey = userKeyOf(options);
  const own = !target.thingspeak && (userKey !== null || target.place.startsWith('localhost/'));
  return { target, keys, owner: own ? ownerAt(target.origin, userKey, options) : null, made: false };
}

/** Before anything is made: how long entries stay is chosen with a channel, and never changes. */
function checkKeepDays(channel: string | undefined, { keepDays }: SiteOptions): void {
  if (keepDays === undefined) return;
  if (channel !== undefined) {
    throw usageError('How long entries are kept is chosen when a channel is made.', 'Leave out --keep-days.');
  }
  if (!/^[1-9]\d{0,4}$/.test(keepDays) || Number(keepDays) > MOST_KEEP_DAYS) {
    throw usageError(`--keep-days takes a whole number from 1 to ${MOST_KEEP_DAYS}.`, 'A month: --keep-days 30');
  }
}

async function siteOnRelay({ options, prompter }: Founder): Promise<Site> {
  const origin = relayOrigin(options.relay ?? DEFAULT_RELAY);
  if (options.relay === undefined && !(await answers(origin))) throw noRelay();
  for (let userKey = userKeyOf(options); ;) {
    const owner = ownerAt(origin, userKey, options);
    try {
      const { address, writeKey, readKey } = await makeChannel(owner, options.keepDays);
      return { target: readTarget(address), keys: { write: writeKey, read: readKey }, owner, made: true };
    } catch (error) {
      if (!(error instanceof NeedsUserKey) || prompter === null) throw error;
      process.stderr.write(`${error.message}\n`);
      userKey = (await prompter.hidden('User key of the relay (not remembered): ')).trim();
      if (userKey === '') throw error;
    }
  }
}

function userKeyOf({ userKeyFile }: SiteOptions): string | null {
  return readSecret({ option: '--user-key-file', file: userKeyFile });
}

function ownerAt(origin: string, userKey: string | null, { timeout }: SiteOptions): Owner {
  return { origin, userKey, timeoutMs: timeout * 1000 };
}

/** The keys of a site for a conversation with a random key; whoever can be asked gives what is missing. */
export async function keysToWrite({ target, keys }: Site, prompter: Prompter | null): Promise<ChannelKeys> {
  if (prompter === null) refuseWithoutWriteKey(target, keys);
  return { ...keys, ...(await askForWriteKey(target, keys, prompter)) };
}

/**
 * The key of a conversation that is agreed on by a secret, and the channel's keys. Where the channel is ours, its write key
 * becomes the one that follows from the secret, so that the others need nothing else.
 */
export async function agree(
  secret: Secret,
  site: Site,
  founder: Founder,
): Promise<{ readonly key: string; readonly keys: ChannelKeys }> {
  const { target, keys, owner, made } = site;
  const place = founder.options.place ?? target.place;
  const key = made ? await deriveKey({ secret: secret.text, place }) : await keyThere(secret, site, founder);
  if (target.kind === 'file') return { key, keys };
  const write = await writeKeyOf(key);
  if (keys.write === undefined || keys.write === write) return { key, keys: { ...keys, write } };
  if (owner !== null && (await takesWriteKey(owner, target.address, write))) return { key, keys: { ...keys, write } };
  founder.io.note(
    `The others also need the write key of ${target.named}: it could not be made to follow from the passphrase.`,
  );
  return { key, keys };
}

/** The key on a channel that was there already; a passphrase that is new there is judged. */
async function keyThere(
  first: Secret,
  { target, keys }: Site,
  { prompter, profile, options, io }: Founder,
): Promise<string> {
  const place = options.place ?? target.place;
  const guess = target.kind === 'file' || keys.write !== undefined ? null : await derivedWriteKey(first, place);
  const channel = await openChannel(target, guess === null ? keys : { ...keys, write: guess }, options.timeout);
  try {
    if (guess !== null) await refuseOtherKey(channel, target);
    const allowWeak = options.allowWeakPassphrase === true;
    return await agreedKey(first, { place, channel, kind: target.kind, profile, prompter, io, allowWeak });
  } finally {
    await channel.close();
  }
}

async function derivedWriteKey({ text }: Secret, place: string): Promise<string> {
  return writeKeyOf(await deriveKey({ secret: text, place }));
}

/** A private channel tells at once whether a key is one of its own. */
async function refuseOtherKey(channel: Channel, { named }: Target): Promise<void> {
  try {
    await channel.info();
  } catch (error) {
    if (!isChannelError(error, 'unauthorized')) throw error;
    throw otherWriteKey(named, error);
  }
}

function otherWriteKey(named: string, cause: Error): CliError {
  return new CliError(`The write key that follows from this passphrase is not one of ${named}.`, {
    code: 'unauthorized',
    exit: EXIT.network,
    hint: 'It is another passphrase, or the channel has a write key of its own: --write-key-file FILE.',
    cause,
  });
}

async function takesWriteKey(owner: Owner, address: string, writeKey: string): Promise<boolean> {
  try {
    return await setWriteKey(owner, { address, writeKey });
  } catch (error) {
    if (error instanceof CliError) return false;
    throw error;
  }
}
