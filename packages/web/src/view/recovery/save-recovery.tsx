import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { App } from '../../engine/app.ts';
import { isKept, saveRecovery } from '../../engine/recovery/recovery.ts';
import { standingOf, type Standing } from '../../engine/recovery/reminder.ts';
import { NewPassphrase } from '../dialogs/new-passphrase.tsx';
import { closeDialog, openDialog } from '../dialogs/opened.ts';
import { Sheet } from '../dialogs/sheet.tsx';
import { save } from '../dialogs/talk/save.ts';
import { useAttempt } from '../parts/attempt.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { day } from '../parts/time.ts';

/** Saves a recovery file under a passphrase of its own. */
export function SaveRecovery({ app }: { readonly app: App }): JSX.Element {
  const passphrase = useSignal<string | null>(null);
  const saved = useSignal<number | null>(null);
  const { busy, problem, run } = useAttempt();
  const count = app.talks.value.filter(({ about }) => isKept(about)).length;
  const give = (chosen: string): Promise<void> =>
    run(async () => {
      const text = await saveRecovery(app, chosen);
      save(`fernspeak-recovery-${new Date().toISOString().slice(0, 10)}.txt`, new Blob([text], { type: 'text/plain' }));
      saved.value = count;
    });
  if (saved.value !== null) return <Done count={saved.value} />;
  return (
    <Sheet title="Save a recovery file">
      <p>
        When this browser loses its data, the file brings your conversations back, here or in another browser. Messages
        come from the relay again. The others see a new device with your name, and verify it again.
      </p>
      <Before app={app} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (passphrase.value !== null) void give(passphrase.value);
        }}
      >
        <p>
          It is sealed under a passphrase. Whoever has both can read everything, and nobody can reset the passphrase.
        </p>
        <NewPassphrase onChange={(usable) => (passphrase.value = usable)} />
        <ProblemNote problem={problem.value} />
        <div class="choices">
          <button type="submit" class="primary" disabled={busy.value || passphrase.value === null}>
            {busy.value ? 'Sealing …' : 'Save the file'}
          </button>
          <button type="button" onClick={() => openDialog({ kind: 'recovery', what: 'open' })}>
            Open one instead
          </button>
        </div>
      </form>
    </Sheet>
  );
}

/** What the last file has, and has not. */
function Before({ app }: { readonly app: App }): JSX.Element {
  const standing = useSignal<Standing | null>(null);
  useEffect(() => {
    void standingOf(app).then((found) => (standing.value = found));
  }, [app]);
  const { savedAt = null, saved } = standing.value ?? {};
  if (savedAt === null) return <></>;
  const missing = app.talks.value.filter(({ about }) => isKept(about) && saved?.has(about.conversationId) !== true);
  return (
    <p class="note">
      The last one was saved on {day(savedAt)}.{' '}
      {missing.length > 0 &&
        `${conversations(missing.length)} of today ${missing.length === 1 ? 'is' : 'are'} not in it.`}
    </p>
  );
}

function Done({ count }: { readonly count: number }): JSX.Element {
  return (
    <Sheet title="Recovery file saved">
      <p role="status">
        {conversations(count)} {count === 1 ? 'is' : 'are'} in it. Keep it where you find it when this browser is gone:
        on a stick, or with your other backups. Keep the passphrase somewhere else.
      </p>
      <p class="note">Conversations that you make or join later are not in it: save a new one then.</p>
      <div class="choices">
        <button type="button" class="primary" onClick={closeDialog}>
          Done
        </button>
      </div>
    </Sheet>
  );
}

function conversations(count: number): string {
  return count === 1 ? '1 conversation' : `${count} conversations`;
}
