import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { App } from '../engine/app.ts';
import { openDialog } from './dialogs/opened.ts';
import { List } from './list/list.tsx';
import { Lazy } from './parts/lazy.tsx';
import { Footer } from './parts/footer.tsx';
import { TalkPane } from './talk/talk-pane.tsx';

const TITLE = 'fernspeak';

/** Which sides of a conversation are seen. */
export type Sides = 'you' | 'both' | 'relay';

/** List, conversation, and what the relay sees of it. Narrow screens show one after the other. */
export function MainWindow({ app }: { readonly app: App }): JSX.Element {
  const sides = useSignal<Sides>(matchMedia('(min-width: 900px)').matches ? 'both' : 'you');
  const talk = app.current.value;
  const plain = app.plain.value?.current.value ?? null;
  useNotices(app);
  useEffect(() => {
    if (app.offered.value) openDialog({ kind: 'join' });
  }, [app, app.offered.value]);
  useEffect(() => {
    const keys = (event: KeyboardEvent): void => onKey(event, app);
    addEventListener('keydown', keys);
    return () => removeEventListener('keydown', keys);
  }, [app]);
  return (
    <div class={`window ${talk || plain ? 'has-talk' : 'no-talk'} sides-${plain ? 'you' : sides.value}`}>
      <List app={app} />
      {plain ? (
        <Lazy load={() => import('./plain/plain-pane.tsx')} key={`plain ${plain.about.address} ${plain.about.name}`}>
          {({ PlainPane }) => <PlainPane app={app} talk={plain} />}
        </Lazy>
      ) : talk ? (
        <TalkPane key={talk.id} app={app} talk={talk} sides={sides} />
      ) : (
        <main class="nothing">
          <p>Choose a conversation, or make one.</p>
          <Footer app={app} />
        </main>
      )}
      {talk && sides.value !== 'you' && (
        <Lazy load={() => import('./relay-side/relay-side.tsx')} key={`relay ${talk.id}`}>
          {({ RelaySide }) => <RelaySide talk={talk} close={() => (sides.value = 'you')} />}
        </Lazy>
      )}
    </div>
  );
}

/** The tab's title says how much is unread; the browser tells of it where that is wanted. */
function useNotices(app: App): void {
  const unread = app.talks.value.reduce((sum, talk) => sum + talk.unread.value, 0);
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) ${TITLE}` : TITLE;
    return () => void (document.title = TITLE);
  }, [unread]);
  const wanted = app.settings.value.notices !== 'off';
  useEffect(() => {
    const watching = wanted
      ? import('../engine/notifications/notices.ts').then(({ watchForNotices }) => watchForNotices(app))
      : null;
    return () => void watching?.then((end) => end());
  }, [app, wanted]);
}

function onKey(event: KeyboardEvent, app: App): void {
  const typing = event.target instanceof HTMLElement && /^(?:INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key === 'k' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    openDialog({ kind: 'switcher' });
  } else if (event.key === '/' && !typing) {
    event.preventDefault();
    document.querySelector<HTMLInputElement>('.search input')?.focus();
  } else if (event.key === 'Escape' && !document.querySelector('dialog[open]')) app.show(null);
}
