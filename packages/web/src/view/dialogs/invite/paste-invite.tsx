import { isInviteLink, readInvite } from '@fernspeak/conversation';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { problemOf } from '../../../engine/problem.ts';
import type { App } from '../../../engine/app.ts';
import { Field } from '../../parts/field.tsx';
import { Scanner } from '../../qr/scanner.tsx';
import { openDialog } from '../opened.ts';
import { Sheet } from '../sheet.tsx';

/** For a link that the browser does not bring here: pasted, from the camera, or from a picture. */
export function PasteInvite({ app }: { readonly app: App }): JSX.Element {
  const link = useSignal('');
  const wrong = useSignal<string | null>(null);
  const scanning = useSignal(false);
  const take = (text: string): boolean => {
    try {
      readInvite(text);
    } catch (error) {
      const { message, hint } = problemOf(error);
      wrong.value = hint === null ? message : `${message} ${hint}`;
      return false;
    }
    app.offer(text);
    openDialog({ kind: 'join' });
    return true;
  };
  return (
    <Sheet title="Open an invite">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          take(link.value);
        }}
      >
        <Field
          label="The invite’s link"
          value={link.value}
          error={wrong.value}
          hint="You are asked again before you join."
          onInput={(value) => {
            link.value = value;
            wrong.value = null;
          }}
        />
        <div class="choices">
          <button type="submit" class="primary">
            Open
          </button>
          <button type="button" aria-expanded={scanning.value} onClick={() => (scanning.value = !scanning.value)}>
            {scanning.value ? 'Stop scanning' : 'Scan a code'}
          </button>
          <button type="button" onClick={() => openDialog({ kind: 'add-plain' })}>
            Read a channel with a key
          </button>
        </div>
      </form>
      {scanning.value && <Scanner onCode={(text) => isInviteLink(text) && take(text)} />}
    </Sheet>
  );
}
