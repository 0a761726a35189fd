import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { App } from '../../engine/app.ts';
import { closeDialog } from '../dialogs/opened.ts';
import { Sheet } from '../dialogs/sheet.tsx';
import { OpenRecovery } from './open-recovery.tsx';
import { SaveRecovery } from './save-recovery.tsx';

interface RecoveryProps {
  readonly app: App;
  readonly what: 'save' | 'open';
}

/** The dialogs about recovery files. */
export function Recovery({ app, what }: RecoveryProps): JSX.Element {
  return what === 'save' ? <SaveRecovery app={app} /> : <Open app={app} />;
}

function Open({ app }: { readonly app: App }): JSX.Element {
  const taken = useSignal<number | null>(null);
  if (taken.value === null) {
    return (
      <Sheet title="Open a recovery file">
        <OpenRecovery app={app} onDone={(count) => (taken.value = count)} cancel={closeDialog} />
      </Sheet>
    );
  }
  return (
    <Sheet title="Opened">
      <p role="status">
        {taken.value === 0 ? 'You have all of its conversations already.' : `New in the list: ${taken.value}.`}
      </p>
      <div class="choices">
        <button type="button" class="primary" onClick={closeDialog}>
          Done
        </button>
      </div>
    </Sheet>
  );
}
