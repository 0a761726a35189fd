import '../../style/plain.css';
import { textOf, type Message } from '@fernspeak/conversation';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { App } from '../../engine/app.ts';
import type { PlainTalk } from '../../engine/plain/plain-talk.ts';
import { useAttempt } from '../parts/attempt.ts';
import { Footer } from '../parts/footer.tsx';
import { Lazy } from '../parts/lazy.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { nameInLine } from '../parts/text.ts';
import { clock, day } from '../parts/time.ts';

/** So many of the newest messages are on the page. */
const SHOWN = 200;

interface PlainPaneProps {
  readonly app: App;
  readonly talk: PlainTalk;
}

/** A channel that is read with a key: its readings as a plot, its messages as they came. */
export function PlainPane({ app, talk }: PlainPaneProps): JSX.Element {
  const readings = talk.readings.value;
  const name = nameInLine(talk.about.name);
  return (
    <main class="talk plain" aria-label={name}>
      <header>
        <button type="button" class="back quiet" aria-label="Back to the list" onClick={() => app.showPlain(null)}>
          ‹
        </button>
        <div class="title">
          <h1 dir="auto">{name}</h1>
          <p class="note">
            sealed with a key, not signed · {talk.messages.value.length} messages
            {talk.connection.value === 'connecting' && ' · reading …'}
          </p>
        </div>
        <div class="tools">
          <button type="button" onClick={() => void app.plain.value?.forget(talk)}>
            Forget it here
          </button>
        </div>
      </header>
      <div class="plain-body">
        {talk.problem.value && <ProblemNote problem={talk.problem.value} />}
        {readings && (
          <Lazy load={() => import('../readings/readings.tsx')}>
            {({ Readings }) => <Readings name={name} set={readings} />}
          </Lazy>
        )}
        <Messages messages={talk.messages.value} folded={readings !== null} />
      </div>
      {talk.about.writeKey !== null && <Write talk={talk} />}
      <Footer app={app} />
    </main>
  );
}

function Messages({
  messages,
  folded,
}: {
  readonly messages: readonly Message[];
  readonly folded: boolean;
}): JSX.Element {
  const shown = messages.slice(-SHOWN).toReversed();
  return (
    <details open={!folded}>
      <summary>
        {messages.length > SHOWN ? `The newest ${SHOWN} of ${messages.length} messages` : 'Messages, the newest first'}
      </summary>
      <ol class="plain-messages">
        {shown.map((message) => (
          <li key={`${message.entryId}.${message.field?.index ?? 0}`}>
            <time class="note" dateTime={message.storedAt}>
              {day(new Date(message.storedAt))} {clock(new Date(message.storedAt))}
            </time>
            {message.field && <b dir="auto">{nameInLine(message.field.name ?? `field${message.field.index}`)}</b>}
            <span dir="auto">{said(message)}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

function said({ content, readable }: Message): string {
  if (content === null) return 'does not open with this key';
  const text = textOf(content) ?? `${content.bytes.length} bytes that are no text`;
  return readable ? `${text} (not sealed: anyone can read it)` : text;
}

function Write({ talk }: { readonly talk: PlainTalk }): JSX.Element {
  const text = useSignal('');
  const { busy, problem, run } = useAttempt();
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.value.trim() === '') return;
        void run(async () => {
          await talk.send(text.value);
          text.value = '';
        });
      }}
    >
      <ProblemNote problem={problem.value} />
      <div class="line">
        <textarea
          rows={1}
          aria-label="Message"
          placeholder="Write a message"
          dir="auto"
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
        <button type="submit" class="primary" disabled={busy.value}>
          Send
        </button>
      </div>
    </form>
  );
}
