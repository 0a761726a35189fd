import { displayName } from '@fernspeak/conversation';
import { effect } from '@preact/signals';
import type { App } from '../app.ts';
import { ECHO_TALK } from '../echo/echo.ts';
import type { Talk } from '../talk/talk.ts';

const ICON = '/apple-touch-icon.png';
/** A notice shows no more anyway. */
const MOST_CHARACTERS = 200;

/**
 * Tells of what others write while nobody looks at the page, one notice a conversation; the notice goes when somebody
 * looks. A click on it leads to the conversation. Ends by the function that is given, which takes all notices away.
 */
export function watchForNotices(app: App): () => void {
  const counted = new Map<Talk, number>();
  const opened = ({ data }: MessageEvent<unknown>): void => showTalk(app, data);
  navigator.serviceWorker.addEventListener('message', opened);
  const stop = effect(() => {
    for (const talk of app.talks.value) {
      const unread = talk.unread.value;
      const before = counted.get(talk) ?? unread;
      counted.set(talk, unread);
      if (unread > before && document.hidden && talk.about.name !== ECHO_TALK) void show(app, talk, unread);
      if (unread === 0 && before > 0) void close(talk.about.conversationId);
    }
  });
  return () => {
    stop();
    navigator.serviceWorker.removeEventListener('message', opened);
    for (const { about } of counted.keys()) void close(about.conversationId);
  };
}

async function show(app: App, talk: Talk, unread: number): Promise<void> {
  if (Notification.permission !== 'granted') return;
  const registration = await navigator.serviceWorker.ready;
  const { conversationId: tag } = talk.about;
  const title = displayName(talk.name.peek()) ?? 'A conversation';
  await registration.showNotification(title, { tag, body: bodyOf(app, talk, unread), icon: ICON });
}

function bodyOf(app: App, talk: Talk, unread: number): string {
  const last = talk.messages.peek().findLast(({ mine, kind }) => !mine && kind === 'text')?.text ?? null;
  if (app.settings.peek().notices === 'text' && last !== null) {
    return Array.from(last).slice(0, MOST_CHARACTERS).join('');
  }
  return unread === 1 ? 'A new message' : `${unread} new messages`;
}

async function close(tag: string): Promise<void> {
  const registration = await navigator.serviceWorker.ready;
  for (const notice of await registration.getNotifications({ tag })) notice.close();
}

/** What the service worker says when somebody clicked a notice. */
function showTalk(app: App, data: unknown): void {
  if (typeof data !== 'object' || data === null || !('show' in data)) return;
  const talk = app.talks.peek().find(({ about }) => about.conversationId === data.show);
  if (talk) app.show(talk);
}
