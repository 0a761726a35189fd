import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { App } from '../../../engine/app.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Field } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { NewPassphrase } from '../new-passphrase.tsx';
import { openDialog } from '../opened.ts';
import { Sheet } from '../sheet.tsx';

/** Sets, changes or removes the passphrase of what this browser keeps. */
export function Passphrase({ app }: { readonly app: App }): JSX.Element {
  const had = app.hasPassphrase.value;
  const was = useSignal('');
  const next = useSignal<string | null>(null);
  const { busy, problem, run } = useAttempt();
  const set = (passphrase: string | null): Promise<void> =>
    run(async () => {
      await app.setPassphrase(had ? was.value : null, passphrase);
      openDialog({ kind: 'settings' });
    });
  return (
    <Sheet title={had ? 'Change the passphrase' : 'Set a passphrase'}>
      <p>
        Opening the app takes about two seconds then. Nobody can reset it: without it, all that is kept here is lost.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (next.value !== null) void set(next.value);
        }}
      >
        {had && (
          <Field
            label="The passphrase until now"
            type="password"
            autoComplete="current-password"
            value={was.value}
            onInput={(value) => (was.value = value)}
          />
        )}
        <NewPassphrase onChange={(usable) => (next.value = usable)} />
        <ProblemNote problem={problem.value} />
        <div class="choices">
          <button type="submit" class="primary" disabled={busy.value || next.value === null}>
            {busy.value ? 'Sealing everything anew …' : 'Set it'}
          </button>
          {had && (
            <button
              type="button"
              class="danger"
              disabled={busy.value || was.value === ''}
              onClick={() => void set(null)}
            >
              Remove it
            </button>
          )}
        </div>
      </form>
    </Sheet>
  );
}
