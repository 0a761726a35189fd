import { openHttpChannel, parseAddress, type Channel } from '@fernspeak/channel';
import {
  FramedConversation,
  invitedConversation,
  knownConversations,
  rememberConversation,
  textOf,
  type About,
  type Invite,
} from '@fernspeak/conversation';
import { browserProfileState, createBrowserProfile, openBrowserProfile } from '@fernspeak/conversation/browser-profile';

/** The second client in this page that answers; it has a profile of its own. */
const PROFILE = 'echo';
export const ECHO = 'Echo';
/** What the demo is called in the list. */
export const ECHO_TALK = 'Talk to yourself';

/** Lets the second client into a conversation on a relay; `answerMyself` makes it answer there. */
export async function inviteEcho(invite: Invite, signal: AbortSignal): Promise<void> {
  const profile = await createBrowserProfile({ name: PROFILE });
  try {
    const { address, place } = parseAddress(invite.address);
    const { store, device } = profile;
    const about = await invitedConversation(invite, { name: ECHO_TALK, address, place, me: ECHO, device });
    const id = await rememberConversation(store, about);
    await new FramedConversation({ id, about, channel: channelOf(about), store, device }).greet({ signal });
  } finally {
    profile.close();
  }
}

/** Until the signal, the second client answers each message with the same text. */
export async function answerMyself(ended: AbortSignal): Promise<void> {
  if ((await browserProfileState({ name: PROFILE })) === 'none') return;
  const { store, device, close } = await openBrowserProfile({ name: PROFILE });
  ended.addEventListener('abort', close);
  for (const { id, about } of await knownConversations(store)) {
    const echo = new FramedConversation({ id, about, channel: channelOf(about), store, device });
    void repeat(echo, { own: device.id, ended });
  }
}

/** @param own the echo's own key, which it does not answer */
export async function repeat(
  echo: FramedConversation,
  { own, ended }: { own: string; ended: AbortSignal },
): Promise<void> {
  while (!ended.aborted) {
    try {
      const unread = echo.follow({ signal: ended, acknowledge: false });
      for await (const { sender, kind, content } of unread) {
        const text = content && textOf(content);
        if (kind === 'text' && sender?.id !== own && text !== null) await echo.send({ text }, { signal: ended });
        await unread.commit();
      }
    } catch {
      // the relay is away: the page shows that already
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

function channelOf({ address, writeKey, readKey }: About): Channel {
  return openHttpChannel({ address, writeKey: writeKey ?? undefined, readKey: readKey ?? undefined });
}
