import { Fernet, InvalidToken } from '@fernspeak/fernet';
import { base64url, fromBase64url, hex, utf8 } from '../bytes.ts';
import { hashIn } from '../domains.ts';
import { ConversationError } from '../errors.ts';
import { hkdf } from '../keys/hkdf.ts';
import { deriveKey, normalizePassphrase, type DeriveOptions } from '../keys/key.ts';
import { payloadOf, recoveryOf } from './payload.ts';
import type { Recovery } from './recovery.ts';

/** How a recovery file is closed and opened. */
export interface RecoveryPassphrase {
  readonly passphrase: string;
  /** How passphrases become keys; default: here, which takes about a second of the thread. */
  readonly derive?: ((options: DeriveOptions) => Promise<string>) | undefined;
}

const FIRST_LINE = 'fernspeak recovery file, version ';
const VERSION = 1;
const SALT_BYTES = 16;
const CHECK_BYTES = 8;
/** No channel's address begins like this. */
const PLACE = 'recovery-file:';
const INFO = 'fernspeak/recovery-file/v1';
const FORM = /^salt: ([\w-]{22})\nsealed: ([\w-]+={0,2})\ncheck: ([0-9a-f]{16})$/;
/** Far more than anybody's conversations take. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/**
 * The text of a recovery file: all of it sealed under the passphrase. docs/recovery-file.md has the form.
 *
 * @throws ConversationError `empty-passphrase`
 */
export async function sealRecovery(recovery: Recovery, { passphrase, derive }: RecoveryPassphrase): Promise<string> {
  const salt = base64url(crypto.getRandomValues(new Uint8Array(SALT_BYTES)));
  const fernet = await fernetOf(salt, { passphrase, derive });
  // its time would be readable; when it was saved stands inside
  const sealed = fernet.encryptAtTime(payloadOf(recovery), 0);
  const lines = [`${FIRST_LINE}${VERSION}`, `salt: ${salt}`, `sealed: ${sealed}`];
  return `${[...lines, `check: ${checkOf(salt, sealed)}`].join('\n')}\n`;
}

/**
 * What a recovery file holds. All or nothing; white space around lines does not count.
 *
 * @throws ConversationError `not-a-recovery-file`, `newer-recovery-file`, `broken-recovery-file` (cut off, altered, or made
 * by no fernspeak), `wrong-passphrase`, `empty-passphrase`
 */
export async function openRecovery(text: string, options: RecoveryPassphrase): Promise<Recovery> {
  const { salt, sealed } = partsOf(text);
  const fernet = await fernetOf(salt, options);
  return contentOf(openedBy(fernet, sealed));
}

/** @throws ConversationError as `openRecovery`, but for the passphrase */
function partsOf(text: string): { readonly salt: string; readonly sealed: string } {
  if (
    !text
      .replace(/^\uFEFF/, '')
      .trimStart()
      .startsWith(FIRST_LINE)
  )
    throw notOne();
  if (text.length > MOST_CHARACTERS) throw broken();
  const [first = '', ...rest] = text
    .replace(/^\uFEFF/, '')
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const version = first.slice(FIRST_LINE.length);
  if (!/^[1-9][0-9]{0,3}$/.test(version)) throw broken();
  if (Number(version) !== VERSION) throw newer();
  const [, salt = '', sealed = '', check] = FORM.exec(rest.join('\n')) ?? [];
  if (check === undefined || check !== checkOf(salt, sealed) || fromBase64url(salt) === null) throw broken();
  return { salt, sealed };
}

/** SHA-256(`fernspeak/recovery-file/v1` ‖ 0x00 ‖ salt ‖ sealed), its first 8 bytes: tells a cut file from a wrong passphrase. */
function checkOf(salt: string, sealed: string): string {
  return hex(hashIn('fernspeak/recovery-file/v1', utf8(salt), utf8(sealed)).subarray(0, CHECK_BYTES));
}

/** The passphrase's key as a conversation's at a place of its own, then HKDF: no key of a conversation opens a file. */
async function fernetOf(salt: string, { passphrase, derive = deriveKey }: RecoveryPassphrase): Promise<Fernet> {
  const secret = normalizePassphrase(passphrase);
  if (secret === '') {
    throw new ConversationError('empty-passphrase', 'The passphrase is empty.', { hint: 'A recovery file needs one.' });
  }
  const stretched = fromBase64url((await derive({ secret, place: PLACE + salt })).slice(0, -1)) ?? new Uint8Array();
  return new Fernet(await hkdf(stretched, INFO));
}

function openedBy(fernet: Fernet, sealed: string): Uint8Array {
  try {
    return fernet.decrypt(sealed);
  } catch (cause) {
    if (!(cause instanceof InvalidToken)) throw cause;
    throw new ConversationError('wrong-passphrase', 'That is not the passphrase of this recovery file.', {
      hint: 'It is the one that was given when the file was saved. Try again.',
    });
  }
}

function contentOf(bytes: Uint8Array): Recovery {
  try {
    return recoveryOf(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ConversationError('broken-recovery-file', 'What is in this recovery file is not what fernspeak saves.', {
      hint: 'Nothing of it was taken. Open another one, or ask for new invites.',
      cause,
    });
  }
}

function notOne(): ConversationError {
  return new ConversationError('not-a-recovery-file', 'This is no recovery file of fernspeak.', {
    hint: `Its first line is “${FIRST_LINE}${VERSION}”.`,
  });
}

function broken(): ConversationError {
  return new ConversationError('broken-recovery-file', 'This recovery file is cut off or was altered.', {
    hint: 'Nothing of it was taken. Open another copy of it.',
  });
}

function newer(): ConversationError {
  return new ConversationError('newer-recovery-file', 'This recovery file was made by a newer fernspeak.', {
    hint: 'Update fernspeak, then open it again.',
  });
}
