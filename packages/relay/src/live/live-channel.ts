import type { Socket } from 'node:net';
import { LIVE_LAST_WORDS_MS, LIVE_QUEUE_BYTES, MAX_ENTRY } from '../limits.ts';
import type { Channel, Store } from '../store/store.ts';
import { clearedEvent, eventsOf } from './events.ts';

/** What live delivery needs of the relay. */
export interface LiveParts {
  readonly store: Pick<Store, 'channel' | 'entries' | 'watch'>;
  /** Told what went wrong inside of the relay. */
  readonly onFault: (error: unknown) => void;
}

/**
 * The readers of one channel who have everything up to one entry. A signal of the store only says that the table is
 * worth a look: what is written comes from the table, is built once, and goes to all of them.
 */
export class LiveChannel {
  readonly #store: LiveParts['store'];
  readonly #onFault: (error: unknown) => void;
  readonly #id: number;
  readonly #clearings: number;
  readonly #admitted: string;
  readonly #readers = new Set<Socket>();
  readonly #unwatch: () => void;
  /** The entry up to which everything was written to the readers. */
  #position: number;
  #look: Promise<void> | null = null;
  #again = false;
  #ended = false;

  constructor(channel: Channel, { store, onFault }: LiveParts) {
    this.#store = store;
    this.#onFault = onFault;
    this.#id = channel.id;
    this.#clearings = channel.clearings;
    this.#admitted = admittedBy(channel);
    this.#position = channel.lastEntry;
    // watched from here on, then looked at: what came between the caller's look and this is not missed
    this.#unwatch = store.watch(channel.id, () => void this.look());
    void this.look();
  }

  /** True when it takes no readers any more: its channel was cleared or deleted, or other keys read it now. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Looks what is new and writes it; returns when everything up to this moment was written. */
  look(): Promise<void> {
    if (this.#ended) return Promise.resolve();
    this.#again = true;
    this.#look ??= this.#lookWhileAsked();
    return this.#look;
  }

  /** Writes what a reader lacks, at its pace, and then lets it take part. `channel`: as it was when it asked. */
  async join(reader: Socket, channel: Channel, after: number): Promise<void> {
    let position = after;
    while (reader.writable) {
      if (this.#ended || channel.clearings !== this.#clearings) return close(reader);
      if (position === this.#position) {
        this.#readers.add(reader);
        return;
      }
      // either it saw an entry before this one did, or it asks for what does not exist
      if (position > this.#position) await this.look();
      if (position > this.#position && !this.#ended) return this.#tellCleared(reader);
      if (position < this.#position) position = await this.#catchUp(reader, position);
    }
  }

  /** Forgets a reader. */
  leave(reader: Socket): void {
    this.#readers.delete(reader);
  }

  /** Ends it, and every stream so that its reader can go on where it was. */
  end(): void {
    this.#ended = true;
    this.#unwatch();
    for (const reader of this.#readers) close(reader);
    this.#readers.clear();
  }

  /** One page from the table; returns how far it goes. */
  async #catchUp(reader: Socket, position: number): Promise<number> {
    const goal = this.#position;
    const channel = await this.#store.channel(this.#id);
    if (channel === null || admittedBy(channel) !== this.#admitted || channel.clearings !== this.#clearings) {
      this.end();
      return position;
    }
    for await (const page of this.#store.entries(this.#id, { by: 'after', after: position, limit: goal - position })) {
      await written(reader, eventsOf(channel, page));
      return page.at(-1)?.entry ?? goal;
    }
    // all of them were removed (retention)
    return goal;
  }

  async #lookWhileAsked(): Promise<void> {
    try {
      while (this.#again && !this.#ended) {
        this.#again = false;
        await this.#lookOnce();
      }
    } catch (error) {
      // its readers come back, and find out how it stands
      if (!this.#ended) this.#onFault(error);
      this.end();
    } finally {
      // in the same step as the last look at #again: a signal after it begins a new one
      this.#look = null;
    }
  }

  async #lookOnce(): Promise<void> {
    const channel = await this.#store.channel(this.#id);
    if (channel === null || admittedBy(channel) !== this.#admitted) return this.end();
    if (channel.clearings !== this.#clearings) {
      for (const reader of this.#readers) if (reader.writable) reader.write(clearedEvent(channel));
      return this.end();
    }
    if (channel.lastEntry !== this.#position) await this.#broadcast(channel);
  }

  async #broadcast(channel: Channel): Promise<void> {
    const selection = { by: 'after', after: this.#position, limit: MAX_ENTRY } as const;
    for await (const page of this.#store.entries(this.#id, selection)) {
      const bytes = this.#readers.size === 0 ? null : eventsOf(channel, page);
      for (const reader of this.#readers) {
        // its bound: it gets what waits for it, and comes back for the rest
        if (reader.writableLength > LIVE_QUEUE_BYTES || !reader.writable) this.#drop(reader);
        else if (bytes !== null) reader.write(bytes);
      }
      this.#position = page.at(-1)?.entry ?? this.#position;
    }
    // the newest may have been removed already (retention)
    this.#position = Math.max(this.#position, channel.lastEntry);
  }

  #drop(reader: Socket): void {
    this.#readers.delete(reader);
    close(reader);
  }

  async #tellCleared(reader: Socket): Promise<void> {
    const channel = await this.#store.channel(this.#id);
    if (channel !== null && reader.writable) reader.write(clearedEvent(channel));
    close(reader);
  }
}

/** Ends a stream after a whole event; who does not take what still waits for it is cut off. */
export function close(reader: Socket): void {
  reader.end();
  const cut = setTimeout(() => reader.destroy(), LIVE_LAST_WORDS_MS);
  reader.once('close', () => clearTimeout(cut));
}

/** Writes; returns when the reader has taken it or is gone. One who takes nothing is cut by the server's time-out. */
function written(reader: Socket, bytes: Buffer): Promise<void> {
  if (!reader.writable || reader.write(bytes)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      reader.off('drain', done).off('close', done);
      resolve();
    };
    reader.on('drain', done).on('close', done);
  });
}

/** Who may read: when it changes, every reader has to ask again. */
function admittedBy({ isPublic, keys }: Channel): string {
  return isPublic ? 'everybody' : keys.map(({ hash }) => hash).join();
}
