import { createHmac } from 'node:crypto';
import { InvalidToken, type Fernet } from '@fernspeak/fernet';
import { ConversationError } from '../errors.ts';

const INDEX_BYTES = 16;

/** Seals the rows of a profile under its key: a Fernet token each, kept as bytes. */
export class Vault {
  readonly #fernet: Fernet;
  readonly #indexKey: Uint8Array;

  /** @param indexKey for the columns that are searched by; it stays when the key changes */
  constructor(key: Fernet, indexKey: Uint8Array) {
    this.#fernet = key;
    this.#indexKey = indexKey;
  }

  seal(text: string): Uint8Array {
    return sealBytes(this.#fernet, text);
  }

  /** @throws ConversationError `profile-damaged`: it was not sealed here, or was altered */
  open(sealed: unknown): string {
    return Buffer.from(openBytes(this.#fernet, sealed)).toString();
  }

  /** What stands for `text` in a column that is searched by it: HMAC-SHA-256, 16 bytes of it, base64url. */
  index(text: string): string {
    return createHmac('sha256', this.#indexKey).update(text).digest().subarray(0, INDEX_BYTES).toString('base64url');
  }
}

/** A token as the bytes that it is base64url of. */
export function sealBytes(key: Fernet, data: string | Uint8Array): Uint8Array {
  return Buffer.from(key.encrypt(data), 'base64url');
}

/** @throws ConversationError `profile-damaged` */
export function openBytes(key: Fernet, sealed: unknown): Uint8Array {
  try {
    if (!(sealed instanceof Uint8Array)) throw new InvalidToken();
    const token = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength).toString('base64url');
    return key.decrypt(token.padEnd(Math.ceil(token.length / 4) * 4, '='));
  } catch (error) {
    if (!(error instanceof InvalidToken)) throw error;
    throw new ConversationError('profile-damaged', 'A row of the profile does not open with its key.', {
      hint: 'The file was altered, or is made of two. Use a copy of yours, or another profile: --home DIR.',
    });
  }
}
