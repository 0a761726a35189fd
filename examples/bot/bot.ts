// A bot: answers !load, !disk and !up in a conversation that its profile has joined.
//   FERNSPEAK_HOME=~/.bot fernspeak join --name family --me Bot
//   FERNSPEAK_HOME=~/.bot node examples/bot/bot.ts family
import { statfsSync } from 'node:fs';
import { loadavg, uptime } from 'node:os';
import { openHttpChannel } from '@fernspeak/channel';
import { FramedConversation, isLoud, knownConversations, textOf } from '@fernspeak/conversation';
import { openProfile } from '@fernspeak/conversation/profile';

const [name = 'family'] = process.argv.slice(2);
const { store, device: deviceOfProfile } = openProfile();
const known = (await knownConversations(store)).find(({ about }) => about.name === name);
if (!known) throw new Error(`This profile is in no conversation called ${name}.`);
const channel = openHttpChannel({ address: known.about.address, writeKey: known.about.writeKey ?? undefined });
const conversation = new FramedConversation({ ...known, channel, store, device: await deviceOfProfile() });

const answers = new Map([
  ['!load', (): string => `load ${loadavg()[0]?.toFixed(2)}`],
  ['!disk', (): string => `${freeGigabytes('/').toFixed(1)} GB free`],
  ['!up', (): string => `up for ${Math.floor(uptime() / 3600)} hours`],
]);

function freeGigabytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return (bavail * bsize) / 1e9;
}

const unread = conversation.follow();
for await (const { kind, content, findings } of unread) {
  // a plain message is nobody's, and one with a loud finding may be out of its order: neither is obeyed
  const obeyed = kind === 'text' && !findings.some(({ code }) => isLoud(code));
  const answer = obeyed && content ? answers.get(textOf(content)?.trim() ?? '') : undefined;
  if (answer) await conversation.send({ text: answer() });
  // only now: a bot that is killed before answers when it is started again
  await unread.commit();
}
