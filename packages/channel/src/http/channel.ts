import type { Channel } from '../channel.ts';
export interface HttpChannelOptions {
  readonly address: string;
  readonly writeKey?: string | undefined;
  readonly readKey?: string | undefined;
  /** Longest wait for one answer, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly fetch?: typeof fetch | undefined;
}
export function openHttpChannel(options: HttpChannelOptions): Channel { throw new Error(options.address); }
