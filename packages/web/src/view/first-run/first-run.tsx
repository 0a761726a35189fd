import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { App } from '../../engine/app.ts';
import { useAttempt } from '../parts/attempt.ts';
import { Field } from '../parts/field.tsx';
import { Lazy } from '../parts/lazy.tsx';
import { Footer } from '../parts/footer.tsx';
import { nameInLine } from '../parts/text.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Picture } from './picture.tsx';

/** What this is, for somebody who was sent a link; and the two questions of a first run. */
export function FirstRun({ app }: { readonly app: App }): JSX.Element {
  const offered = app.offered.value;
  const recovering = useSignal(false);
  return (
    <div class="first-run">
      <main>
        <h1>Messages that only you and the others can read</h1>
        <Picture />
        <p>
          What you write is sealed in this browser before it leaves. The relay in the middle stores it and passes it on;
          it cannot read it, and when it hides, changes or reorders something, you are told. There is no account.
        </p>
        {offered && (
          <p class="strip" role="status">
            You were invited to a conversation on <b>{offered.place}</b>. Say your name first; then you can join.
          </p>
        )}
        {recovering.value ? (
          <Lazy load={() => import('../recovery/open-recovery.tsx')}>
            {({ OpenRecovery }) => (
              <OpenRecovery app={app} onDone={() => {}} cancel={() => (recovering.value = false)} />
            )}
          </Lazy>
        ) : (
          <>
            <Begin app={app} invited={offered?.invite.name ?? (offered && '')} />
            <button type="button" class="quiet" onClick={() => (recovering.value = true)}>
              Open a recovery file
            </button>
          </>
        )}
      </main>
      <Footer app={app} />
    </div>
  );
}

/** @param invited what the invite that was opened offers as a name; null: none was opened */
function Begin({ app, invited }: { readonly app: App; readonly invited: string | null }): JSX.Element {
  const name = useSignal(nameInLine(invited ?? ''));
  const locked = useSignal(false);
  const [passphrase, again] = [useSignal(''), useSignal('')];
  const { busy, problem, run } = useAttempt();
  const differ = locked.value && again.value !== '' && again.value !== passphrase.value;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (locked.value && (passphrase.value === '' || passphrase.value !== again.value)) return;
        void run(() => app.begin({ name: name.value, passphrase: locked.value ? passphrase.value : null }));
      }}
    >
      <Field
        label="Your name (optional)"
        autoComplete="nickname"
        autoFocus
        value={name.value}
        onInput={(value) => (name.value = value)}
        hint="As the others in a conversation see it."
      />
      <label class="check">
        <input
          type="checkbox"
          checked={locked.value}
          onChange={(event) => (locked.value = event.currentTarget.checked)}
        />
        Protect what this browser keeps with a passphrase
      </label>
      {locked.value && (
        <>
          <Field
            label="Passphrase"
            type="password"
            autoComplete="new-password"
            value={passphrase.value}
            onInput={(value) => (passphrase.value = value)}
            hint="Opening takes about two seconds. Nobody can reset it."
          />
          <Field
            label="The same again"
            type="password"
            autoComplete="new-password"
            value={again.value}
            onInput={(value) => (again.value = value)}
            error={differ ? 'These are not the same.' : null}
          />
        </>
      )}
      <ProblemNote problem={problem.value} />
      <button type="submit" class="primary" disabled={busy.value}>
        {busy.value ? 'Making your key …' : invited === null ? 'Talk to yourself' : 'Go on'}
      </button>
    </form>
  );
}
