import { MemoryChannel } from '@fernspeak/channel';
import {
  FramedConversation,
  deviceOf,
  foundConversation,
  invitedConversation,
  memoryStore,
  newDeviceKey,
  rememberConversation,
  type Invite,
} from '@fernspeak/conversation';
import { ECHO, ECHO_TALK, repeat } from './echo.ts';
import { Talk } from '../talk/talk.ts';

/** The demo where no channel can be made: both ends and the channel between them live as long as the page. */
export async function memoryEcho(me: string, ended: AbortSignal): Promise<Talk> {
  const channel = new MemoryChannel();
  const store = memoryStore();
  const device = await deviceOf(await newDeviceKey());
  const { address, place } = channel;
  const about = foundConversation({ name: ECHO_TALK, address, place, me: me === '' ? 'You' : me });
  const id = await rememberConversation(store, about);
  const talk = new Talk({ id, about, store, device, acknowledge: false, channel });
  await talk.greet();
  await talk.open();
  const { echo, own } = await echoIn(channel, await talk.rawInvite(ECHO));
  void repeat(echo, { own, ended });
  return talk;
}

/** The other end, in memory too. */
async function echoIn(channel: MemoryChannel, invite: Invite): Promise<{ echo: FramedConversation; own: string }> {
  const store = memoryStore();
  const device = await deviceOf(await newDeviceKey());
  const { address, place } = channel;
  const about = await invitedConversation(invite, { name: ECHO_TALK, address, place, me: ECHO, device });
  const id = await rememberConversation(store, about);
  const echo = new FramedConversation({ id, about, channel, store, device });
  await echo.greet();
  return { echo, own: device.id };
}
