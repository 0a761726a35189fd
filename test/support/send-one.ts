// Sends what it reads from stdin to a CSV file: SENDER_KEY=… node send-one.ts HOME FILE
import { readFileSync } from 'node:fs';
import { openFileChannel } from '@fernspeak/channel/file';
import { Conversation, plainSeal } from '@fernspeak/conversation';
import { openProfile } from '@fernspeak/conversation/profile';

const [home = '', file = ''] = process.argv.slice(2);
const bytes = readFileSync(0);
process.stdout.write('begin\n');
const profile = openProfile({ home });
const seal = plainSeal(process.env['SENDER_KEY'] ?? '');
const conversation = new Conversation({ channel: openFileChannel(file), seal, store: profile.store });
const { status } = await conversation.send({ bytes });
profile.close();
process.stdout.write(status === 'stored' ? 'done\n' : 'kept\n');
