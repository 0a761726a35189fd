import type { JSX } from 'preact';
import type { ShownMessage } from '../../engine/model.ts';
import type { Talk } from '../../engine/talk/talk.ts';
import { CommandLine } from '../dialogs/command-line.tsx';
import { nameInLine } from '../parts/text.ts';

/** What was done last in a conversation, as a command that does the same. */
export function LastCommand({ talk }: { readonly talk: Talk }): JSX.Element {
  if (talk.isInMemory) return <></>;
  return (
    <footer>
      <CommandLine words={wordsOf(talk.last.value, nameInLine(talk.name.value))} />
    </footer>
  );
}

function wordsOf(last: ShownMessage | null, name: string): readonly string[] {
  if (last === null || !last.mine) return ['receive', name];
  return last.kind === 'hello' ? ['members', name] : ['send', name];
}
