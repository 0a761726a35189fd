/** How a passphrase becomes a key: `fernspeak` is Argon2id with the place as salt, `article` the article's PBKDF2. */
export type Kdf = 'fernspeak' | 'article';

/** `secret`: what somebody typed or a key file holds. `place`: the channel's `place`, or what `--place` says. */
export interface DeriveOptions {
  readonly secret: string;
  readonly place: string;
  readonly kdf?: Kdf;
}
export declare function deriveKey(options: DeriveOptions): Promise<string>;
export declare function normalizePassphrase(text: string): string;
/** True: used as it is, no derivation */
export declare function isFernetKey(secret: string): boolean;
