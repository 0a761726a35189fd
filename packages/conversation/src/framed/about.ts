import { Fernet } from '@fernspeak/fernet';
import { base64url, fromHex, hex } from '../bytes.ts';
import type { Seen } from '../frame/layout.ts';
import type { Device } from '../identity/device.ts';
import { inviteProof, type Invite } from '../invite/invite.ts';
import { conversationIdOf } from '../keys/derived.ts';
import type { Store } from '../store.ts';

/** What a framed conversation is, apart from what was written in it. It holds secrets. */
export interface About {
  /** What it is called on this device. */
  readonly name: string;
  /** The channel's full address, and its place. */
  readonly address: string;
  readonly place: string;
  readonly writeKey: string | null;
  readonly readKey: string | null;
  /** Fernet key, base64url. */
  readonly key: string;
  /** 16 bytes, hex. Derived at most once: a channel that moves stays the same conversation. */
  readonly conversationId: string;
  /** What this device calls itself here; null: nothing. */
  readonly me: string | null;
  /** The invite by which it was joined; null: made here, or joined by a passphrase. */
  readonly joined: Joined | null;
}

interface Joined {
  /** The inviter's public key, base64url. */
  readonly inviter: string;
  readonly seen: Seen | null;
  /** What the first hello shows. */
  readonly proof: string;
}

/** A conversation that this profile has. */
export interface KnownConversation {
  /** Its number in the profile. */
  readonly id: number;
  readonly about: About;
}

/** Where a conversation takes place, and what it is called here. */
export interface Founding {
  readonly name: string;
  readonly address: string;
  readonly place: string;
  readonly writeKey?: string | undefined;
  readonly readKey?: string | undefined;
  readonly me?: string | undefined;
}

const ID_BYTES = 16;

/** A conversation that begins here. Its id is random, and travels in invites; so is its key, unless one is given. */
export function foundConversation({
  key = Fernet.generateKey(),
  ...founding
}: Founding & { readonly key?: string }): About {
  const conversationId = hex(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
  return { ...base(founding), key, conversationId, joined: null };
}

/** The conversation that a passphrase's key, or a bare key, stands for at a place: the same for all who have both. */
export async function agreedConversation(founding: Founding & { readonly key: string }): Promise<About> {
  const conversationId = hex(await conversationIdOf(founding.key, founding.place));
  return { ...base(founding), key: founding.key, conversationId, joined: null };
}

/** The conversation of an invite. `place`: of the channel at the invite's address. */
export async function invitedConversation(
  invite: Invite,
  { device, ...founding }: Omit<Founding, 'writeKey' | 'readKey'> & { readonly device: Device },
): Promise<About> {
  const { conversationId, writeKey, readKey, key, inviter, seen, secret } = invite;
  const proof = await inviteProof(secret, conversationId, device.publicKey);
  return {
    ...base(founding),
    writeKey,
    readKey,
    key,
    conversationId: hex(conversationId),
    joined: { inviter: base64url(inviter), seen, proof },
  };
}

function base({
  name,
  address,
  place,
  writeKey,
  readKey,
  me,
}: Founding): Omit<About, 'key' | 'conversationId' | 'joined'> {
  return { name, address, place, writeKey: writeKey ?? null, readKey: readKey ?? null, me: me ?? null };
}

/** All framed conversations of a profile. */
export async function knownConversations(store: Store): Promise<readonly KnownConversation[]> {
  const kept = await store.conversations();
  return kept.map(({ id, about }) => ({ id, about: JSON.parse(about) as About }));
}

/** Remembers a conversation; its number in the profile. One that is known stays as it is. */
export function rememberConversation(store: Store, about: About): Promise<number> {
  return store.create(about.conversationId, JSON.stringify(about));
}

export function conversationIdBytes({ conversationId }: About): Uint8Array {
  return fromHex(conversationId);
}
