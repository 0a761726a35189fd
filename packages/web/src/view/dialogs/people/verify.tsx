import { shownName, type ConversationMember } from '@fernspeak/conversation';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Talk } from '../../../engine/talk/talk.ts';
import { useAttempt, type Attempt } from '../../parts/attempt.ts';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { nameInLine } from '../../parts/text.ts';
import { closeDialog } from '../opened.ts';
import { Sheet } from '../sheet.tsx';
import { Comparison } from './comparison.tsx';

/** How far it has got. */
type Step =
  | { readonly kind: 'comparing' }
  | { readonly kind: 'verified'; readonly by: 'numbers' | 'code' | 'before' }
  | { readonly kind: 'differ' };

interface VerifyProps {
  readonly talk: Talk;
  /** Its key. */
  readonly member: string;
}

const TODAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** Compares the safety number with a member, by eye or by camera. */
export function Verify({ talk, member }: VerifyProps): JSX.Element {
  const found = talk.members.value.find(({ id }) => id === member);
  if (found) return <Of talk={talk} member={found} />;
  return (
    <Sheet title="Verify">
      <p>Nothing has come from this device yet. When it writes, you can verify it.</p>
    </Sheet>
  );
}

function Of({ talk, member }: { readonly talk: Talk; readonly member: ConversationMember }): JSX.Element {
  const step = useSignal<Step>(member.verified ? { kind: 'verified', by: 'before' } : { kind: 'comparing' });
  const attempt = useAttempt();
  const name = nameInLine(shownName(member));
  const set = (verified: boolean, next: Step): void => {
    void attempt.run(async () => {
      if (verified !== member.verified) await talk.verify(member.id, verified);
      step.value = next;
    });
  };
  return (
    <Sheet title={`Is this really ${name}?`}>
      <div role="status">
        {step.value.kind === 'verified' && <Verified name={name} by={step.value.by} />}
        {step.value.kind === 'differ' && <Differ name={name} />}
      </div>
      {step.value.kind === 'comparing' && (
        <Comparing talk={talk} member={member} name={name} attempt={attempt} set={set} />
      )}
      <ProblemNote problem={attempt.problem.value} />
      {step.value.kind !== 'comparing' && (
        <div class="choices">
          <button type="button" class="primary" onClick={closeDialog}>
            Done
          </button>
          {step.value.kind === 'verified' && (
            <button type="button" onClick={() => set(false, { kind: 'comparing' })}>
              Not verified after all
            </button>
          )}
          {step.value.kind === 'differ' && (
            <button type="button" onClick={() => (step.value = { kind: 'comparing' })}>
              Compare again
            </button>
          )}
        </div>
      )}
    </Sheet>
  );
}

interface ComparingProps {
  readonly talk: Talk;
  readonly member: ConversationMember;
  readonly name: string;
  readonly attempt: Attempt;
  readonly set: (verified: boolean, next: Step) => void;
}

function Comparing({ talk, member, name, attempt, set }: ComparingProps): JSX.Element {
  const { busy } = attempt;
  return (
    <>
      <p>
        Compare with <bdi>{name}</bdi> on a call or in person. The numbers must be the same on both screens.
      </p>
      <Comparison
        number={talk.safetyNumber(member.id)}
        name={name}
        onScanned={(same) => (same ? set(true, { kind: 'verified', by: 'code' }) : set(false, { kind: 'differ' }))}
      />
      <div class="choices">
        <button
          type="button"
          class="primary"
          disabled={busy.value}
          onClick={() => set(true, { kind: 'verified', by: 'numbers' })}
        >
          They match
        </button>
        <button type="button" class="danger" disabled={busy.value} onClick={() => set(false, { kind: 'differ' })}>
          They differ
        </button>
        <button type="button" onClick={closeDialog}>
          Not now
        </button>
      </div>
    </>
  );
}

function Verified({ name, by }: { readonly name: string; readonly by: 'numbers' | 'code' | 'before' }): JSX.Element {
  const how = by === 'code' ? 'by QR code' : 'by numbers';
  return (
    <>
      <p class="verdict verified">
        <span aria-hidden="true">● </span>
        {by === 'before' ? 'Verified' : `Verified on ${TODAY.format(new Date())} ${how}`}
      </p>
      <p>
        Messages that are marked as verified come from <bdi>{name}</bdi>’s device. It lasts until that device gets a new
        identity.
      </p>
    </>
  );
}

function Differ({ name }: { readonly name: string }): JSX.Element {
  return (
    <>
      <p class="verdict changed">
        <span aria-hidden="true">■ </span>Not verified
      </p>
      <p>
        Different numbers mean that the device here is not the one that <bdi>{name}</bdi> is holding: another device of
        theirs, or somebody who took their name. Whoever it is reads along, and cannot be removed.
      </p>
      <p>
        Ask <bdi>{name}</bdi> whether they have a second device. If not, begin a new conversation, and hand over its
        invite in person.
      </p>
    </>
  );
}
