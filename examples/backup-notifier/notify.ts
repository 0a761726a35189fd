// Runs a backup and reports how it went, so that only the members of a conversation can read it. From cron, say:
//   FERNSPEAK_HOME=~/.backup fernspeak join --name home --me Backup      (once)
//   0 3 * * *  FERNSPEAK_HOME=~/.backup node examples/backup-notifier/notify.ts home restic backup /home
import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { openHttpChannel } from '@fernspeak/channel';
import { FramedConversation, knownConversations } from '@fernspeak/conversation';
import { openProfile } from '@fernspeak/conversation/profile';

const LINES = 10;
const [name = '', command = '', ...args] = process.argv.slice(2);
const { store, device: deviceOfProfile, close } = openProfile();
const known = (await knownConversations(store)).find(({ about }) => about.name === name);
if (!known) throw new Error(`This profile is in no conversation called ${name}.`);

const { status, error, stderr } = spawnSync(command, args, {
  stdio: ['ignore', 'inherit', 'pipe'],
  encoding: 'utf8',
  maxBuffer: Infinity,
});
const failed = status !== 0;
const words = error?.message ?? stderr.trimEnd().split('\n').slice(-LINES).join('\n');

const channel = openHttpChannel({ address: known.about.address, writeKey: known.about.writeKey ?? undefined });
const conversation = new FramedConversation({ ...known, channel, store, device: await deviceOfProfile() });
// a success is told too: where nothing comes, the backup did not even start
const sent = await conversation.send({
  title: `Backup ${failed ? 'failed' : 'done'} on ${hostname()}`,
  text: failed ? words : '',
  priority: failed ? 'high' : 'low',
});
// what could not be stored waits in the profile, and goes out before the next report
if (sent.status === 'kept') console.error(`Not reported yet: ${sent.reason.message}`);
close();
process.exitCode = status ?? 1;
