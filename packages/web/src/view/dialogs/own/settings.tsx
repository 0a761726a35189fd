import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { App } from '../../../engine/app.ts';
import type { Settings as Values } from '../../../engine/model.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Field } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { openDialog } from '../opened.ts';
import { Sheet } from '../sheet.tsx';
import { Notices } from './notices.tsx';

const THEMES: readonly (readonly [Values['theme'], string])[] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];
const MINUTES: readonly (readonly [number | null, string])[] = [
  [5, '5 minutes'],
  [15, '15 minutes'],
  [60, 'an hour'],
  [null, 'never'],
];

/** What this profile does; each change holds at once. */
export function Settings({ app }: { readonly app: App }): JSX.Element {
  const { run, problem } = useAttempt();
  const change = (settings: Partial<Values>): void => void run(() => app.change(settings));
  const { me, theme, acknowledge } = app.settings.value;
  return (
    <Sheet title="Settings">
      <Name me={me} save={(name) => change({ me: name })} />
      <fieldset>
        <legend>Colours</legend>
        {THEMES.map(([value, words]) => (
          <label class="check" key={value}>
            <input type="radio" name="theme" checked={theme === value} onChange={() => change({ theme: value })} />
            {words}
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>Others</legend>
        <label class="check">
          <input
            type="checkbox"
            checked={acknowledge}
            onChange={(event) => change({ acknowledge: event.currentTarget.checked })}
          />
          Say to others what has arrived here
        </label>
        <p class="note">From the next start on. What others see as “received by” comes from this.</p>
      </fieldset>
      <Notices app={app} change={change} />
      <Lock app={app} change={change} />
      <Storage />
      <fieldset>
        <legend>Recovery</legend>
        <p>A file brings your conversations back when this browser loses them.</p>
        <div class="choices">
          <button type="button" onClick={() => openDialog({ kind: 'recovery', what: 'save' })}>
            Save a recovery file
          </button>
          <button type="button" onClick={() => openDialog({ kind: 'recovery', what: 'open' })}>
            Open a recovery file
          </button>
        </div>
      </fieldset>
      <ProblemNote problem={problem.value} />
      <div class="choices">
        <button type="button" onClick={() => openDialog({ kind: 'about' })}>
          About, and who can do what
        </button>
      </div>
    </Sheet>
  );
}

function Name({ me, save }: { readonly me: string; readonly save: (name: string) => void }): JSX.Element {
  const name = useSignal(me);
  const saved = name.value.trim() === me;
  return (
    <form
      class="line"
      onSubmit={(event) => {
        event.preventDefault();
        save(name.value.trim());
      }}
    >
      <Field
        label="Your name"
        autoComplete="nickname"
        value={name.value}
        onInput={(value) => (name.value = value)}
        hint="In conversations that you make or join from now on."
      />
      <button type="submit" disabled={saved}>
        Save name
      </button>
    </form>
  );
}

interface LockProps {
  readonly app: App;
  readonly change: (settings: Partial<Values>) => void;
}

function Lock({ app, change }: LockProps): JSX.Element {
  const { lockAfterMinutes } = app.settings.value;
  const locked = app.hasPassphrase.value;
  return (
    <fieldset>
      <legend>Passphrase</legend>
      <p>
        {locked
          ? 'What this browser keeps is sealed under your passphrase.'
          : 'Whoever can use this browser can read what it keeps.'}
      </p>
      {locked && (
        <label class="select">
          <span>Lock after</span>
          <select
            value={String(lockAfterMinutes)}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              change({ lockAfterMinutes: chosen === 'null' ? null : Number(chosen) });
            }}
          >
            {MINUTES.map(([minutes, words]) => (
              <option key={words} value={String(minutes)}>
                {words}
              </option>
            ))}
          </select>
        </label>
      )}
      <div class="choices">
        <button type="button" onClick={() => openDialog({ kind: 'passphrase' })}>
          {locked ? 'Change or remove it' : 'Set a passphrase'}
        </button>
        {locked && (
          <button type="button" onClick={() => app.lock()}>
            Lock now
          </button>
        )}
      </div>
    </fieldset>
  );
}

/** Whether the browser may throw away what the app keeps. */
function Storage(): JSX.Element {
  const kept = useSignal<boolean | null>(null);
  const asked = useSignal(false);
  useEffect(() => {
    void navigator.storage.persisted().then((persisted) => (kept.value = persisted));
  }, []);
  const ask = async (): Promise<void> => {
    kept.value = await navigator.storage.persist();
    asked.value = true;
  };
  return (
    <fieldset>
      <legend>Storage</legend>
      <p role="status">
        {kept.value === null && '…'}
        {kept.value === true && 'The browser keeps your messages and keys until you remove them.'}
        {kept.value === false &&
          'When its disk is full, the browser may throw away your messages and keys. There is no other copy of the key.'}
        {kept.value === false && asked.value && ' It does not allow more now: install the app, or add a bookmark.'}
      </p>
      {kept.value === false && (
        <button type="button" onClick={() => void ask()}>
          Ask the browser to keep them
        </button>
      )}
    </fieldset>
  );
}
