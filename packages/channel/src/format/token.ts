/** What anyone can read of a Fernet token without its key (Fernet spec, "Token Format"). */
export interface TokenAnatomy {
  /** Always 128 (0x80). */
  readonly version: number;
  /** The token's own time in Unix seconds; 0 when it is not told. */
  readonly sealedAt: number;
  /** 16 bytes. */
  readonly iv: Uint8Array;
  /** Length of the ciphertext: a multiple of 16, at least 16. */
  readonly ciphertextBytes: number;
  /** 32 bytes. */
  readonly hmac: Uint8Array;
}

const BASE64URL = /^[A-Za-z0-9_-]+$/;
/** Version (1), time (8), IV (16), HMAC (32). */
const FRAME_BYTES = 57;
const BLOCK_BYTES = 16;

/** Bytes of canonical base64url with padding, or -1 when it is another spelling. */
function canonicalBytes(text: string): number {
  if (text.length % 4 !== 0) return -1;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const body = padding === 0 ? text : text.slice(0, -padding);
  if (!BASE64URL.test(body)) return -1;
  // the bits that the last character has beyond the last byte must be zero
  const last = body.at(-1) ?? '';
  if (padding === 2 && !'AQgw'.includes(last)) return -1;
  if (padding === 1 && !'AEIMQUYcgkosw048'.includes(last)) return -1;
  return (text.length / 4) * 3 - padding;
}

/** True when the text has the shape of a Fernet token: canonical base64url, version 0x80, 57 + 16k bytes, k ≥ 1. */
export function isToken(text: string): boolean {
  // 0x80 is 'g' and two zero bits, the first two of the next character
  if (text[0] !== 'g' || !/[A-P]/.test(text[1] ?? '')) return false;
  const ciphertext = canonicalBytes(text) - FRAME_BYTES;
  return ciphertext >= BLOCK_BYTES && ciphertext % BLOCK_BYTES === 0;
}

function decode(base64url: string): Uint8Array {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** The parts of a token, or null when the text has not the shape of one. Nothing is verified: that takes the key. */
export function readToken(text: string): TokenAnatomy | null {
  if (!isToken(text)) return null;
  const head = decode(text.slice(0, 36));
  const time = new DataView(head.buffer).getBigUint64(1);
  return {
    version: head[0] ?? 0,
    sealedAt: Number(time),
    iv: head.slice(9, 25),
    ciphertextBytes: canonicalBytes(text) - FRAME_BYTES,
    hmac: decode(text.slice(-48)).slice(-32),
  };
}

/** What stands inside `b'…'` or `b"…"`, as the article's sender writes it; any other text unchanged. */
export function unwrapBytesLiteral(text: string): string {
  const quote = text[1];
  const wrapped = text.length > 3 && text[0] === 'b' && (quote === "'" || quote === '"') && text.endsWith(quote);
  return wrapped ? text.slice(2, -1) : text;
}
