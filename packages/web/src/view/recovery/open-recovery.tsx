import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { App } from '../../engine/app.ts';
import { problemOf } from '../../engine/problem.ts';
import { beginAgain, lookInto, restore, type Opened } from '../../engine/recovery/recovery.ts';
import { useAttempt } from '../parts/attempt.ts';
import { Field } from '../parts/field.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { nameInLine } from '../parts/text.ts';
import { day } from '../parts/time.ts';

/** So many names are shown before anything is taken. */
const NAMES = 12;

interface OpenRecoveryProps {
  readonly app: App;
  /** After its conversations were taken up: how many are new. */
  readonly onDone: (count: number) => void;
  readonly cancel: () => void;
}

/** Opens a recovery file, says what is in it, and takes it up by a click. Without a profile: makes one. */
export function OpenRecovery(props: OpenRecoveryProps): JSX.Element {
  const [file, passphrase] = [useSignal<File | null>(null), useSignal('')];
  const opened = useSignal<Opened | null>(null);
  const id = useId();
  const { busy, problem, run } = useAttempt();
  const look = (from: File): Promise<void> =>
    run(async () => (opened.value = await lookInto(props.app, from, passphrase.value)));
  if (opened.value) return <Found {...props} opened={opened.value} passphrase={passphrase.value} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (file.value) void look(file.value);
      }}
    >
      <div class="field">
        <label for={id}>Recovery file</label>
        <input
          id={id}
          type="file"
          aria-describedby={`${id}-note`}
          onChange={(event) => (file.value = event.currentTarget.files?.[0] ?? null)}
        />
        <p id={`${id}-note`} class="note">
          It is called fernspeak-recovery, with the day when it was saved.
        </p>
      </div>
      <Field
        label="Its passphrase"
        type="password"
        value={passphrase.value}
        onInput={(value) => (passphrase.value = value)}
        hint="Opening takes about two seconds. Nothing is taken yet."
      />
      <ProblemNote problem={problem.value} />
      <div class="choices">
        <button type="submit" class="primary" disabled={busy.value || file.value === null || passphrase.value === ''}>
          {busy.value ? 'Opening …' : 'Open the file'}
        </button>
        <button type="button" onClick={props.cancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}

interface FoundProps extends OpenRecoveryProps {
  readonly opened: Opened;
  readonly passphrase: string;
}

function Found({ app, opened, passphrase, onDone, cancel }: FoundProps): JSX.Element {
  const isNew = app.phase.value.kind === 'new';
  const locked = useSignal(false);
  const { busy, problem, run } = useAttempt();
  const take = (): Promise<void> =>
    run(async () => {
      if (!isNew) return onDone(await restore(app, opened));
      // this form goes as soon as there is a profile
      await beginAgain(app, opened, locked.value ? passphrase : null).catch((error: unknown) => {
        app.problem.value = problemOf(error);
        throw error;
      });
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void take();
      }}
    >
      <Content opened={opened} />
      {isNew && (
        <label class="check">
          <input
            type="checkbox"
            checked={locked.value}
            onChange={(event) => (locked.value = event.currentTarget.checked)}
          />
          Protect what this browser keeps with the same passphrase
        </label>
      )}
      <ProblemNote problem={problem.value} />
      <div class="choices">
        <button type="submit" class="primary" disabled={busy.value || opened.reachable.length === 0}>
          {busy.value ? 'Joining …' : 'Join them from here'}
        </button>
        <button type="button" onClick={cancel}>
          Not now
        </button>
      </div>
    </form>
  );
}

function Content({ opened: { recovery, reachable, elsewhere } }: { readonly opened: Opened }): JSX.Element {
  const more = reachable.length - NAMES;
  return (
    <>
      <p>
        Saved on {day(recovery.savedAt)}. This browser joins as a new device of yours; messages come from the relay.
      </p>
      {reachable.length === 0 && <p>There is no conversation in it that can be reached from here.</p>}
      <ul class="found">
        {reachable.slice(0, NAMES).map(({ name, invite }) => (
          <li key={invite.conversationId.join()} dir="auto">
            {nameInLine(name)}
          </li>
        ))}
      </ul>
      {more > 0 && <p>And {more} more.</p>}
      {elsewhere.length > 0 && (
        <p class="strip" role="note">
          Others lie elsewhere, and this page may not go there: {elsewhere.join(', ')}. Open the file there as well, or
          run the app from your own computer: <code>fernspeak web</code>
        </p>
      )}
    </>
  );
}
