import { isChannelError, type Channel } from '@fernspeak/channel';
import { FramedConversation, rememberConversation, type About } from '@fernspeak/conversation';
import type { Profile } from '@fernspeak/conversation/profile';
import { interruptSignal } from '../interrupt.ts';
import type { Io } from '../io.ts';

interface Entering {
  readonly io: Io;
  readonly profile: Profile;
  readonly channel: Channel;
  /** In seconds. */
  readonly timeout: number;
}

/** These pass by themselves; others last as long as the channel and its keys are as they are. */
const PASSING: ReadonlySet<string> = new Set(['rate-limited', 'unreachable', 'unclear', 'busy']);

/** Remembers a conversation and says hello to the others. One that cannot be written to is not remembered. */
export async function enter(about: About, { io, profile, channel, timeout }: Entering): Promise<void> {
  const id = await rememberConversation(profile.store, about);
  const device = await profile.device();
  const conversation = new FramedConversation({ id, about, channel, store: profile.store, device });
  try {
    const sent = await conversation.greet({ timeoutMs: timeout * 1000, signal: interruptSignal() });
    if (sent?.status !== 'kept') return;
    if (!PASSING.has(sent.reason.code)) throw sent.reason;
    io.warn('kept', `Your hello is not stored yet: ${sent.reason.message}`, 'It goes out with the next command.');
  } catch (error) {
    if (isChannelError(error)) await conversation.forget();
    throw error;
  }
}
