import { isKey } from '@fernspeak/fernet';
import { argon2id } from '#argon2';
import { sha256 } from '#sha256';
import { ConversationError } from '../errors.ts';
import { hkdf } from './hkdf.ts';

/** How a passphrase becomes a key: `fernspeak` is Argon2id with the place as salt, `article` the article's PBKDF2. */
export type Kdf = 'fernspeak' | 'article';

export interface DeriveOptions {
  /** What somebody typed, or what a key file holds without its line end. */
  readonly secret: string;
  /** The channel's `place`, or what the user says instead (`--place`). */
  readonly place: string;
  /** Default `fernspeak`. `article` only for talking with the article's scripts: one table cracks all its users. */
  readonly kdf?: Kdf | undefined;
}

/** What a backend of `#argon2` is asked for. Both compute RFC 9106, version 1.3. */
export interface Argon2idOptions {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
  readonly bytes: number;
}

/** Compiled in, never negotiated: 64 MiB and three passes are RFC 9106's second recommended choice, with one lane. */
const ARGON2 = { memoryKiB: 64 * 1024, passes: 3, lanes: 1, bytes: 32 } as const;
const SALT_DOMAIN = 'fernspeak/salt/v1';
const SALT_BYTES = 16;
const PASSPHRASE_INFO = 'fernspeak/passphrase/v1';
const KEY_BITS = 256;

/** The article's scripts: PBKDF2-HMAC-SHA256 with a constant salt. */
const ARTICLE = { salt: 'salt_', iterations: 100_000 } as const;

/** White space as Unicode has it, and the byte order mark that some editors put before a file's text. */
const WHITE_SPACE = /[\p{White_Space}\uFEFF]+/gu;

/** True for a Fernet key (32 bytes in 44 characters of canonical base64url, blanks around it allowed): no passphrase. */
export function isFernetKey(secret: string): boolean {
  return isKey(secret.trim());
}

/** The form of a passphrase that is hashed: NFKC, trimmed, inner white space to one blank. */
export function normalizePassphrase(text: string): string {
  return text.normalize('NFKC').replace(WHITE_SPACE, ' ').trim();
}

/**
 * The Fernet key (base64url) that a secret stands for at a place. A Fernet key stands for itself, everywhere.
 *
 * @throws ConversationError `empty-passphrase`
 */
export async function deriveKey({ secret, place, kdf = 'fernspeak' }: DeriveOptions): Promise<string> {
  if (isFernetKey(secret)) return secret.trim();
  return base64url(kdf === 'article' ? await fromArticle(secret) : await fromPassphrase(secret, place));
}

async function fromPassphrase(secret: string, place: string): Promise<Uint8Array> {
  const passphrase = normalizePassphrase(secret);
  if (passphrase === '') refuseEmpty();
  const salt = sha256(utf8(SALT_DOMAIN + place)).subarray(0, SALT_BYTES);
  const stretched = await argon2id({ password: utf8(passphrase), salt, ...ARGON2 });
  return hkdf(stretched, PASSPHRASE_INFO);
}

/** The typed text goes in exactly as it was typed: that is what the article's scripts do. */
async function fromArticle(secret: string): Promise<Uint8Array> {
  if (secret === '') refuseEmpty();
  const key = await crypto.subtle.importKey('raw', utf8(secret), 'PBKDF2', false, ['deriveBits']);
  const { salt, iterations } = ARTICLE;
  const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt: utf8(salt), iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, KEY_BITS));
}

function refuseEmpty(): never {
  throw new ConversationError('empty-passphrase', 'The key or passphrase is empty.', {
    hint: 'Give a Fernet key or a passphrase; `fernspeak passphrase` suggests one.',
  });
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}
