import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { App } from '../../engine/app.ts';
import { sendFiles, uploadsOf } from '../../engine/files/uploads.ts';
import type { Talk } from '../../engine/talk/talk.ts';
import { FileButton, filesIn } from '../files/file-button.tsx';
import { useAttempt } from '../parts/attempt.ts';
import { Lazy } from '../parts/lazy.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import type { Cost } from '../../engine/talk/cost.ts';

/** Where one writes, and how long it will look to the relay. */
export function Composer({ app, talk }: { readonly app: App; readonly talk: Talk }): JSX.Element {
  const text = useSignal('');
  const field = useRef<HTMLTextAreaElement>(null);
  const { problem, run } = useAttempt();
  const uploads = uploadsOf(talk).value;
  const sendAll = (files: Iterable<File>): void => sendFiles(app, talk, files);
  const send = (anyway = false): Promise<void> =>
    run(async () => {
      if (text.value.trim() === '') return;
      await talk.send(text.value, { anyway });
      text.value = '';
      if (field.current) field.current.style.height = '';
      field.current?.focus();
    });
  const onKeyDown = (event: KeyboardEvent): void => {
    // a keyboard that is touched has no Shift-Enter, and an input method ends a word with Enter
    const enterSends = matchMedia('(pointer: fine)').matches;
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || !enterSends) return;
    event.preventDefault();
    void send();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <ProblemNote problem={problem.value} />
      {problem.value?.code === 'identity-changed' && (
        <button type="button" onClick={() => void send(true)}>
          Send anyway once
        </button>
      )}
      {uploads.length > 0 && (
        <Lazy load={() => import('../files/uploads.tsx')}>{({ Uploads }) => <Uploads uploads={uploads} />}</Lazy>
      )}
      <div class="line">
        {!talk.isInMemory && <FileButton send={sendAll} />}
        <textarea
          ref={field}
          rows={1}
          placeholder="Write a message"
          aria-label="Message"
          dir="auto"
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
            event.currentTarget.style.height = 'auto';
            event.currentTarget.style.height = `${event.currentTarget.scrollHeight}px`;
          }}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            const files = filesIn(event.clipboardData);
            if (files.length === 0) return;
            event.preventDefault();
            sendAll(files);
          }}
        />
        <Size cost={talk.costOf(text.value)} />
        <button type="submit" class="primary">
          Send
        </button>
      </div>
      <p class="note keys">Enter sends · Shift-Enter new line</p>
    </form>
  );
}

/** What the relay will see, and how long it takes. */
function Size({ cost: { size, entries, seconds, refused } }: { readonly cost: Cost }): JSX.Element {
  if (refused !== null) return <span class="size error">{refused}</span>;
  return (
    <span class="size" title="What the relay will see of it">
      relay will see {size} characters
      {entries > 1 && ` · ${entries} entries`}
      {seconds !== null && `, ${entries > 1 ? 'about' : 'up to'} ${seconds} s`}
    </span>
  );
}
