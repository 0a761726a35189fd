import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Limits } from '../limits.ts';
import type { Channel } from '../store/store.ts';
import { BEGINNING, HEARTBEAT } from './events.ts';
import { close, LiveChannel, type LiveParts } from './live-channel.ts';

/** What live readers need of the relay. */
export interface ReadersParts extends LiveParts {
  readonly limits: Limits;
  /** Aborted when the relay stops: every stream then ends. */
  readonly draining: AbortSignal;
}

/** Heartbeats that are written in one turn. */
const BEATS_AT_ONCE = 500;

interface Readers {
  readonly live: LiveChannel;
  count: number;
}

/** All live readers of a relay. */
export class LiveReaders {
  readonly #parts: ReadersParts;
  readonly #channels = new Map<number, Readers>();
  readonly #readers = new Set<Socket>();
  #heart: NodeJS.Timeout | null = null;

  constructor(parts: ReadersParts) {
    this.#parts = parts;
    parts.draining.addEventListener('abort', () => this.#endAll());
  }

  /** True when no further one is taken. */
  get full(): boolean {
    return this.#readers.size >= this.#parts.limits.liveReaders;
  }

  /** Writes to this connection what follows `after`, until one of both ends goes away. */
  add(reader: Socket, channel: Channel, after: number): void {
    if (reader.destroyed) return;
    if (this.#parts.draining.aborted) return close(reader);
    const readers = this.#channelOf(channel);
    readers.count++;
    this.#readers.add(reader);
    this.#heart ??= setInterval(() => void this.#beat(), this.#parts.limits.heartbeatMs);
    reader.once('close', () => this.#remove(reader, channel.id, readers));
    reader.write(BEGINNING);
    readers.live.join(reader, channel, after).catch((error: unknown) => {
      this.#parts.onFault(error);
      reader.destroy();
    });
  }

  #channelOf(channel: Channel): Readers {
    let readers = this.#channels.get(channel.id);
    if (readers === undefined || readers.live.ended) {
      readers = { live: new LiveChannel(channel, this.#parts), count: 0 };
      this.#channels.set(channel.id, readers);
    }
    return readers;
  }

  #remove(reader: Socket, channel: number, readers: Readers): void {
    this.#readers.delete(reader);
    readers.live.leave(reader);
    if (--readers.count === 0) {
      readers.live.end();
      if (this.#channels.get(channel) === readers) this.#channels.delete(channel);
    }
    if (this.#readers.size > 0 || this.#heart === null) return;
    clearInterval(this.#heart);
    this.#heart = null;
  }

  /** What still waits for a reader is a sign of life, too, once it arrives. */
  async #beat(): Promise<void> {
    let beats = 0;
    for (const reader of this.#readers) {
      if (reader.writableLength === 0 && reader.writable) reader.write(HEARTBEAT);
      // ten thousand of them must not hold up everybody else
      if (++beats % BEATS_AT_ONCE === 0) await nextTurn();
    }
  }

  #endAll(): void {
    for (const { live } of this.#channels.values()) live.end();
    for (const reader of this.#readers) if (reader.writable) close(reader);
  }
}
