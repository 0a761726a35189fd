import { shownName, type ConversationMember, type FramedConversation } from '@fernspeak/conversation';
import type { ShownMessage } from '../model.ts';

/** So many of one's own newest messages are asked about. */
const ASKED_ABOUT = 30;

interface Asked {
  readonly messages: readonly ShownMessage[];
  readonly members: readonly ConversationMember[];
  /** This device. */
  readonly me: string;
}

/** Who has one's newest messages: names by a message's `key`. What nobody has is not in it. */
export async function receiptsOf(
  conversation: FramedConversation,
  { messages, members, me }: Asked,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = new Map(members.map((member) => [member.id, shownName(member)]));
  const by = new Map<string, readonly string[]>();
  for (const { key, id } of messages.filter(({ mine, id }) => mine && id !== null).slice(-ASKED_ABOUT)) {
    const devices = (await conversation.receivedBy(id ?? '')).filter((each) => each !== me);
    if (devices.length > 0)
      by.set(
        key,
        devices.map((each) => names.get(each) ?? each),
      );
  }
  return by;
}

/** The messages with what is known of who has them; the same object where nothing is new. */
export function withReceipts(
  messages: readonly ShownMessage[],
  by: ReadonlyMap<string, readonly string[]>,
): readonly ShownMessage[] {
  return messages.map((message) => {
    const names = by.get(message.key);
    const told = message.delivery?.state === 'received' ? message.delivery.by : [];
    if (!names || names.length === told.length) return message;
    return { ...message, delivery: { state: 'received', by: names } };
  });
}
