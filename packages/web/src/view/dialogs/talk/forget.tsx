import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { App } from '../../../engine/app.ts';
import type { Talk } from '../../../engine/talk/talk.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Field } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { CommandLine } from '../command-line.tsx';
import { closeDialog } from '../opened.ts';
import { Sheet } from '../sheet.tsx';

/** Removes a conversation from this browser, when its name was typed. */
export function Forget({ app, talk }: { readonly app: App; readonly talk: Talk }): JSX.Element {
  const typed = useSignal('');
  const wrong = useSignal(false);
  const { busy, problem, run } = useAttempt();
  const { name } = talk.about;
  return (
    <Sheet title="Forget this conversation?">
      <p>
        Its messages and its key go from this browser, for good. The others keep theirs, and the relay keeps what it
        has. Without a new invite you cannot come back.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          wrong.value = typed.value.trim() !== name.trim();
          if (wrong.value) return;
          void run(async () => {
            await app.forget(talk);
            closeDialog();
          });
        }}
      >
        <p>
          Type its name to go on: <strong dir="auto">{name}</strong>
        </p>
        <Field
          label="Name of the conversation"
          value={typed.value}
          error={wrong.value ? 'This is not its name.' : null}
          onInput={(value) => {
            typed.value = value;
            wrong.value = false;
          }}
        />
        <ProblemNote problem={problem.value} />
        <div class="choices">
          <button type="submit" class="danger" disabled={busy.value}>
            Forget it
          </button>
          <button type="button" onClick={closeDialog}>
            Keep it
          </button>
        </div>
      </form>
      <CommandLine words={['forget', name]} />
    </Sheet>
  );
}
