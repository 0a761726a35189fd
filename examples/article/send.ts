// The article's sender: asks for a message and a key, seals the message, writes it to a channel.
//   node examples/article/send.ts http://127.0.0.1:8130/channels/1
import { createInterface } from 'node:readline/promises';
import { openHttpChannel } from '@fernspeak/channel';
import { Conversation, deriveKey, memoryStore, plainSeal } from '@fernspeak/conversation';

const address = process.argv[2] ?? 'http://127.0.0.1:8130/channels/1';
const lines = createInterface(process.stdin)[Symbol.asyncIterator]();
async function ask(question: string): Promise<string> {
  process.stdout.write(question);
  return String((await lines.next()).value);
}

const message = await ask('Message: ');
const secret = await ask('Key or passphrase: ');
const writeKey = await ask('Write key of the channel: ');

const channel = openHttpChannel({ address, writeKey });
const seal = plainSeal(await deriveKey({ secret, place: channel.place }));
const sent = await new Conversation({ channel, seal, store: memoryStore() }).send({ bytes: Buffer.from(message) });
console.log(
  sent.status === 'stored' ? `Stored as entry ${sent.entryId}: ${sent.sealed}` : `Not stored: ${sent.reason.message}`,
);
process.exitCode = sent.status === 'stored' ? 0 : 1;
process.stdin.destroy();
