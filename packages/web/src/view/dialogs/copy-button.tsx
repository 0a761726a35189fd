import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

interface CopyButtonProps {
  readonly text: string;
  readonly label?: string;
}

/** Puts a text on the clipboard, and says whether that worked. */
export function CopyButton({ text, label = 'Copy' }: CopyButtonProps): JSX.Element {
  const said = useSignal('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      said.value = 'Copied.';
    } catch {
      said.value = 'The browser does not allow it: select and copy by hand.';
    }
  };
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        {label}
      </button>
      <span class="note" role="status">
        {said.value}
      </span>
    </>
  );
}
