import type { CallOptions, Channel, ChannelInfo, Entry, Limits, ReadOptions, ReadRange } from './channel.ts';
import type { Fields } from './format/fields.ts';
export interface MemoryChannelOptions {
  readonly name?: string | undefined;
  readonly fieldNames?: readonly (string | null)[] | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly now?: (() => Date) | undefined;
}
export declare class MemoryChannel implements Channel {
  readonly address: string;
  readonly place: string;
  constructor(options?: MemoryChannelOptions);
  info(options?: CallOptions): Promise<ChannelInfo>;
  append(entries: readonly Fields[], options?: CallOptions): Promise<number[]>;
  read(range: ReadRange, options?: ReadOptions): AsyncIterable<Entry>;
  follow(after: number, options?: ReadOptions): AsyncIterable<Entry>;
  clear(): void;
  close(): Promise<void>;
}
