import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';

/** Chooses files to send. */
export function FileButton({ send }: { readonly send: (files: Iterable<File>) => void }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="quiet" aria-label="Send a file" onClick={() => input.current?.click()}>
        <span aria-hidden="true">+</span>
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to send"
        onChange={(event) => {
          send([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}

/** Files of a paste; none where it was text. */
export function filesIn(data: DataTransfer | null): readonly File[] {
  return [...(data?.files ?? [])];
}

interface DropTarget {
  readonly onDragOver: (event: DragEvent) => void;
  readonly onDrop: (event: DragEvent) => void;
}

/** For an element on which files may be dropped. */
export function dropTarget(send: (files: Iterable<File>) => void): DropTarget {
  return {
    onDragOver: (event) => {
      if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault();
    },
    onDrop: (event) => {
      const files = filesIn(event.dataTransfer);
      if (files.length === 0) return;
      event.preventDefault();
      send(files);
    },
  };
}
