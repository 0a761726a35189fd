// What is sealed in a recovery file: JSON. It was written by whoever knows the passphrase, which may be somebody who wants
// harm: every field is looked at before anything of it is used.
import { base64url, fromBase64url } from '../bytes.ts';
import type { Invited } from '../framed/state.ts';
import { inviteLink, readInvite } from '../invite/invite.ts';
import type { Recovery, SavedConversation } from './recovery.ts';

const KEY_BYTES = 32;
const SECRET_BYTES = 16;
/** Nobody has more; a file that says so wants to fill a disk. */
const MOST = { conversations: 10_000, members: 10_000, characters: 1000 } as const;
/** The length says roughly how many conversations there are: it grows in such steps. */
const STEP = 4096;

/** Blanks at its end fill it up to a multiple of 4,096 characters. */
export function payloadOf({ savedAt, device, settings, conversations }: Recovery): string {
  const text = JSON.stringify({
    savedAt: savedAt.toISOString(),
    device,
    settings,
    conversations: conversations.map(({ invite, ...rest }) => ({ ...rest, invite: inviteLink(invite) })),
  });
  return text.padEnd(Math.ceil(text.length / STEP) * STEP);
}

/** @throws SyntaxError, TypeError or ConversationError when it is not what `payloadOf` gives; none shows a secret */
export function recoveryOf(payload: string): Recovery {
  const { savedAt, device, settings, conversations } = record(parsed(payload));
  const at = new Date(text(savedAt));
  if (Number.isNaN(at.getTime())) throw new TypeError('The time is none.');
  return {
    savedAt: at,
    device: encoded(device, KEY_BYTES),
    settings: settings ?? null,
    conversations: list(conversations, MOST.conversations).map(conversation),
  };
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload) as unknown;
  } catch {
    // the engine's own message quotes what it read
    throw new SyntaxError('The content is no JSON.');
  }
}

function conversation(value: unknown): SavedConversation {
  const { name, me, invite, verified, invited } = record(value);
  return {
    name: text(name),
    me: me === null ? null : text(me),
    invite: readInvite(link(invite)),
    verified: list(verified, MOST.members).map((member) => encoded(member, KEY_BYTES)),
    invited: list(invited, MOST.members).map(invitedOf),
  };
}

function invitedOf(value: unknown): Invited {
  const { label, secret } = record(value);
  return { label: text(label), secret: encoded(secret, SECRET_BYTES) };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new TypeError('An object is missing.');
  return value as Record<string, unknown>;
}

function list(value: unknown, most: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > most) throw new TypeError('A list is missing or too long.');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string' || value.length > MOST.characters)
    throw new TypeError('A text is missing or too long.');
  return value;
}

/** An address in it may be long; `readInvite` looks at the rest. */
function link(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('An invite is missing.');
  return value;
}

/** Bytes in the one spelling that everything here compares. */
function encoded(value: unknown, bytes: number): string {
  const read = typeof value === 'string' ? fromBase64url(value) : null;
  if (read?.length !== bytes) throw new TypeError('A key is missing or of another length.');
  return base64url(read);
}
