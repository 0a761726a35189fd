import type { JSX } from 'preact';
import type { Talk } from '../../../engine/talk/talk.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { nameInLine } from '../../parts/text.ts';
import { Sheet } from '../sheet.tsx';
import { save } from './save.ts';
import { asCsv, asJson, rowsOf } from './transcript.ts';

const KINDS = { csv: 'text/csv', json: 'application/json' } as const;

/** Saves what was written in a conversation to a readable file. */
export function Export({ talk }: { readonly talk: Talk }): JSX.Element {
  const { busy, problem, run } = useAttempt();
  const give = (kind: keyof typeof KINDS): Promise<void> =>
    run(async () => {
      const rows = rowsOf(await talk.history());
      save(`${fileName(talk)}.${kind}`, new Blob([kind === 'csv' ? asCsv(rows) : asJson(rows)], { type: KINDS[kind] }));
    });
  return (
    <Sheet title="Save a copy">
      <p>
        All messages that this browser has, opened. Whoever has the file can read it: keep it as you keep what is in it.
      </p>
      <ProblemNote problem={problem.value} />
      <div class="choices">
        <button type="button" class="primary" disabled={busy.value} onClick={() => void give('csv')}>
          For a spreadsheet (CSV)
        </button>
        <button type="button" disabled={busy.value} onClick={() => void give('json')}>
          For programs (JSON)
        </button>
      </div>
      <p class="note">In the CSV a text that a spreadsheet would run as a formula begins with an apostrophe.</p>
    </Sheet>
  );
}

/** Of the conversation's name, what every file system takes. */
function fileName(talk: Talk): string {
  return (
    nameInLine(talk.name.value)
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .trim() || 'conversation'
  );
}
