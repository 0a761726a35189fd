import type { CallOptions, Channel, ChannelInfo, Entry, Fields, ReadOptions, ReadRange } from '@fernspeak/channel';

/** A channel that says when its follower has lost it: following alone waits in silence. */
export class WatchedChannel implements Channel {
  readonly address: string;
  readonly place: string;
  readonly #channel: Channel;
  readonly #onTrouble: () => void;

  constructor(channel: Channel, onTrouble: () => void) {
    this.address = channel.address;
    this.place = channel.place;
    this.#channel = channel;
    this.#onTrouble = onTrouble;
  }

  info(options?: CallOptions): Promise<ChannelInfo> {
    return this.#channel.info(options);
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
