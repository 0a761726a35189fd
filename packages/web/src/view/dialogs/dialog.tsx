import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { App } from '../../engine/app.ts';
import { Content } from './content.tsx';
import { TITLE_ID } from './sheet.tsx';
import { closeDialog, opened } from './opened.ts';

export { closeDialog, openDialog, type Opened } from './opened.ts';

/** Shows the dialog that is open. What is behind cannot be reached meanwhile; Esc closes. */
export function Dialogs({ app }: { readonly app: App }): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  const dialog = opened.value;
  const usable = app.phase.value.kind === 'open';
  useEffect(() => {
    if (!usable) closeDialog();
  }, [usable]);
  useEffect(() => {
    // its own `close` gives the focus back, so the element stays
    if (dialog && !element.current?.open) element.current?.showModal();
    else if (!dialog) element.current?.close();
  }, [dialog]);
  return (
    <dialog ref={element} class={`dialog ${dialog?.kind ?? ''}`} aria-labelledby={TITLE_ID} onClose={closeDialog}>
      {dialog && usable && <Content key={dialog.kind} app={app} dialog={dialog} />}
    </dialog>
  );
}
