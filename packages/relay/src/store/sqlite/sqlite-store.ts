import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { StoredKey } from '../../keys.ts';
import { RelayError, type RelayErrorCode } from '../../relay-error.ts';
import type {
  Append,
  Appended,
  Channel,
  ChannelSettings,
  Entry,
  NewChannel,
  Removal,
  Selection,
  Store,
} from '../store.ts';
import { databaseFile, lockFolder, openForReading, prepareFolder, type Synchronous } from './open.ts';
import type { Batch, FromWriter, Operation, Operations, Outcome, WriterData } from './operations.ts';
import { Reader } from './reader.ts';

/** An operation that waits for its turn or its outcome. */
interface Waiting {
  readonly operation: Operation;
  readonly resolve: (output: never) => void;
  readonly reject: (error: RelayError) => void;
}

/** How a store is opened. `synchronous` is for the test that must see a store without syncs fail. */
export interface SqliteOptions {
  readonly folder: string;
  readonly synchronous?: Synchronous;
}

// in the bundled command the worker lies beside the bundle, compiled
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? '../../store-worker.ts' : './store-worker.js',
  import.meta.url,
);

/**
 * SQLite in a folder. Writes go to a thread of their own in batches: while one batch is being synced to disk, the
 * requests of that time gather and become the next one (group commit). Reads see everything that was answered.
 * @throws {RelayError} `data-in-use`, `data-unusable`, `data-newer`
 */
