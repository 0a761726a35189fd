// Sends and receives one message with a key, then prints the URLs of all modules that this took.
import { registerHooks } from 'node:module';

const urls = new Set<string>();
registerHooks({
  load: (url, context, next) => {
    urls.add(url);
    return next(url, context);
  },
});

const { MemoryChannel } = await import('@fernspeak/channel');
const { Fernet } = await import('@fernspeak/fernet');
const { Conversation, contentOf, deriveKey, memoryStore, plainSeal, textOf } = await import('../../src/index.ts');
const channel = new MemoryChannel();
const seal = plainSeal(await deriveKey({ secret: Fernet.generateKey(), place: channel.place }));
const conversation = new Conversation({ channel, seal, store: memoryStore() });
await conversation.send(contentOf('hello'));
for await (const { content } of conversation.unread()) {
  if (content === null || textOf(content) !== 'hello') throw new Error('It did not come back.');
}
process.stdout.write(JSON.stringify([...urls]));
