import type { Content } from './content.ts';
import type { Finding } from './finding.ts';

/** Who a message is from. Plain messages never have one: whoever has the key can write them. */
export interface Member {
  /** The device's public key, base64url. */
  readonly id: string;
  readonly name: string | null;
}

/** What became of one sealed string. */
export interface Opened {
  /** Null: it does not open. */
  readonly content: Content | null;
  readonly sender?: Member;
  /** The token's own time (readable without the key; only as good as the key's holder when it opens); null when there is none. */
  readonly sealedAt: Date | null;
  readonly findings: readonly Finding[];
}

/** Content in, sealed string out, and back. `open` never throws for what an attacker can cause: it says so in `findings`. */
export interface Seal {
  seal(content: Content): Promise<string>;
  /** Opens many at once; the answer has their order. */
  open(sealed: readonly string[]): Promise<Opened[]>;
}

/** `wrap: 'article'` makes `seal` write `b'…'`, as the article's sender does and its receiver expects. */
export interface PlainSealOptions {
  readonly wrap?: 'article';
}

/**
 * Seals bytes as they are, so that any Fernet program can read and write them.
 * `open` takes `b'…'` and `b"…"` too, whatever `wrap` says. Given several keys, the first seals and all open.
 *
 * @param key Fernet keys, base64url
 * @throws RangeError | TypeError for what is not a Fernet key (a passphrase goes through `deriveKey` first)
 */
export declare function plainSeal(key: string | readonly string[], options?: PlainSealOptions): Seal;