export async function openSqliteStore({ folder, synchronous = 'FULL' }: SqliteOptions): Promise<Store> {
  prepareFolder(folder);
  const unlock = lockFolder(folder);
  try {
    const file = databaseFile(folder);
    const worker = await startWriter({ file, synchronous });
    return new SqliteStore(worker, file, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function startWriter(workerData: WriterData): Promise<Worker> {
  const worker = new Worker(WORKER, { workerData, name: 'fernspeak-store' });
  const [message] = (await once(worker, 'message')) as [FromWriter];
  if ('ready' in message && !message.ready) {
    await worker.terminate();
    throw new RelayError(message.code as RelayErrorCode, message.message, message.hint);
  }
  return worker;
}

class SqliteStore implements Store {
  readonly #worker: Worker;
  readonly #reading: ReturnType<typeof openForReading>;
  readonly #reader: Reader;
  readonly #unlock: () => void;
  readonly #watchers = new Map<number, Set<() => void>>();
  #gathering: Waiting[] = [];
  #running: readonly Waiting[] = [];
  #flushing = false;
  #failure: RelayError | null = null;
  #closing: Promise<void> | null = null;
  #whenIdle: () => void = () => {};

  constructor(worker: Worker, file: string, unlock: () => void) {
    this.#worker = worker;
    this.#reading = openForReading(file);
    this.#reader = new Reader(this.#reading);
    this.#unlock = unlock;
    worker.on('message', (message: FromWriter) => {
      if ('outcomes' in message) this.#settle(message.outcomes);
    });
    worker.on('error', (error) => this.#fail(error));
  }

  append(input: Append): Promise<Appended> {
    return this.#ask('append', input);
  }

  createChannel(input: NewChannel): Promise<Channel | null> {
    return this.#ask('createChannel', input);
  }

  changeChannel(id: number, settings: ChannelSettings, now: number): Promise<Channel | null> {
    return this.#ask('changeChannel', { id, settings, now });
  }

  addChannelKey(id: number, key: StoredKey): Promise<boolean> {
    return this.#ask('addChannelKey', { id, key });
  }

  clearChannel(id: number): Promise<Channel | null> {
    return this.#ask('clearChannel', id);
  }

  removeOld(input: Removal): Promise<number> {
    return this.#ask('removeOld', input);
  }

  deleteChannel(id: number): Promise<Channel | null> {
    return this.#ask('deleteChannel', id);
  }

  async addUserKey(key: StoredKey): Promise<void> {
    await this.#ask('addUserKey', key);
  }

  async channel(id: number): Promise<Channel | null> {
    return this.#reader.channel(id);
  }

  async channels(): Promise<Channel[]> {
    return this.#reader.channels();
  }

  async userKeys(): Promise<StoredKey[]> {
    return this.#reader.userKeys();
  }

  async entry(channel: number, entry: number): Promise<Entry | null> {
    return this.#reader.entry(channel, entry);
  }

  async lastWithField(channel: number, field: number): Promise<Entry | null> {
    return this.#reader.lastWithField(channel, field);
  }

  async *entries(channel: number, selection: Selection): AsyncGenerator<readonly Entry[]> {
    if (selection.limit <= 0) return;
    let first = true;
    for (const page of this.#reader.entries(channel, selection)) {
      // a long read takes turns with everything else that the thread has to do
      if (!first) await nextTurn();
      first = false;
      yield page;
    }
  }

  watch(channel: number, wake: () => void): () => void {
    const watchers = this.#watchers.get(channel) ?? new Set();
    this.#watchers.set(channel, watchers.add(wake));
    return () => {
      watchers.delete(wake);
      if (watchers.size === 0 && this.#watchers.get(channel) === watchers) this.#watchers.delete(channel);
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#running.length > 0 || this.#gathering.length > 0)
      await new Promise<void>((done) => (this.#whenIdle = done));
    // the writer closes last: it then folds the log of changes into the database
    this.#reading.close();
    if (this.#failure === null) {
      const ended = once(this.#worker, 'exit');
      this.#worker.postMessage('close');
      await ended;
    }
    this.#unlock();
  }

  #ask<Name extends keyof Operations>(
    name: Name,
    input: Operations[Name]['input'],
  ): Promise<Operations[Name]['output']> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null || this.#closing !== null) return reject(this.#failure ?? storeFailed('it is closed'));
      const operation = { name, input } as Operation;
      this.#gathering.push({ operation, resolve, reject });
      if (this.#flushing || this.#running.length > 0) return;
      this.#flushing = true;
      // at the end of this turn, so that all requests that have already arrived come along
      setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#gathering.length === 0 || this.#running.length > 0) return;
    this.#running = this.#gathering;
    this.#gathering = [];
    const batch: Batch = this.#running.map(({ operation }) => operation);
    this.#worker.postMessage(batch);
  }

  #settle(outcomes: readonly Outcome[]): void {
    const settled = this.#running;
    this.#running = [];
    // the next batch is on its way before this one is answered: the disk does not wait for the answers
    this.#flush();
    const changed = new Set<number>();
    for (const [index, { operation, resolve, reject }] of settled.entries()) {
      const outcome = outcomes[index] ?? { failed: 'no outcome' };
      if ('failed' in outcome) {
        reject(storeFailed(outcome.failed));
        continue;
      }
      resolve(outcome.output as never);
      changed.add(channelOf(operation, outcome.output));
    }
    for (const channel of changed) for (const wake of this.#watchers.get(channel) ?? []) wake();
    if (this.#running.length === 0) this.#whenIdle();
  }

  #fail(error: unknown): void {
    this.#failure = storeFailed((error as Error).name);
    for (const { reject } of [...this.#running, ...this.#gathering]) reject(this.#failure);
    this.#running = [];
    this.#gathering = [];
    this.#whenIdle();
  }
}

/** The channel that an operation may have changed; 0 when none. */
function channelOf({ name, input }: Operation, output: unknown): number {
  if (name === 'append') return (output as { channel?: number }).channel ?? 0;
  if (name === 'changeChannel' || name === 'addChannelKey') return input.id;
  return name === 'clearChannel' || name === 'deleteChannel' ? input : 0;
}

function storeFailed(reason: string): RelayError {
  const hint = 'Nothing of this request was stored. Is the disk full, or the data folder gone?';
  return new RelayError('store-failed', `The store failed (${reason}).`, hint);
}
