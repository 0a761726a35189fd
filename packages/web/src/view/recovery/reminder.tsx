import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { App } from '../../engine/app.ts';
import { putOff, standingOf } from '../../engine/recovery/reminder.ts';
import { openDialog, opened } from '../dialogs/opened.ts';

/** After the first conversation with somebody, and once more after a week: there is no other copy. */
export function Reminder({ app }: { readonly app: App }): JSX.Element {
  const due = useSignal(false);
  const dialog = opened.value?.kind;
  useEffect(() => {
    void standingOf(app).then((standing) => (due.value = standing.due));
  }, [app, dialog]);
  const dismiss = (): void => {
    due.value = false;
    void putOff(app);
  };
  if (!due.value) return <></>;
  return (
    <section class="strip reminder" aria-label="Recovery file">
      <p>When this browser loses its data, your conversations are gone. A recovery file brings them back.</p>
      <div class="choices">
        <button type="button" onClick={() => openDialog({ kind: 'recovery', what: 'save' })}>
          Save one
        </button>
        <button type="button" class="quiet" onClick={dismiss}>
          Not now
        </button>
      </div>
    </section>
  );
}
