import { isLoud, type Finding } from '@fernspeak/conversation';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Talk } from '../../../engine/talk/talk.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Sheet } from '../sheet.tsx';
import { FINDING_WORDS } from './finding-words.ts';

interface FindingDetailProps {
  /** Where it was found; null: nothing can be read again. */
  readonly talk: Talk | null;
  readonly finding: Finding;
}

/** What something wrong means: who may have caused it, how sure that is, what to do. */
export function FindingDetail({ talk, finding: { code, sentence } }: FindingDetailProps): JSX.Element {
  const { title, who, sure, next } = FINDING_WORDS[code];
  return (
    <Sheet title={title}>
      <p class={isLoud(code) ? 'strip loud' : 'strip'} dir="auto">
        {sentence}
      </p>
      <dl class="facts">
        <dt>Who may have caused it</dt>
        <dd>{who}</dd>
        <dt>How sure</dt>
        <dd>{sure}</dd>
        <dt>What to do</dt>
        <dd>{next}</dd>
      </dl>
      {talk && <Again talk={talk} />}
      <p class="note">
        Code: <code>{code}</code>
      </p>
    </Sheet>
  );
}

function Again({ talk }: { readonly talk: Talk }): JSX.Element {
  const said = useSignal('');
  const { busy, problem, run } = useAttempt();
  const check = (): Promise<void> =>
    run(async () => {
      const withheld = await talk.check();
      said.value =
        withheld === 0 ? 'Everything was read again.' : `The relay does not give out ${withheld} of them any more.`;
    });
  return (
    <>
      <div class="choices">
        <button type="button" disabled={busy.value} onClick={() => void check()}>
          {busy.value ? 'Reading …' : 'Read everything again'}
        </button>
      </div>
      <p role="status">{said.value}</p>
      <ProblemNote problem={problem.value} />
    </>
  );
}
