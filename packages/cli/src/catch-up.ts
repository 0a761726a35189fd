import { isChannelError } from '@fernspeak/channel';
import { isLoud, type Finding, type FramedConversation } from '@fernspeak/conversation';
import type { Io } from './io.ts';

/**
 * Takes in what is on the channel, so that what is said of a conversation is of now. It does not count as received: the next
 * `receive` shows it. Where the channel cannot be reached, that is said, and what is known stands.
 */
export async function catchUp(conversation: FramedConversation, io: Io, signal?: AbortSignal): Promise<void> {
  const onFinding = (finding: Finding): void => sayFinding(finding, io);
  try {
    for await (const _ of conversation.unread({ signal, onFinding }));
  } catch (error) {
    if (!isChannelError(error)) throw error;
    io.warn(error.code, `What is on the channel now is not known: ${error.message}`, error.hint);
  }
}

/**
 * A warning, which `--quiet` does not silence, where somebody may be lying, or nobody could tell any more if they were; all
 * else is a note.
 */
export function sayFinding(finding: Finding, io: Io): void {
  const { code, sentence } = finding;
  if (isLoud(code) || isUnchecked(finding)) io.warn(code, sentence);
  else io.note(sentence);
}

/** Whether it says that lies cannot be found out here. */
export function isUnchecked({ code }: Finding): boolean {
  return code === 'expired' || code === 'unchecked';
}
