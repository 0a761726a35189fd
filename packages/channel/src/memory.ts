import type { CallOptions, Channel, ChannelInfo, Entry, Limits, ReadOptions, ReadRange } from './channel.ts';
import { cleared } from './cleared.ts';
import { isoSeconds } from './format/time.ts';
import type { Fields } from './format/fields.ts';
import { MAX_FIELDS } from './format/fields.ts';
import { checkEntries, trimFields } from './limits.ts';

/** As roomy as our relay's, so that what works here works there. */
const MEMORY_LIMITS: Limits = {
  fieldBytes: 64 * 1024,
  fieldsPerEntry: MAX_FIELDS,
  entryBytes: MAX_FIELDS * 64 * 1024,
  bulkEntries: 960,
  minIntervalMs: 0,
  longPoll: true,
  live: false,
  sealed: false,
};

export interface MemoryChannelOptions {
  /** Default: `memory:` and a number. */
  readonly address?: string | undefined;
  readonly place?: string | undefined;
  readonly name?: string | undefined;
  readonly fieldNames?: readonly (string | null)[] | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly now?: (() => Date) | undefined;
}

let opened = 0;

/** A channel that lives as long as its process: for tests and programs that talk to themselves. */
export class MemoryChannel implements Channel {
  readonly address: string;
  readonly place: string;
  readonly #options: MemoryChannelOptions;
  readonly #limits: Limits;
  readonly #waiting = new Set<() => void>();
  #entries: Entry[] = [];

  constructor(options: MemoryChannelOptions = {}) {
    this.address = options.address ?? `memory:${++opened}`;
    this.place = options.place ?? this.address;
    this.#options = options;
    this.#limits = { ...MEMORY_LIMITS, ...options.limits };
  }

  async info({ signal }: CallOptions = {}): Promise<ChannelInfo> {
    signal?.throwIfAborted();
    return {
      limits: this.#limits,
      name: this.#options.name ?? null,
      fieldNames: Array.from({ length: MAX_FIELDS }, (_, index) => this.#options.fieldNames?.[index] ?? null),
      lastEntryId: this.#entries.length,
      notices: [],
    };
  }

  async append(entries: readonly Fields[], { signal }: CallOptions = {}): Promise<number[]> {
    signal?.throwIfAborted();
    checkEntries(entries, this.#limits);
    const createdAt = isoSeconds(this.#options.now?.() ?? new Date());
    const ids: number[] = [];
    for (const fields of entries) {
      const id = this.#entries.length + 1;
      this.#entries.push({ id, createdAt, fields: trimFields([...fields]) });
      ids.push(id);
    }
    for (const wake of this.#waiting) wake();
    return ids;
  }

  async *read(range: ReadRange, { signal }: ReadOptions = {}): AsyncIterable<Entry> {
    const from = 'after' in range ? range.after : Math.max(0, this.#entries.length - range.last);
    for (const entry of this.#entries.slice(from)) {
      signal?.throwIfAborted();
      yield entry;
    }
  }

  async *follow(after: number, { signal }: ReadOptions = {}): AsyncIterable<Entry> {
    const stopped = (): boolean => signal?.aborted === true;
    let next = after;
    while (!stopped()) {
      if (this.#entries.length < next) throw cleared(this.#entries.length, next);
      const entry = this.#entries[next];
      if (entry === undefined) {
        await this.#appended(signal);
      } else {
        next++;
        yield entry;
      }
    }
  }

  /** Forgets everything; numbers begin at 1 again, as after a channel was cleared. */
  clear(): void {
    this.#entries = [];
    for (const wake of this.#waiting) wake();
  }

  async close(): Promise<void> {}

  #appended(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal?.addEventListener('abort', done);
    });
  }
}
