import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { App } from '../../engine/app.ts';
import { Content } from './content.tsx';
import { TITLE_ID } from './sheet.tsx';
import { closeDialog, opened } from './opened.ts';

/** Shows the dialog that is open. What is behind cannot be reached meanwhile; Esc closes. */
export function Dialogs({ app }: { readonly app: App }): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  /** How many closings of ours the browser has not told yet. */
  const closed = useRef(0);
  const dialog = opened.value;
  const usable = app.phase.value.kind === 'open';
  useEffect(() => {
    if (!usable) closeDialog();
  }, [usable]);
  useLayoutEffect(() => {
    // its own `close` gives the focus back, so the element stays
    if (dialog && !element.current?.open) element.current?.showModal();
    else if (!dialog && element.current?.open) {
      closed.current += 1;
      element.current.close();
    }
  }, [dialog]);
  const onCancel = (event: Event): void => {
    if (event.target !== element.current) return; // a file picker inside was given up
    event.preventDefault();
    closeDialog();
  };
  const onClose = (): void => {
    // told late, when another one may have been opened: only what the browser closed by itself counts
    if (closed.current > 0) closed.current -= 1;
    else closeDialog();
  };
  return (
    <dialog
      ref={element}
      class={`dialog ${dialog?.kind ?? ''}`}
      aria-labelledby={TITLE_ID}
      onCancel={onCancel}
      onClose={onClose}
    >
      {dialog && usable && <Content key={dialog.kind} app={app} dialog={dialog} />}
    </dialog>
  );
}
