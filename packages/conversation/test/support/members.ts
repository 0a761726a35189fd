import type { Channel } from '@fernspeak/channel';
import { Fernet } from '@fernspeak/fernet';
import type { Clock, Message, Store } from '../../src/index.ts';
import { textOf } from '../../src/content.ts';
import { memoryStore } from '../../src/memory.ts';
import { foundConversation, rememberConversation, type About } from '../../src/framed/about.ts';
import { FramedConversation } from '../../src/framed/conversation.ts';
import { deviceOf, newDeviceKey, type Device } from '../../src/identity/device.ts';

const PLACE = { address: 'memory:here', place: 'memory:here' };

/** Devices cost time to make, and tests need not tell them apart from one run to the next. */
const devices: Promise<Device>[] = [];
export function device(number: number): Promise<Device> {
  return (devices[number] ??= newDeviceKey().then(deviceOf));
}

/** What all members of one conversation share. */
export function shared(name = 'here'): About {
  return foundConversation({ name, ...PLACE, key: Fernet.generateKey() });
}

export interface MemberParts {
  readonly about: About;
  readonly channel: Channel;
  /** Which device: 0, 1, 2 … */
  readonly number?: number;
  readonly store?: Store;
  readonly clock?: Clock | undefined;
}

/** Somebody who takes part, with a store of their own (unless said). */
export async function member({
  about,
  channel,
  number = 0,
  store = memoryStore(),
  clock,
}: MemberParts): Promise<FramedConversation> {
  const id = await rememberConversation(store, about);
  return new FramedConversation({ id, about, channel, store, device: await device(number), clock });
}

/** A message as its text, with the codes of what is wrong with it: `hello`, `hello!missing`. */
export function told(message: Message): string {
  const text = message.content ? textOf(message.content) : null;
  return [text ?? 'null', ...message.findings.map(({ code }) => code)].join('!');
}

/** Receives what is new, and marks it as received. */
export async function receive(conversation: FramedConversation): Promise<string[]> {
  const unread = conversation.unread();
  const messages: string[] = [];
  for await (const message of unread) messages.push(told(message));
  await unread.commit();
  return messages;
}
