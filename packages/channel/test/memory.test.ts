import { MemoryChannel } from '@fernspeak/channel';
import { channelBehaviour } from './channel-behaviour.ts';

channelBehaviour('memory', async () => {
  const channel = new MemoryChannel();
  return { channel, again: () => channel, clear: async () => channel.clear() };
});
