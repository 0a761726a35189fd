import { existsSync, readFileSync, statSync } from 'node:fs';
import { parseAddress } from '@fernspeak/channel';
import {
  displayName,
  openRecovery,
  takeUp,
  type KnownConversation,
  type Recovery,
  type SavedConversation,
} from '@fernspeak/conversation';
import type { Profile } from '@fernspeak/conversation/profile';
import type { Command } from 'commander';
import { openConversation } from '../conversation.ts';
import { CliError, systemCode, usageError } from '../errors.ts';
import { interruptSignal } from '../interrupt.ts';
import { openIo, type Io } from '../io.ts';
import { newCommand, withFilePassphrase, withTimeout, type GlobalOptions } from '../options.ts';
import { openedBy, type PassphraseOptions } from '../recovery/passphrase.ts';
import { profileOf } from '../session.ts';
import { jsonLine } from '../terminal/json.ts';
import { write } from '../terminal/output.ts';
import { openPrompter } from '../terminal/prompt.ts';
import { visibleLine } from '../terminal/visible.ts';

interface RestoreOptions extends GlobalOptions, PassphraseOptions {
  readonly yes?: boolean;
  readonly timeout: number;
}

/** Far more than anybody's conversations take. */
const MOST_BYTES = 32 * 1024 * 1024;

/** `fernspeak restore`: goes on with the conversations of a recovery file. */
export function restoreCommand(): Command {
  const command = newCommand('restore', 'Join the conversations of a recovery file, as a new device of yours.', [
    ['fernspeak restore recovery.txt', 'says what is in it, and asks before it joins'],
    ['fernspeak restore recovery.txt --yes --passphrase-file words', 'for a script'],
  ])
    .argument('<file>', 'from fernspeak backup, or saved by the app')
    .option('--yes', 'join without asking');
  return withTimeout(withFilePassphrase(command)).action(restore);
}

async function restore(path: string, options: RestoreOptions): Promise<void> {
  const io = openIo(options);
  const prompter = openPrompter(options);
  if (prompter === null && options.yes !== true) {
    throw usageError('Nobody is here who could say whether to join.', '--yes joins without asking.');
  }
  const text = textOf(path);
  const profile = await profileOf(options, prompter);
  try {
    const recovery = await openedBy(options, prompter, (passphrase) => openRecovery(text, { passphrase }));
    const usable = recovery.conversations.filter((each) => isHere(each)).map((each) => withUsableName(each));
    const left = recovery.conversations.length - usable.length;
    const what = `Saved on ${recovery.savedAt.toISOString().slice(0, 10)}: ${listed(usable)}.`;
    if (options.yes === true) io.note(what);
    else {
      process.stderr.write(`${visibleLine(what)}\n`);
      if ((await prompter?.confirm('Join them from here?')) !== true) {
        throw new CliError('You have not joined.', { code: 'cancelled' });
      }
    }
    await join({ ...recovery, conversations: usable }, { profile, io, left, timeout: options.timeout });
  } finally {
    prompter?.close();
    profile.close();
  }
}

interface Joining {
  readonly profile: Profile;
  readonly io: Io;
  /** How many lie in files that are not here. */
  readonly left: number;
  readonly timeout: number;
}

async function join(recovery: Recovery, { profile, io, left, timeout }: Joining): Promise<void> {
  const { taken, had } = await takeUp({ store: profile.store, device: await profile.device() }, recovery);
  for (const known of taken) await greet(known, { profile, io, timeout });
  const restored = taken.map(({ about: { name, address } }) => ({ name, address }));
  await write(
    io.json ? jsonLine({ restored, had, left }) : restored.map(({ name }) => `${visibleLine(name)}\n`).join(''),
  );
  if (had > 0) io.note(`${had} of them you have here already: they stay as they are.`);
  if (left > 0)
    io.warn('left', `${left} take place in files that are not here.`, 'Bring the files, then restore again.');
}

/** The hello of a new device. One that may not write any more can still read. */
async function greet(
  known: KnownConversation,
  { profile, io, timeout }: Pick<Joining, 'profile' | 'io' | 'timeout'>,
): Promise<void> {
  const { channel, conversation } = await openConversation({ known, profile, timeout });
  try {
    const sent = await conversation.greet({ timeoutMs: timeout * 1000, signal: interruptSignal() });
    if (sent?.status !== 'kept') return;
    io.warn(
      'kept',
      `Your hello is not stored in ${known.about.name} yet: ${sent.reason.message}`,
      'It goes out later.',
    );
  } catch (error) {
    if (!(error instanceof Error) || interruptSignal().aborted) throw error;
    io.warn('not-stored', `Your hello is not stored in ${known.about.name}: ${error.message}`);
  } finally {
    await channel.close();
  }
}

function textOf(path: string): string {
  try {
    if (statSync(path).size <= MOST_BYTES) return readFileSync(path, 'utf8');
  } catch (error) {
    throw usageError(`${path} cannot be read (${systemCode(error) ?? 'unknown'}).`, 'Name a recovery file.');
  }
  throw usageError(`${path} is too large for a recovery file.`, 'Name a recovery file.');
}

function isHere({ invite }: SavedConversation): boolean {
  const address = parseAddress(invite.address);
  return address.kind === 'http' || existsSync(address.path);
}

/** The app takes names that no command could be given. */
function withUsableName(saved: SavedConversation): SavedConversation {
  const plain = displayName(saved.name.replaceAll(/[/\\:]|\.csv$/gi, ' '))
    ?.replace(/^-+/, '')
    .trim();
  return { ...saved, name: plain === undefined || plain === '' ? 'conversation' : plain };
}

function listed(conversations: readonly SavedConversation[]): string {
  const names = conversations.map(({ name }) => name);
  return `${names.length === 1 ? '1 conversation' : `${names.length} conversations`}${names.length > 0 ? ` (${names.join(', ')})` : ''}`;
}
