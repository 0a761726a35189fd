import { isChannelError, parseAddress } from '@fernspeak/channel';
import { base64url, concat, fromBase64url, fromHex, hex, utf8 } from '../bytes.ts';
import { hashIn } from '../domains.ts';
import { ConversationError } from '../errors.ts';
import { HASH_BYTES, type Seen } from '../frame/layout.ts';

/** What an invite's link holds: all that it takes to join. It is a secret. */
export interface Invite {
  /** 16 bytes. */
  readonly conversationId: Uint8Array;
  /** The channel's address: `https://relay.example/channels/5`, or `file:notes.csv`. */
  readonly address: string;
  readonly writeKey: string | null;
  readonly readKey: string | null;
  /** The conversation's Fernet key: 44 characters of base64url. */
  readonly key: string;
  /** The inviter's public key, 32 bytes. */
  readonly inviter: Uint8Array;
  /** What the inviter had seen: the first claim that the one who joins checks. Null: it vouches for nothing. */
  readonly seen: Seen | null;
  /** This invite's own secret, 16 random bytes: see `inviteProof`. */
  readonly secret: Uint8Array;
  /** What whoever joins is offered to call themselves: the inviter's own name, for a further device. They may take another. */
  readonly name?: string;
}

/** The scheme of links that need no web page. */
const SCHEME = 'fernspeak:';
const VERSION = 1;
/** Framed: the one kind that is joined by an invite. */
const FRAMED = 1;
const FLAG = { seen: 1, writeKey: 2, readKey: 4, name: 8 };
const ALL_FLAGS = 15;
const CHECKSUM_BYTES = 4;
const KEY_BYTES = 32;

/**
 * The link of an invite: `https://relay.example/#…` for the web app at `app`, else `fernspeak:…`. All of it stands behind
 * the `#`, which a browser sends to no server.
 *
 * @param app the address of the web app, without a fragment
 * @throws RangeError for an invite that cannot be: a field of another length, an address, key or name of over 65,535 bytes
 */
export function inviteLink(invite: Invite, { app }: { app?: string | undefined } = {}): string {
  const body = encode(invite);
  const text = base64url(concat(body, checksum(body)));
  if (app === undefined) return SCHEME + text;
  const url = new URL(app);
  url.hash = text;
  return url.href;
}

