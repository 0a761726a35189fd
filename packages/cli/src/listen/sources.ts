import type { Conversation, FramedConversation, FramedMessage, Message } from '@fernspeak/conversation';
import type { Source } from './incoming.ts';

/** A conversation; `acknowledge`: says by itself what this device has. */
export function framedSource(conversation: FramedConversation, acknowledge: boolean): Source<FramedMessage> {
  return {
    async *earlier() {
      yield* await conversation.history({ after: 0 });
    },
    follow: (options) => conversation.follow({ ...options, acknowledge }),
    placeOf: ({ position }) => position,
  };
}

/** A channel and a key. An entry with several messages is one place: they are numbered within it. */
export function plainSource(conversation: Conversation): Source<Message> {
  const FIELDS = 10;
  return {
    earlier: (signal) => conversation.history({ after: 0 }, { signal }),
    follow: (options) => conversation.follow(options),
    placeOf: ({ entryId, field }) => entryId * FIELDS + (field?.index ?? 0),
  };
}
