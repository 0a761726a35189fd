import { shownName, type ConversationMember } from '@fernspeak/conversation';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Talk } from '../../../engine/talk/talk.ts';
import { nameInLine } from '../../parts/text.ts';
import { clock, short } from '../../parts/time.ts';
import { TrustMark } from '../../parts/trust-mark.tsx';
import { openDialog } from '../opened.ts';
import { Sheet } from '../sheet.tsx';

/** Who is in a conversation, and what is known of each. */
export function Members({ talk }: { readonly talk: Talk }): JSX.Element {
  return (
    <Sheet title="Members">
      <ul class="members">
        {talk.members.value.map((member) => (
          <li key={member.id}>
            <Member talk={talk} member={member} />
          </li>
        ))}
      </ul>
      {!talk.isInMemory && (
        <div class="choices">
          <button type="button" onClick={() => openDialog({ kind: 'invite', talk })}>
            Invite someone
          </button>
          <button type="button" onClick={() => openDialog({ kind: 'invite', talk, forMyself: true })}>
            Add my device
          </button>
        </div>
      )}
      <Words talk={talk} />
      <section class="more">
        <h3>This conversation</h3>
        <div class="choices">
          <button type="button" onClick={() => openDialog({ kind: 'export', talk })}>
            Save a copy
          </button>
          <button type="button" class="danger" onClick={() => openDialog({ kind: 'forget', talk })}>
            Forget
          </button>
        </div>
      </section>
    </Sheet>
  );
}

function Member({ talk, member }: { readonly talk: Talk; readonly member: ConversationMember }): JSX.Element {
  const { id, me, verified, label, heardAt, sameAs } = member;
  const name = nameInLine(shownName(member));
  const trust = verified ? 'verified' : sameAs?.verified === true ? 'changed' : 'unverified';
  const notes = [
    ...(me || heardAt === null ? [] : [`last heard ${short(heardAt)}`]),
    ...(label === null ? [] : [`joined with the link for ${nameInLine(label)}`]),
    ...(me ? [] : [receivedBy(talk, name)]),
  ];
  return (
    <>
      <div class="who">
        <p class="name" dir="auto">
          {me ? `${name} (you)` : name}
        </p>
        {!me && (
          <p>
            <TrustMark trust={trust} words />
          </p>
        )}
        <p class="note" dir="auto">
          {notes.join(' · ')}
        </p>
        {sameAs && (
          <p class="note" dir="auto">
            Another device with the name of {sameAs.verified ? 'the verified ' : ''}
            {nameInLine(sameAs.name ?? '')}. It may be theirs, or somebody else’s.
          </p>
        )}
      </div>
      {!me && (
        <button
          type="button"
          aria-label={`${verified ? 'Safety number of' : 'Verify'} ${name}`}
          onClick={() => openDialog({ kind: 'verify', talk, member: id })}
        >
          {verified ? 'Number' : 'Verify'}
        </button>
      )}
    </>
  );
}

/** How far a member's device has what this one wrote. */
function receivedBy(talk: Talk, name: string): string {
  const last = talk.messages.value.findLast(
    ({ delivery }) => delivery?.state === 'received' && delivery.by.some((each) => nameInLine(each) === name),
  );
  return last ? `has what you wrote until ${clock(last.at)}` : 'has confirmed nothing yet';
}

function Words({ talk }: { readonly talk: Talk }): JSX.Element {
  const words = useSignal<readonly string[]>([]);
  const newest = talk.messages.value.at(-1)?.key;
  useEffect(() => {
    talk.words().then(
      (found) => (words.value = found),
      () => (words.value = []),
    );
  }, [talk, newest]);
  return (
    <section class="more">
      <h3>Four words</h3>
      <p class="words">{words.value.join(' ') || '…'}</p>
      <p class="note">
        Whoever was shown the same messages in the same order has the same words. Compare them by voice, while nobody
        writes.
      </p>
    </section>
  );
}
