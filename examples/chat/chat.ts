// A chat: what you type is sent, what comes is shown, with what is wrong about it. Ctrl-C ends it.
//   fernspeak invite family --for Bob > bob.link
//   FERNSPEAK_HOME=~/.chat node examples/chat/chat.ts bob.link Bob
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { openHttpChannel } from '@fernspeak/channel';
import * as fernspeak from '@fernspeak/conversation';
import { openProfile } from '@fernspeak/conversation/profile';

const [link = 'bob.link', me = 'Bob'] = process.argv.slice(2);
const invite = fernspeak.readInvite(readFileSync(link, 'utf8'));
const channel = openHttpChannel({ address: invite.address, writeKey: invite.writeKey ?? undefined });
const { address, place } = channel;
const { store, device: ownDevice } = openProfile();
const device = await ownDevice();
const about = await fernspeak.invitedConversation(invite, { name: 'chat', me, address, place, device });
const id = await fernspeak.rememberConversation(store, about);
const conversation = new fernspeak.FramedConversation({ id, about, channel, store, device });
if ((await conversation.history({ last: 1 })).length === 0) await conversation.greet();

// what others write must not command the terminal
const show = (text: string): void => console.log(text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, ' '));
const messages = conversation.follow({ onFinding: ({ sentence }) => show(`! ${sentence}`) });
createInterface({ input: process.stdin }).on('line', (text) => void conversation.send({ text }));
for await (const { kind, sender, content, findings } of messages) {
  const said = kind === 'hello' ? 'is here' : content && fernspeak.textOf(content);
  show(`${sender ? fernspeak.shownName(sender) : 'somebody'}: ${said ?? 'not text'}`);
  for (const { sentence } of findings) show(`! ${sentence}`);
}
