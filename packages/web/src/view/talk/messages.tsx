import type { JSX } from 'preact';
import { Fragment } from 'preact';
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { App } from '../../engine/app.ts';
import type { ShownMessage } from '../../engine/model.ts';
import type { Talk } from '../../engine/talk/talk.ts';
import { day } from '../parts/time.ts';
import { Message } from './message.tsx';

/** So near the end counts as the end, in pixels. */
const NEAR = 80;

/** The messages; stays at the end while one is there, and where one is otherwise. */
export function Messages({ app, talk }: { readonly app: App; readonly talk: Talk }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useSignal(true);
  /** Height from the end before older messages came. */
  const fromEnd = useRef<number | null>(null);
  const messages = talk.messages.value;
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    if (fromEnd.current !== null) element.scrollTop = element.scrollHeight - fromEnd.current;
    else if (atEnd.value) element.scrollTop = element.scrollHeight;
    fromEnd.current = null;
  }, [messages]);
  useEffect(() => {
    const element = box.current;
    const observer = new ResizeObserver(() => {
      if (element && atEnd.value) element.scrollTop = element.scrollHeight;
    });
    if (element) observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const onScroll = (): void => {
    const element = box.current;
    if (!element) return;
    atEnd.value = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    if (element.scrollTop < NEAR && talk.hasOlder.value && fromEnd.current === null) {
      fromEnd.current = element.scrollHeight - element.scrollTop;
      void talk.older();
    }
  };
  return (
    <div class="messages-frame">
      <div class="messages" ref={box} onScroll={onScroll} role="log" aria-label="Messages" tabIndex={0}>
        <ol>
          {messages.map((message, at) => (
            <Fragment key={message.key}>
              <Separator message={message} before={messages[at - 1]} />
              <Message app={app} talk={talk} message={message} named={!goesOn(message, messages[at - 1])} />
            </Fragment>
          ))}
        </ol>
      </div>
      {!atEnd.value && (
        <button type="button" class="to-end" onClick={() => box.current?.scrollTo({ top: box.current.scrollHeight })}>
          ↓ Newest
        </button>
      )}
    </div>
  );
}

/** Whether it follows another message of the same sender; that somebody joined is none. */
function goesOn({ sender }: ShownMessage, before: ShownMessage | undefined): boolean {
  return before !== undefined && before.kind !== 'hello' && before.sender?.id === sender?.id;
}

/** Where a new day begins. */
function Separator({
  message,
  before,
}: {
  readonly message: ShownMessage;
  readonly before: ShownMessage | undefined;
}): JSX.Element {
  if (before?.at.toDateString() === message.at.toDateString()) return <></>;
  return (
    <li class="day">
      <span>{day(message.at)}</span>
    </li>
  );
}
