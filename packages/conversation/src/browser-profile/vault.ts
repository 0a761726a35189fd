import { base64url, concat, utf8 } from '../bytes.ts';
import { ConversationError } from '../errors.ts';

const AES = 'AES-GCM';
const IV_BYTES = 12;
const INDEX_BYTES = 16;

/** Seals the rows of a profile: AES-256-GCM (NIST SP 800-38D) under a key that no script can take out. */
export class Vault {
  readonly #key: CryptoKey;
  readonly #indexKey: CryptoKey;

  /** @param indexKey for what rows are searched by (HMAC-SHA-256); it stays when the key changes */
  constructor(key: CryptoKey, indexKey: CryptoKey) {
    this.#key = key;
    this.#indexKey = indexKey;
  }

  seal(text: string): Promise<Uint8Array<ArrayBuffer>> {
    return sealBytes(this.#key, utf8(text));
  }

  /** @throws ConversationError `profile-damaged` */
  async open(sealed: Uint8Array<ArrayBuffer>): Promise<string> {
    return new TextDecoder().decode(await openBytes(this.#key, sealed));
  }

  /** What stands for `text` where rows are searched by it: 16 bytes, base64url. */
  async index(text: string): Promise<string> {
    const mac = await crypto.subtle.sign('HMAC', this.#indexKey, utf8(text));
    return base64url(new Uint8Array(mac).subarray(0, INDEX_BYTES));
  }
}

/** IV (12 bytes, random) ‖ ciphertext and tag. */
export async function sealBytes(key: CryptoKey, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await crypto.subtle.encrypt({ name: AES, iv }, key, bytes as Uint8Array<ArrayBuffer>);
  return concat(iv, new Uint8Array(sealed));
}

/** @throws ConversationError `profile-damaged` */
export async function openBytes(key: CryptoKey, sealed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const iv = sealed.subarray(0, IV_BYTES);
    return new Uint8Array(await crypto.subtle.decrypt({ name: AES, iv }, key, sealed.subarray(IV_BYTES)));
  } catch (cause) {
    throw new ConversationError('profile-damaged', 'A row of the profile does not open with its key.', {
      hint: 'What the browser keeps was altered. Begin a new profile, or open a recovery file.',
      cause,
    });
  }
}

/** @param raw 32 bytes */
export function sealingKey(raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, AES, false, ['encrypt', 'decrypt']);
}

/** @param raw 32 bytes */
export function indexingKey(raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
}
