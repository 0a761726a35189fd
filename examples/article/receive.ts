// The article's receiver: asks for the key, reads the channel's last message, opens and prints it.
//   node examples/article/receive.ts http://127.0.0.1:8130/channels/1
import { createInterface } from 'node:readline/promises';
import { openHttpChannel } from '@fernspeak/channel';
import { Conversation, deriveKey, memoryStore, plainSeal, textOf } from '@fernspeak/conversation';

const address = process.argv[2] ?? 'http://127.0.0.1:8130/channels/1';
const questions = createInterface({ input: process.stdin, output: process.stdout });
const secret = await questions.question('Key or passphrase: ');
questions.close();

const channel = openHttpChannel({ address });
const seal = plainSeal(await deriveKey({ secret, place: channel.place }));
const conversation = new Conversation({ channel, seal, store: memoryStore() });
for await (const message of conversation.history({ last: 1 })) {
  if (message.content && !message.readable) console.log(textOf(message.content) ?? message.content.bytes);
  else console.error(message.findings.map((finding) => finding.sentence).join('\n'));
}