/** True for what looks like an invite's link, a whole one or not. */
export function isInviteLink(text: string): boolean {
  return /^\s*(?:fernspeak:|https?:\/\/[^#]*#)/i.test(text);
}

/**
 * The invite of a link; white space around and within it, as mail programs make it, does not count. All or nothing.
 *
 * @throws ConversationError `not-an-invite`, `broken-invite` (mistyped or cut off), `newer-invite`; none shows the link
 */
export function readInvite(link: string): Invite {
  const text = link.replaceAll(/\s/g, '');
  const payload = /^(?:fernspeak:|https?:\/\/[^#]*#)(.*)$/i.exec(text)?.[1];
  if (payload === undefined || payload === '') {
    const hint = 'It begins with fernspeak: or with https:// and has a # in it. Copy the whole link.';
    throw new ConversationError('not-an-invite', 'This is not the link of an invite.', { hint });
  }
  const bytes = fromBase64url(payload);
  if (bytes === null || bytes.length <= CHECKSUM_BYTES) throw broken();
  const body = bytes.subarray(0, -CHECKSUM_BYTES);
  if (hex(checksum(body)) !== hex(bytes.subarray(-CHECKSUM_BYTES))) throw broken();
  if (body[0] !== VERSION) throw newer();
  return decode(body);
}

function broken(): ConversationError {
  return new ConversationError('broken-invite', 'The link of this invite is incomplete or mistyped.', {
    hint: 'Copy the whole link again, or ask for a new one.',
  });
}

function newer(): ConversationError {
  return new ConversationError('newer-invite', 'This invite was made by a newer fernspeak.', {
    hint: 'Update fernspeak, then join again.',
  });
}

/** SHA-256(`fernspeak/invite/v1` ‖ 0x00 ‖ body), its first 4 bytes: against typing errors, not against forgers. */
function checksum(body: Uint8Array): Uint8Array {
  return hashIn('fernspeak/invite/v1', body).subarray(0, CHECKSUM_BYTES);
}

/**
 * version (u8) ‖ kind (u8) ‖ flags (u8) ‖ conversation id (16) ‖ key (32) ‖ inviter (32) ‖ secret (16)
 *   ‖ t (16) ‖ h (16) ‖ address ‖ write key ‖ read key ‖ name
 *
 * t and h, each channel key, and the name stand there when their flag is set. The last four are a length (u16) and UTF-8.
 */
function encode(invite: Invite): Uint8Array {
  const { conversationId, address, writeKey, readKey, key, inviter, seen, secret, name } = invite;
  const flags =
    (seen === null ? 0 : FLAG.seen) |
    (writeKey === null ? 0 : FLAG.writeKey) |
    (readKey === null ? 0 : FLAG.readKey) |
    (name === undefined ? 0 : FLAG.name);
  return concat(
    Uint8Array.of(VERSION, FRAMED, flags),
    exactly(conversationId, HASH_BYTES),
    exactly(fromBase64url(key.replace(/=$/, '')), KEY_BYTES),
    exactly(inviter, KEY_BYTES),
    exactly(secret, HASH_BYTES),
    ...(seen === null ? [] : [exactly(fromHex(seen.t), HASH_BYTES), exactly(fromHex(seen.h), HASH_BYTES)]),
    withLength(address),
    ...(writeKey === null ? [] : [withLength(writeKey)]),
    ...(readKey === null ? [] : [withLength(readKey)]),
    ...(name === undefined ? [] : [withLength(name)]),
  );
}

function exactly(bytes: Uint8Array | null, length: number): Uint8Array {
  if (bytes?.length !== length) throw new RangeError(`A field of an invite has ${length} bytes.`);
  return bytes;
}

function withLength(text: string): Uint8Array {
  const bytes = utf8(text);
  if (bytes.length > 0xffff) throw new RangeError('An address, key or name in an invite has at most 65,535 bytes.');
  return concat(Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes);
}

/** Strict: every byte belongs to a field. */
function decode(body: Uint8Array): Invite {
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (at + length > body.length) throw broken();
    at += length;
    return body.slice(at - length, at);
  };
  const takeText = (): string => {
    const [high = 0, low = 0] = take(2);
    return decodeText(take((high << 8) | low));
  };
  const [, kind, flags = 0] = take(3);
  if (kind !== FRAMED || flags > ALL_FLAGS) throw newer();
  const invite = {
    conversationId: take(HASH_BYTES),
    key: `${base64url(take(KEY_BYTES))}=`,
    inviter: take(KEY_BYTES),
    secret: take(HASH_BYTES),
    seen: flags & FLAG.seen ? { t: hex(take(HASH_BYTES)), h: hex(take(HASH_BYTES)) } : null,
    address: channelAddress(takeText()),
    writeKey: flags & FLAG.writeKey ? takeText() : null,
    readKey: flags & FLAG.readKey ? takeText() : null,
    ...(flags & FLAG.name ? { name: takeText() } : {}),
  };
  if (at !== body.length) throw broken();
  return invite;
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw broken();
  }
}

/** An address that no carrier takes, or with a key in it, is no address to join at. */
function channelAddress(text: string): string {
  try {
    return parseAddress(text).address;
  } catch (error) {
    if (isChannelError(error)) throw broken();
    throw error;
  }
}

/**
 * What a `hello` says to have come by an invite: HMAC-SHA-256(secret, conversation id ‖ the new member's public key), in
 * base64url without padding. The one who made the invite finds by it which one was used.
 */
export async function inviteProof(secret: Uint8Array, conversationId: Uint8Array, from: Uint8Array): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', new Uint8Array(secret), algorithm, false, ['sign']);
  return base64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, concat(conversationId, from))));
}
