import { readToken, unwrapBytesLiteral } from '@fernspeak/channel/format';
import { Fernet, InvalidToken, MultiFernet } from '@fernspeak/fernet';
import type { Content } from './content.ts';
import type { CountedFrame, FrameFault } from './frame/frame.ts';
import { UNREADABLE, type Finding } from './finding.ts';

/** How the token of a framed message begins: 0x80 and the time 0, nine bytes. */
const TIME_ZERO = 'gAAAAAAAAAAA';

/** Who a message is from. Plain messages never have one: whoever has the key can write them. */
export interface Member {
  /** The device's public key, base64url. */
  readonly id: string;
  /** As it is shown; null: it never said one. */
  readonly name: string | null;
  /** True: its safety number was compared here. */
  readonly verified?: boolean;
  /** Another member who had this name first. */
  readonly sameAs?: Member;
}

/** What became of one sealed string. */
export interface Opened {
  /** Null: it does not open. */
  readonly content: Content | null;
  readonly sender?: Member;
  /** The token's own time, which its maker chose and anyone can read; null when it tells none. */
  readonly sealedAt: Date | null;
  readonly findings: readonly Finding[];
  /** What a framed message says of itself, its signature verified. */
  readonly frame?: CountedFrame;
  /** It opened, and looks like a framed message, but does not count: why. */
  readonly fault?: Exclude<FrameFault, 'not-a-frame'>;
}

/** Content in, sealed string out, and back: whatever is underneath. */
export interface Seal {
  seal(content: Content): Promise<string>;
  /** Opens many at once, the answer in their order. What somebody else can cause is a finding, never an error. */
  open(sealed: readonly string[]): Promise<Opened[]>;
}

export interface PlainSealOptions {
  /** `article`: `seal` gives `b'…'`, as the article's sender writes and its receiver expects. */
  readonly wrap?: 'article' | undefined;
}

/**
 * Seals bytes as they are, so that any Fernet program can read and write them. `open` takes `b'…'` and `b"…"` too,
 * whatever `wrap` says.
 *
 * @param key a Fernet key, base64url; of several the first seals and all open
 * @throws TypeError | RangeError for what is no Fernet key (a passphrase goes through `deriveKey` first)
 */
export function plainSeal(key: string | readonly string[], { wrap }: PlainSealOptions = {}): Seal {
  const keyring = typeof key === 'string' ? new Fernet(key) : new MultiFernet(key.map((each) => new Fernet(each)));
  return {
    seal: async ({ bytes }) => {
      const token = keyring.encrypt(bytes);
      return wrap === 'article' ? `b'${token}'` : token;
    },
    open: async (sealed) => sealed.map((text) => openToken(keyring, unwrapBytesLiteral(text))),
  };
}

/** Opens one token; what does not open is a finding. */
export function openToken(keyring: Pick<Fernet, 'decrypt'>, token: string): Opened {
  try {
    const content = { bytes: keyring.decrypt(token) };
    return { content, sealedAt: sealedAtOf(token), findings: [] };
  } catch (error) {
    if (!(error instanceof InvalidToken)) throw error;
    return { content: null, sealedAt: sealedAtOf(token), findings: [UNREADABLE] };
  }
}

/** Time 0 says that the sender does not tell; beyond what a Date can hold it says nothing either. */
function sealedAtOf(token: string): Date | null {
  if (token.startsWith(TIME_ZERO)) return null;
  const seconds = readToken(token)?.sealedAt ?? 0;
  const date = new Date(seconds * 1000);
  return seconds === 0 || Number.isNaN(date.getTime()) ? null : date;
}
