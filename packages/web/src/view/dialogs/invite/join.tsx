import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { App } from '../../../engine/app.ts';
import type { Offered } from '../../../engine/entrance.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Field } from '../../parts/field.tsx';
import { nameInLine } from '../../parts/text.ts';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { closeDialog } from '../opened.ts';
import { Sheet } from '../sheet.tsx';

/** So much of the inviter's key is shown, to recognise it. */
const KEY_BYTES = 6;

/** What the invite is that was opened, and the button that joins. */
export function Join({ app }: { readonly app: App }): JSX.Element {
  const offered = app.offered.value;
  useEffect(
    () => () => {
      app.offered.value = null;
    },
    [app],
  );
  if (offered) return <Offer app={app} offered={offered} />;
  return (
    <Sheet title="No invite is open">
      <p>Open its link, or paste it.</p>
    </Sheet>
  );
}

function Offer({ app, offered }: { readonly app: App; readonly offered: Offered }): JSX.Element {
  const me = useSignal(nameInLine(offered.invite.name ?? '') || app.settings.value.me);
  const name = useSignal('');
  const { busy, problem, run } = useAttempt();
  const join = (): Promise<void> =>
    run(async () => {
      await app.join(offered, { name: name.value, me: me.value.trim() });
      closeDialog();
    });
  return (
    <Sheet title="Join this conversation?">
      <p>Nothing has happened by opening the invite. When you join, the others see the name that you give here.</p>
      <dl class="facts">
        <dt>Where</dt>
        <dd dir="auto">{offered.place}</dd>
        <dt>Invited by the key</dt>
        <dd>
          <code>{shortKey(offered.invite.inviter)}</code>
        </dd>
      </dl>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void join();
        }}
      >
        <Field
          label="Your name (optional)"
          autoComplete="nickname"
          value={me.value}
          onInput={(value) => (me.value = value)}
        />
        <Field
          label="What to call it here"
          value={name.value}
          onInput={(value) => (name.value = value)}
          hint="Only you see this."
        />
        <ProblemNote problem={problem.value} />
        <div class="choices">
          <button type="submit" class="primary" disabled={busy.value}>
            {busy.value ? 'Joining …' : 'Join'}
          </button>
          <button type="button" onClick={closeDialog}>
            Not now
          </button>
        </div>
      </form>
    </Sheet>
  );
}

/** The beginning of a key as `ConversationMember.id` spells it. */
function shortKey(key: Uint8Array): string {
  const text = btoa(String.fromCharCode(...key.subarray(0, KEY_BYTES)));
  return `${text.replaceAll('+', '-').replaceAll('/', '_')}…`;
}
