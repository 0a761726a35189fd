import type {
  CallOptions,
  Channel,
  ChannelInfo,
  Entry,
  Fields,
  Limits,
  ReadOptions,
  ReadRange,
} from '@fernspeak/channel';
import { signal, type ReadonlySignal } from '@preact/signals';

/** A channel that says when its follower has lost it (following alone waits in silence), and what it takes. */
export class WatchedChannel implements Channel {
  readonly address: string;
  readonly place: string;
  /** Null: it has not answered yet. */
  readonly limits: ReadonlySignal<Limits | null>;
  readonly #limits = signal<Limits | null>(null);
  readonly #channel: Channel;
  readonly #onTrouble: () => void;

  constructor(channel: Channel, onTrouble: () => void) {
    this.address = channel.address;
    this.place = channel.place;
    this.limits = this.#limits;
    this.#channel = channel;
    this.#onTrouble = onTrouble;
  }

  async info(options?: CallOptions): Promise<ChannelInfo> {
    const info = await this.#channel.info(options);
    this.#limits.value = info.limits;
    return info;
  }

  append(entries: readonly Fields[], options?: CallOptions): Promise<number[]> {
    return this.#channel.append(entries, options);
  }

  read(range: ReadRange, options?: ReadOptions): AsyncIterable<Entry> {
    return this.#channel.read(range, options);
  }

  follow(after: number, options: ReadOptions = {}): AsyncIterable<Entry> {
    return this.#channel.follow(after, {
      ...options,
      onTrouble: (error) => {
        this.#onTrouble();
        options.onTrouble?.(error);
      },
    });
  }

  close(): Promise<void> {
    return this.#channel.close();
  }
}
