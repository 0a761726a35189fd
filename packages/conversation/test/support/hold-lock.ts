// Takes the lock of a channel and keeps it until it is killed: node hold-lock.ts HOME ADDRESS
import { openProfile } from '../../src/profile.ts';

const [home = '', address = ''] = process.argv.slice(2);
const lock = await openProfile({ home }).store.lock(address);
process.stdout.write(lock ? 'held\n' : 'not held\n');
setInterval(() => {}, 1000);
