import { base64url, hex } from '../bytes.ts';
import { hashIn } from '../domains.ts';
import type { Key } from '../identity/crypto-key.ts';
import type { Device } from '../identity/device.ts';
import { readContent, writeContent, type FrameContent, type NewerContent } from './content.ts';
import {
  AT,
  HASH_BYTES,
  isFrame,
  layOut,
  signedBytes,
  signedMessage,
  takeApart,
  type FrameBytes,
  type Seen,
} from './layout.ts';
import { isAcceptablePoint, isCanonicalScalar } from './point.ts';

/** How many signatures are verified at once: WebCrypto works on them in its own threads. */
const BATCH = 100;

export interface FrameOptions {
  readonly device: Device;
  /** 16 bytes. */
  readonly conversationId: Uint8Array;
  /** This device's number for it in this conversation. */
  readonly n: number;
  readonly seen: Seen | null;
  readonly content: Exclude<FrameContent, NewerContent>;
}

/**
 * A signed frame, and its t (hex).
 *
 * @throws RangeError | TypeError for what no frame can hold
 */
export async function makeFrame({ device, conversationId, n, seen, content }: FrameOptions): Promise<{
  frame: Uint8Array;
  t: string;
}> {
  const frame = layOut({ from: device.publicKey, n, seen, ...writeContent(content) });
  frame.set(await device.sign('fernspeak/frame/v1', signedBytes(conversationId, frame)), AT.signature);
  return { frame, t: messageHash(conversationId, frame) };
}

/** A frame that counts, unless its n does not go on. */
export interface CountedFrame {
  /** 32 characters of lower-case hex. */
  readonly t: string;
  /** The sender's public key in base64url. */
  readonly from: string;
  readonly n: number;
  readonly seen: Seen | null;
  readonly content: FrameContent;
}

/**
 * Why a plaintext does not count, the first that applies: `not-a-frame` (it does not begin 00 01: plain), `length`, `n`,
 * `from` and `r` (small order, or not canonical), `s` (not below L), `signature`.
 */
export type FrameFault = 'not-a-frame' | 'length' | 'n' | 'from' | 'r' | 's' | 'signature';

export type ReadFrame =
  { readonly frame: CountedFrame; readonly fault: null } | { readonly frame: null; readonly fault: FrameFault };

/**
 * Judges plaintexts of one conversation, the answers in their order. Stateless: it depends on these bytes and the
 * conversation's id alone, and never throws for what somebody else wrote.
 *
 * @throws DOMException `NotSupportedError` where WebCrypto has no Ed25519
 */
export async function readFrames(plaintexts: readonly Uint8Array[], conversationId: Uint8Array): Promise<ReadFrame[]> {
  const read: ReadFrame[] = [];
  const keys: Keys = new Map();
  for (let at = 0; at < plaintexts.length; at += BATCH) {
    const batch = plaintexts.slice(at, at + BATCH).map((plaintext) => readFrame(plaintext, conversationId, keys));
    read.push(...(await Promise.all(batch)));
  }
  return read;
}

type Keys = Map<string, Promise<Key | null>>;

async function readFrame(plaintext: Uint8Array, conversationId: Uint8Array, keys: Keys): Promise<ReadFrame> {
  if (!isFrame(plaintext)) return { frame: null, fault: 'not-a-frame' };
  const parts = takeApart(plaintext);
  if (parts === null) return { frame: null, fault: 'length' };
  const fault = faultOf(parts);
  if (fault !== null) return { frame: null, fault };
  const from = base64url(parts.from);
  const verified = await verify(keys, from, parts, signedMessage(conversationId, plaintext));
  if (!verified) return { frame: null, fault: 'signature' };
  const { n, seen, header, body } = parts;
  const t = messageHash(conversationId, plaintext);
  return { frame: { t, from, n: Number(n), seen, content: readContent(header, body) }, fault: null };
}

function faultOf({ n, from, signature }: FrameBytes): FrameFault | null {
  if (n < 1n || n > BigInt(Number.MAX_SAFE_INTEGER)) return 'n';
  if (!isAcceptablePoint(from)) return 'from';
  if (!isAcceptablePoint(signature.subarray(0, 32))) return 'r';
  return isCanonicalScalar(signature.subarray(32)) ? null : 's';
}

/** Cofactorless (RFC 8032 §5.1.7 with the plain equation): R is compared with the encoding of [S]B - [k]A. */
async function verify(keys: Keys, from: string, parts: FrameBytes, message: Uint8Array<ArrayBuffer>): Promise<boolean> {
  let key = keys.get(from);
  if (!key) keys.set(from, (key = importKey(parts.from)));
  const imported = await key;
  return imported !== null && crypto.subtle.verify('Ed25519', imported, new Uint8Array(parts.signature), message);
}

/** Null for bytes that are no point. */
async function importKey(from: Uint8Array): Promise<Key | null> {
  try {
    return await crypto.subtle.importKey('raw', new Uint8Array(from), 'Ed25519', false, ['verify']);
  } catch (error) {
    // a platform that lacks Ed25519 must not look like a forged message
    if (error instanceof DOMException && error.name === 'DataError') return null;
    throw error;
  }
}

/**
 * t: which message this is. SHA-256(`fernspeak/message/v1` ‖ 0x00 ‖ conversation id ‖ every byte after the signature), its
 * first 16 bytes: of the frame, not of the token, which everyone with the key can seal anew.
 */
function messageHash(conversationId: Uint8Array, frame: Uint8Array): string {
  return hex(hashIn('fernspeak/message/v1', conversationId, frame.subarray(AT.from)).subarray(0, HASH_BYTES));
}
