import { concat, fromHex, hex } from '../bytes.ts';
import { inDomain } from '../domains.ts';

/**
 * A frame, the plaintext of a framed message's token; integers big-endian:
 *
 *     0x00 ‖ 0x01 ‖ signature (64) ‖ from (32) ‖ n (u64) ‖ seen: t (16) ‖ h (16) ‖ flags (u8)
 *       ‖ header length (u16) ‖ body length (u32) ‖ header ‖ body ‖ zeros
 *
 * docs/protocol.md, "Frames".
 */
export const AT = { signature: 2, from: 66, n: 98, t: 106, h: 122, flags: 138, headerLength: 139, bodyLength: 141 };
/** Where the header begins. */
export const HEADER_AT = 145;
const FRAME_VERSION = 1;
/** 16 bytes each: a message's hash t, the chain's h, a conversation's id. */
export const HASH_BYTES = 16;

const HAS_SEEN = 1;
/** Short texts and acknowledgements all have this size: a token of 612 characters. */
const FLOOR_BYTES = 384;
const MAX_HEADER_BYTES = 0xffff;
const MAX_BODY_BYTES = 0xffff_ffff;

/** The last message that a sender had processed, and the chain at it (32 characters of lower-case hex each). */
export interface Seen {
  /** All zeros: none. */
  readonly t: string;
  readonly h: string;
}

export interface FrameParts {
  /** 32 bytes. */
  readonly from: Uint8Array;
  /** 1 to 2^53 - 1. */
  readonly n: number;
  /** Null: the sender does not vouch for anything (its log has no beginning). */
  readonly seen: Seen | null;
  /** At most 65,535 bytes. */
  readonly header: Uint8Array;
  readonly body: Uint8Array;
}

/** Everything of a frame but its signature, padding included: what is signed and hashed begins at {@link AT}`.from`. */
export function layOut({ from, n, seen, header, body }: FrameParts): Uint8Array<ArrayBuffer> {
  if (!Number.isSafeInteger(n) || n < 1) throw new RangeError('A message number is 1 to 2^53 - 1.');
  if (header.length > MAX_HEADER_BYTES) throw new RangeError(`A header is at most ${MAX_HEADER_BYTES} bytes.`);
  if (body.length > MAX_BODY_BYTES) throw new RangeError(`A body is at most ${MAX_BODY_BYTES} bytes.`);
  const frame = new Uint8Array(paddedLength(HEADER_AT + header.length + body.length));
  const view = new DataView(frame.buffer);
  frame[1] = FRAME_VERSION;
  frame.set(from, AT.from);
  view.setBigUint64(AT.n, BigInt(n));
  if (seen) {
    frame.set(fromHex(seen.t), AT.t);
    frame.set(fromHex(seen.h), AT.h);
    frame[AT.flags] = HAS_SEEN;
  }
  view.setUint16(AT.headerLength, header.length);
  view.setUint32(AT.bodyLength, body.length);
  frame.set(header, HEADER_AT);
  frame.set(body, HEADER_AT + header.length);
  return frame;
}

/** What stands in a frame's bytes. `n` stays a bigint: nobody has judged it yet. */
export interface FrameBytes extends Omit<FrameParts, 'n'> {
  readonly signature: Uint8Array;
  readonly n: bigint;
}

/** The parts of a plaintext (views of it, not copies); null when a length leads out of it. Its first bytes are not looked at. */
export function takeApart(plaintext: Uint8Array): FrameBytes | null {
  if (plaintext.length < HEADER_AT) return null;
  const view = new DataView(plaintext.buffer, plaintext.byteOffset, plaintext.byteLength);
  const bodyAt = HEADER_AT + view.getUint16(AT.headerLength);
  const end = bodyAt + view.getUint32(AT.bodyLength);
  if (end > plaintext.length) return null;
  const hasSeen = ((plaintext[AT.flags] ?? 0) & HAS_SEEN) !== 0;
  return {
    signature: plaintext.subarray(AT.signature, AT.from),
    from: plaintext.subarray(AT.from, AT.n),
    n: view.getBigUint64(AT.n),
    seen: hasSeen ? { t: hex(plaintext.subarray(AT.t, AT.h)), h: hex(plaintext.subarray(AT.h, AT.flags)) } : null,
    header: plaintext.subarray(HEADER_AT, bodyAt),
    body: plaintext.subarray(bodyAt, end),
  };
}

/** True for 0x00 0x01: no text begins so. What begins otherwise in a conversation is plain. */
export function isFrame(plaintext: Uint8Array): boolean {
  return plaintext[0] === 0 && plaintext[1] === FRAME_VERSION;
}

/** What the signature is over, after its domain: the conversation's id ‖ every byte after the signature. */
export function signedBytes(conversationId: Uint8Array, frame: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(conversationId, frame.subarray(AT.from));
}

/** {@link signedBytes} with its domain: what goes into the verification. */
export function signedMessage(conversationId: Uint8Array, frame: Uint8Array): Uint8Array<ArrayBuffer> {
  return inDomain('fernspeak/frame/v1', conversationId, frame.subarray(AT.from));
}

/**
 * The next size that is allowed: at least 384 bytes, above that Padmé, which leaves as many bits of a length as it takes
 * to write its exponent (at most 12 % more; Nikitin et al., "Reducing Metadata Leakage from Encrypted Files", 2019).
 */
export function paddedLength(length: number): number {
  if (length <= FLOOR_BYTES) return FLOOR_BYTES;
  const exponent = Math.floor(Math.log2(length));
  const step = 2 ** (exponent - (Math.floor(Math.log2(exponent)) + 1));
  return Math.ceil(length / step) * step;
}
