import type { Channel } from '@fernspeak/channel';
import { FramedConversation, memoryStore, shownName, type About } from '@fernspeak/conversation';
import type { Profile } from '@fernspeak/conversation/profile';
import { shortKey } from '../members/key.ts';

/** What somebody is told before they join. */
export interface Preview {
  /** What the inviter calls itself, with its key. */
  readonly inviter: string;
  /** base64url. */
  readonly inviterKey: string;
  /** How many devices have written there. */
  readonly members: number;
}

/** Looks into a conversation without joining: nothing is written, and nothing remembered. */
export async function preview(
  about: About,
  { channel, profile }: { readonly channel: Channel; readonly profile: Profile },
): Promise<Preview> {
  const store = memoryStore();
  const id = await store.create(about.conversationId, JSON.stringify(about));
  const device = await profile.device();
  const conversation = new FramedConversation({ id, about, channel, store, device });
  for await (const _ of conversation.unread());
  const others = (await conversation.members()).filter(({ me }) => !me);
  const inviterKey = about.joined?.inviter ?? '';
  const inviter = others.find(({ id }) => id === inviterKey);
  const name = inviter && inviter.name !== null ? `${shownName(inviter)} (key ${shortKey(inviterKey)})` : null;
  return { inviter: name ?? `Somebody with the key ${shortKey(inviterKey)}`, inviterKey, members: others.length };
}
