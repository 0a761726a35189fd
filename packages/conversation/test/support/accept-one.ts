// Puts one item into the outbox: node accept-one.ts HOME ADDRESS SEALED
import { openProfile } from '../../src/profile.ts';

const [home = '', address = '', sealed = ''] = process.argv.slice(2);
const profile = openProfile({ home });
await profile.store.accept(address, { sealed, attendedUntil: 0 });
profile.close();
