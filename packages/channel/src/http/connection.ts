import type { HttpAddress } from '../address.ts';

/** What every request to one channel shares. */
export interface Connection {
  readonly address: HttpAddress;
  readonly writeKey: string | undefined;
  readonly readKey: string | undefined;
  /** Longest wait for one answer, in milliseconds. */
  readonly timeoutMs: number;
  /** How often a follower asks a server that has no long poll, in milliseconds. */
  readonly pollMs: number;
  /** Longest silence of a live stream, in milliseconds. */
  readonly silenceMs: number;
  readonly fetch: typeof fetch;
  /** Aborted when the channel is closed. */
  readonly closed: AbortSignal;
}

/** Where errors say that it happened: host and channel, no scheme, no keys. */
export function whereOf({ address }: Connection): string {
  return address.address.replace(/^https?:\/\//, '');
}
