import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { closeDialog } from './opened.ts';

/** The heading that names the dialog. */
export const TITLE_ID = 'dialog-title';

const FIRST = 'input:not([type=file], [type=radio]), textarea, select';

interface SheetProps {
  readonly title: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A dialog's heading, its content, and the way out. The first field has the focus, else the heading. */
export function Sheet({ title, children }: SheetProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const field = heading.current?.closest('dialog')?.querySelector<HTMLElement>(FIRST);
    (field ?? heading.current)?.focus();
  }, []);
  return (
    <>
      <header>
        <h2 id={TITLE_ID} ref={heading} tabIndex={-1} dir="auto">
          {title}
        </h2>
        <button type="button" class="quiet close" aria-label="Close" onClick={closeDialog}>
          <span aria-hidden="true">×</span>
        </button>
      </header>
      {children}
    </>
  );
}
