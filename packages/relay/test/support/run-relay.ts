// A relay in a process of its own on a store that may be told to skip its syncs: run-relay.ts '{"data": …, "synchronous": "OFF"}'.
import type { RelayOptions } from '../../src/options.ts';
import { startRelayOn } from '../../src/relay.ts';
import type { Synchronous } from '../../src/store/sqlite/open.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';

const { data, synchronous, ...options } = JSON.parse(process.argv[2] ?? '{}') as RelayOptions & {
  data: string;
  synchronous: Synchronous;
};
const relay = await startRelayOn(() => openSqliteStore({ folder: data, synchronous }), { port: 0, ...options });
console.log(JSON.stringify({ url: relay.url, pid: process.pid }));
process.once('SIGTERM', () => void relay.close());
