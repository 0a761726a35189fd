// The thread that writes: a disk's sync stalls it and not the server. Started by store/sqlite/sqlite-store.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { isRelayError } from './relay-error.ts';
import type { Batch, FromWriter, WriterData } from './store/sqlite/operations.ts';
import { openForWriting } from './store/sqlite/open.ts';
import { Writer } from './store/sqlite/writer.ts';

const port = parentPort;
if (port === null) throw new Error('store-worker runs as a worker thread');
const say = (message: FromWriter): void => port.postMessage(message);
const { file, synchronous } = workerData as WriterData;
try {
  const database = openForWriting(file, synchronous);
  const writer = new Writer(database);
  port.on('message', (message: Batch | 'close') => {
    if (message !== 'close') return say({ outcomes: writer.run(message) });
    database.close();
    port.close();
  });
  say({ ready: true });
} catch (error) {
  if (!isRelayError(error)) throw error;
  say({ ready: false, code: error.code, message: error.message, hint: error.hint });
}
