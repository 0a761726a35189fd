import type { Channel } from '@fernspeak/channel';
import { Fernet } from '@fernspeak/fernet';
import { Conversation, memoryStore, plainSeal, textOf, type Clock, type Message, type Store } from '../../src/index.ts';

export const KEY: string = Fernet.generateKey();
export const OTHER_KEY: string = Fernet.generateKey();

/** Somebody with a store of their own (unless said) and the key (unless said). */
export function person(
  channel: Channel,
  { store = memoryStore(), key = KEY, clock }: { store?: Store; key?: string; clock?: Clock } = {},
): Conversation {
  return new Conversation({ channel, seal: plainSeal(key), store, clock });
}

/** A message as its text; what does not open as `null`. */
export function text(message: Message): string | null {
  return message.content && textOf(message.content);
}

export async function texts(messages: AsyncIterable<Message>): Promise<(string | null)[]> {
  return (await all(messages)).map(text);
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
