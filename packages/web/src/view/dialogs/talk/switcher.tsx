import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { App } from '../../../engine/app.ts';
import { folded } from '../../../engine/search.ts';
import type { Talk } from '../../../engine/talk/talk.ts';
import { nameInLine } from '../../parts/text.ts';
import { closeDialog } from '../opened.ts';
import { Sheet } from '../sheet.tsx';

const LIST_ID = 'switcher-list';
const optionId = (at: number): string => `switcher-${at}`;

/** Goes to a conversation by a few letters of its name. */
export function Switcher({ app }: { readonly app: App }): JSX.Element {
  const wanted = useSignal('');
  const at = useSignal(0);
  // asked anew by each handler: keys may come faster than the list is drawn
  const matching = (): Talk[] =>
    app.talks.value.filter((talk) => folded(talk.name.value).includes(folded(wanted.value)));
  const found = matching();
  const go = (talk: Talk | undefined): void => {
    if (!talk) return;
    closeDialog();
    app.show(talk);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const { length } = matching();
    if (step === 0 || length === 0) return;
    event.preventDefault();
    at.value = (at.value + step + length) % length;
    document.getElementById(optionId(at.value))?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <Sheet title="Go to a conversation">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          go(matching()[at.value]);
        }}
      >
        <input
          type="text"
          role="combobox"
          autocomplete="off"
          aria-label="Name of a conversation"
          aria-expanded="true"
          aria-controls={LIST_ID}
          aria-activedescendant={found.length > 0 ? optionId(at.value) : undefined}
          value={wanted.value}
          onInput={(event) => {
            wanted.value = event.currentTarget.value;
            at.value = 0;
          }}
          onKeyDown={onKeyDown}
        />
      </form>
      <div id={LIST_ID} role="listbox" aria-label="Conversations" class="options">
        {found.map((talk, index) => (
          <div
            key={talk.about.conversationId}
            id={optionId(index)}
            role="option"
            aria-selected={index === at.value}
            dir="auto"
            onClick={() => go(talk)}
          >
            {nameInLine(talk.name.value)}
          </div>
        ))}
      </div>
      <p class="note" role="status">
        {found.length === 0 ? 'No conversation has this name.' : ''}
      </p>
    </Sheet>
  );
}
