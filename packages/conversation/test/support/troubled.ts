import { ChannelError, type CallOptions, type Channel, type ChannelInfo, type Fields } from '@fernspeak/channel';
import type { Entry, ReadOptions, ReadRange } from '@fernspeak/channel';

/**
 * What happens to an append: `lost`: the answer is unclear and nothing was stored; `stored`: unclear, but stored;
 * `half`: as `stored`, but only the first entry of it; a ChannelError: thrown, nothing was stored.
 */
export type Trouble = 'ok' | 'lost' | 'stored' | 'half' | ChannelError;

/** A real channel behind a bad line: each append takes the next trouble; when there are no more, all goes well. */
export class TroubledChannel implements Channel {
  readonly address: string;
  readonly place: string;
  readonly inner: Channel;
  readonly troubles: Trouble[];
  /** Entries of each append that was asked for. */
  readonly appends: (readonly Fields[])[] = [];
  /** Called after each append that stored something. */
  onAppended: () => Promise<unknown> = async () => {};
  readsAfter: number[] = [];

  constructor(inner: Channel, troubles: readonly Trouble[] = []) {
    this.inner = inner;
    this.troubles = [...troubles];
    this.address = inner.address;
    this.place = inner.place;
  }

  info(options?: CallOptions): Promise<ChannelInfo> {
    return this.inner.info(options);
  }

  async append(entries: readonly Fields[], options?: CallOptions): Promise<number[]> {
    options?.signal?.throwIfAborted();
    this.appends.push(entries);
    const trouble = this.troubles.shift() ?? 'ok';
    if (trouble instanceof ChannelError) throw trouble;
    if (trouble === 'lost') throw new ChannelError('unclear', 'No answer.');
    const ids = await this.inner.append(trouble === 'half' ? entries.slice(0, 1) : entries, options);
    await this.onAppended();
    if (trouble !== 'ok') throw new ChannelError('unclear', 'No answer.');
    return ids;
  }

  read(range: ReadRange, options?: ReadOptions): AsyncIterable<Entry> {
    if ('after' in range) this.readsAfter.push(range.after);
    return this.inner.read(range, options);
  }

  follow(after: number, options?: ReadOptions): AsyncIterable<Entry> {
    return this.inner.follow(after, options);
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
