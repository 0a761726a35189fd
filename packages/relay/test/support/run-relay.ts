// A relay in a process of its own: run-relay.ts '{"data": …}' prints its address when it answers. SIGTERM drains it.
import { startRelay, type RelayOptions } from '@fernspeak/relay';

const relay = await startRelay(JSON.parse(process.argv[2] ?? '{}') as RelayOptions);
console.log(JSON.stringify({ url: relay.url, pid: process.pid, firstUserKey: relay.firstUserKey }));
process.once('SIGTERM', () => void relay.close());
