import type { MemoryChannel } from '@fernspeak/channel';
import {
  FramedConversation,
  deviceOf,
  memoryStore,
  newDeviceKey,
  rememberConversation,
  type About,
  type Finding,
} from '@fernspeak/conversation';
import type { ShownMessage } from '../model.ts';
import { isShown, shownOf } from './shown.ts';
import type { Reading } from './talk.ts';

/**
 * What a client of a conversation that keeps nothing says to a log, read from its beginning.
 *
 * @param me the key whose messages are one's own
 */
export async function readAnew(log: MemoryChannel, about: About, me: string): Promise<Reading> {
  const device = await deviceOf(await newDeviceKey());
  const store = memoryStore();
  const id = await rememberConversation(store, about);
  const onlooker = new FramedConversation({ id, about, channel: log, store, device });
  const findings: Finding[] = [];
  const messages: ShownMessage[] = [];
  const unread = onlooker.unread({ acknowledge: false, onFinding: (finding) => findings.push(finding) });
  for await (const message of unread) if (isShown(message)) messages.push(shownOf(message, me));
  return { messages, findings };
}
