import { openHttpChannel, parseAddress, type Channel } from '@fernspeak/channel';
import { openFileChannel } from '@fernspeak/channel/file';

/** The carrier of an address: a relay's channel, or a CSV file, which needs no key. */
export function openAddress(address: string, writeKey?: string): Channel {
  const parsed = parseAddress(address);
  return parsed.kind === 'file' ? openFileChannel(parsed.path) : openHttpChannel({ address, writeKey });
}
