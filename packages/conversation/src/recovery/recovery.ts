import { parseAddress } from '@fernspeak/channel';
import { base64url, hex } from '../bytes.ts';
import { seenOf } from '../continuity/state.ts';
import {
  conversationIdBytes,
  invitedConversation,
  knownConversations,
  rememberConversation,
  type About,
  type KnownConversation,
} from '../framed/about.ts';
import { Live } from '../framed/live.ts';
import { emptyState, type Invited } from '../framed/state.ts';
import type { Device } from '../identity/device.ts';
import type { Invite } from '../invite/invite.ts';
import type { Store } from '../store.ts';

/** What another device needs to go on with a person's conversations. It holds secrets. */
export interface Recovery {
  readonly savedAt: Date;
  /** The key of the device that saved it, base64url. Its private key is not in here: see `takeUp`. */
  readonly device: string;
  /** What the program adds, as JSON has it. Comes back as it was; nobody has checked it. */
  readonly settings: unknown;
  readonly conversations: readonly SavedConversation[];
}

/** One conversation: an invite of the device that saved it, to the one that takes it up; and what that device knew. */
export interface SavedConversation {
  /** What it was called on that device. */
  readonly name: string;
  /** What that device called itself in it; null: nothing. */
  readonly me: string | null;
  readonly invite: Invite;
  /** Keys of members (base64url) whose safety number was compared. */
  readonly verified: readonly string[];
  /** The invites that were made there: whoever comes by one is still known by its label. */
  readonly invited: readonly Invited[];
}

interface Profile {
  readonly store: Store;
  readonly device: Device;
}

interface Saving extends Profile {
  readonly settings: unknown;
  /** Which conversations; default: all of the profile. */
  readonly which?: ((about: About) => boolean) | undefined;
}

/** What came of taking up a recovery. */
export interface TakenUp {
  /** New in this profile, in the order of the file; each still has to `greet`. */
  readonly taken: readonly KnownConversation[];
  /** How many the profile had already: they stay as they are. */
  readonly had: number;
}

const SECRET_BYTES = 16;
/** Under this name the device that saved the file sees whoever takes up its conversations. */
const LABEL = 'your recovery file';

/** All that `sealRecovery` saves. Makes an invite in each conversation, which this profile remembers. */
export async function gatherRecovery({ store, device, settings, which = () => true }: Saving): Promise<Recovery> {
  const conversations: SavedConversation[] = [];
  for (const known of await knownConversations(store)) {
    if (which(known.about)) conversations.push(await saved({ store, device }, known));
  }
  return { savedAt: new Date(), device: device.id, settings, conversations };
}

/**
 * Adds the conversations to a profile. Its device joins each as a new one, by the invite in the file: numbers that the old
 * device used are never used twice. It trusts whom the old one had verified, and the old one itself.
 */
export async function takeUp(profile: Profile, { conversations, device: old }: Recovery): Promise<TakenUp> {
  const known = await knownConversations(profile.store);
  const ids = new Set(known.map(({ about }) => about.conversationId));
  const names = new Set(known.map(({ about }) => about.name));
  const taken: KnownConversation[] = [];
  for (const each of conversations) {
    const id = hex(each.invite.conversationId);
    if (ids.has(id)) continue;
    const name = freeName(each.name, names);
    ids.add(id);
    names.add(name);
    taken.push(await takeUpOne(profile, { ...each, name, verified: [...each.verified, old] }));
  }
  return { taken, had: conversations.length - taken.length };
}

async function saved({ store, device }: Profile, { id, about }: KnownConversation): Promise<SavedConversation> {
  const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  const invited = { label: LABEL, secret: base64url(secret) };
  const kept = await liveOf({ store, device }, { id, about }).update((state) => {
    const { invites, verified, continuity } = state;
    const result = { seen: seenOf(continuity), invited: [...invites], verified: [...verified] };
    invites.push(invited);
    return { changes: { made: [JSON.stringify({ invited })] }, result };
  });
  const { name, me, address, writeKey, readKey, key } = about;
  const conversationId = conversationIdBytes(about);
  return {
    name,
    me,
    invite: { conversationId, address, writeKey, readKey, key, inviter: device.publicKey, seen: kept.seen, secret },
    verified: kept.verified,
    invited: kept.invited,
  };
}

async function takeUpOne(
  { store, device }: Profile,
  { invite, name, me, verified, invited }: SavedConversation,
): Promise<KnownConversation> {
  const { address, place } = parseAddress(invite.address);
  const about = await invitedConversation(invite, { name, address, place, me: me ?? undefined, device });
  const known = { id: await rememberConversation(store, about), about };
  await liveOf({ store, device }, known).update((state) => {
    for (const member of verified) state.verified.add(member);
    state.invites.push(...invited);
    const made = [
      ...verified.map((member) => JSON.stringify({ verified: [member, true] })),
      ...invited.map((each) => JSON.stringify({ invited: each })),
    ];
    return { changes: { made }, result: null };
  });
  return known;
}

function liveOf({ store, device }: Profile, { id, about }: KnownConversation): Live {
  const conversationId = conversationIdBytes(about);
  return new Live(store, id, () => emptyState({ conversationId, me: device.id }));
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted} ${n}`;
    if (!taken.has(name)) return name;
  }
}
