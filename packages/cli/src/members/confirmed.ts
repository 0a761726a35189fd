import type { FramedConversation } from '@fernspeak/conversation';
import { isMe } from '../listen/record.ts';

/** So many of this device's last messages are looked at. */
const LOOKED_AT = 100;

/** What a member's messages say to have of what this device wrote. */
export interface Confirmed {
  /**
   * When the channel stored the newest message of this device that the member has; null: none is known of, which is so for
   * all that was written before the member came.
   */
  readonly upTo: string | null;
  /** It is the newest of all. */
  readonly all: boolean;
}

/** What each member (by key) has of this device's messages. Null where this device wrote nothing. */
export async function confirmedBy(conversation: FramedConversation): Promise<(key: string) => Confirmed | null> {
  const own = (await conversation.history({ after: 0 })).filter(({ sender, id }) => id !== null && isMe(sender));
  const upTo = new Map<string, Confirmed>();
  for (const [back, { id, storedAt }] of own.slice(-LOOKED_AT).toReversed().entries()) {
    for (const key of await conversation.receivedBy(id ?? '')) {
      if (!upTo.has(key)) upTo.set(key, { upTo: storedAt, all: back === 0 });
    }
  }
  return (key) => (own.length === 0 ? null : (upTo.get(key) ?? { upTo: null, all: false }));
}
