import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { App } from '../../engine/app.ts';
import type { Found } from '../../engine/search.ts';
import type { Talk } from '../../engine/talk/talk.ts';
import { openDialog } from '../dialogs/opened.ts';
import { Lazy } from '../parts/lazy.tsx';
import { initial, nameInLine } from '../parts/text.ts';
import { short } from '../parts/time.ts';
import { TrustMark } from '../parts/trust-mark.tsx';
import { said } from '../talk/words.ts';

/** All conversations, the newest activity first; and what was found in them. */
export function List({ app }: { readonly app: App }): JSX.Element {
  const wanted = useSignal('');
  const found = useSignal<readonly Found[]>([]);
  const search = (text: string): void => {
    wanted.value = text;
    void app.search(text).then((all) => {
      if (wanted.value === text) found.value = all;
    });
  };
  return (
    <nav class="list" aria-label="Conversations">
      <header>
        <h1>Messages</h1>
        <button type="button" class="quiet" onClick={() => openDialog({ kind: 'settings' })}>
          Settings
        </button>
      </header>
      <div class="search">
        <input
          type="search"
          placeholder="Search"
          aria-label="Search in all conversations"
          value={wanted.value}
          onInput={(event) => search(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            search('');
          }}
        />
        <kbd>Ctrl-K</kbd>
      </div>
      {wanted.value.trim() === '' ? <Talks app={app} /> : <FoundList app={app} found={found.value} />}
      {app.hasCompany.value && (
        <Lazy load={() => import('../recovery/reminder.tsx')}>{({ Reminder }) => <Reminder app={app} />}</Lazy>
      )}
      <div class="actions">
        <button type="button" onClick={() => openDialog({ kind: 'create' })}>
          New conversation
        </button>
        <button type="button" onClick={() => openDialog({ kind: 'paste-invite' })}>
          Open an invite
        </button>
      </div>
    </nav>
  );
}

/** Channels that are read with a key: further lines of the list. */
function Channels({ app }: { readonly app: App }): JSX.Element {
  const plain = app.plain.value;
  const all = plain?.all.value ?? [];
  return (
    <>
      {all.map((talk) => (
        <li key={`${talk.about.address} ${talk.about.name}`}>
          <button
            type="button"
            class="row"
            aria-current={plain?.current.value === talk ? 'true' : undefined}
            onClick={() => app.showPlain(talk)}
          >
            <span class="avatar" aria-hidden="true">
              ∿
            </span>
            <span class="name" dir="auto">
              {nameInLine(talk.about.name)}
            </span>
            <span class="when" />
            <span class="preview">{talk.messages.value.length} messages, not signed</span>
          </button>
        </li>
      ))}
    </>
  );
}

function Talks({ app }: { readonly app: App }): JSX.Element {
  const talks = app.talks.value;
  if (talks.length === 0 && app.plain.value === null) {
    return (
      <div class="empty">
        <p>No conversation yet.</p>
        <button type="button" onClick={() => void app.talkToYourself()}>
          Talk to yourself
        </button>
      </div>
    );
  }
  return (
    <ul class="talks">
      {talks.map((talk) => (
        <li key={talk.about.conversationId}>
          <Row talk={talk} current={app.current.value === talk} show={() => app.show(talk)} />
        </li>
      ))}
      <Channels app={app} />
    </ul>
  );
}

function Row({
  talk,
  current,
  show,
}: {
  readonly talk: Talk;
  readonly current: boolean;
  readonly show: () => void;
}): JSX.Element {
  const last = talk.last.value;
  const unread = talk.unread.value;
  const name = nameInLine(talk.name.value);
  return (
    <button type="button" class="row" aria-current={current ? 'true' : undefined} onClick={show}>
      <span class="avatar" aria-hidden="true">
        {initial(name)}
      </span>
      <span class="name" dir="auto">
        {name}
      </span>
      <time class="when">{last ? short(last.at) : ''}</time>
      <span class="preview" dir="auto">
        {last ? said(last) : ''}
      </span>
      {unread > 0 ? (
        <span class="unread">
          {unread}
          <span class="unseen"> unread</span>
        </span>
      ) : (
        <TrustMark trust={talk.trust.value} />
      )}
    </button>
  );
}

function FoundList({ app, found }: { readonly app: App; readonly found: readonly Found[] }): JSX.Element {
  return (
    <div role="status">
      <p class="note">{found.length === 0 ? 'Nothing was found.' : `${found.length} found`}</p>
      <ul class="talks">
        {found.map(({ talk, message }) => (
          <li key={`${talk.id} ${message.key}`}>
            <button type="button" class="row" onClick={() => app.show(talk)}>
              <span class="avatar" aria-hidden="true">
                {initial(talk.name.value)}
              </span>
              <span class="name" dir="auto">
                {nameInLine(talk.name.value)}
              </span>
              <time class="when">{short(message.at)}</time>
              <span class="preview" dir="auto">
                {message.text}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
