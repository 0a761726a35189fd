// Sends what it reads from stdin to a channel: SENDER_KEY=… SENDER_WRITE_KEY=… node send-one.ts HOME ADDRESS
import { readFileSync } from 'node:fs';
import { Conversation, plainSeal } from '@fernspeak/conversation';
import { openProfile } from '@fernspeak/conversation/profile';
import { openAddress } from './open-address.ts';

const [home = '', address = ''] = process.argv.slice(2);
const bytes = readFileSync(0);
process.stdout.write('begin\n');
const profile = openProfile({ home });
const seal = plainSeal(process.env['SENDER_KEY'] ?? '');
const channel = openAddress(address, process.env['SENDER_WRITE_KEY']);
const { status } = await new Conversation({ channel, seal, store: profile.store }).send({ bytes });
await channel.close();
profile.close();
process.stdout.write(status === 'stored' ? 'done\n' : 'kept\n');
