import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { App } from '../../../engine/app.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Field } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';

const OWNERS_LINK = /^https?:\/\/[^#]*#owner\.(?<key>.+)$/;

/** Where a browser may make nothing: who may, and what lets it. */
export function OwnersLink({ app }: { readonly app: App }): JSX.Element {
  const link = useSignal('');
  const wrong = useSignal<string | null>(null);
  const { busy, problem, run } = useAttempt();
  const unlock = (): Promise<void> =>
    run(async () => {
      const key = OWNERS_LINK.exec(link.value.trim())?.groups?.['key'];
      if (key === undefined) {
        wrong.value = 'This is not an owner’s link: it has #owner. in it.';
        return;
      }
      const before = app.settings.value.userKey;
      await app.change({ userKey: key });
      if (app.mayCreate.value === true) return;
      wrong.value = 'The relay does not take this link. Ask for a new one.';
      await app.change({ userKey: before });
    });
  return (
    <>
      <p>
        On <bdi>{app.home.value.origin}</bdi> only the owner makes conversations. Ask whoever runs this relay for an
        invite, or for the owner’s link.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void unlock();
        }}
      >
        <Field
          label="Owner’s link"
          type="password"
          value={link.value}
          error={wrong.value}
          hint="It is a secret: it lets anybody make conversations there."
          onInput={(value) => {
            link.value = value;
            wrong.value = null;
          }}
        />
        <ProblemNote problem={problem.value} />
        <div class="choices">
          <button type="submit" class="primary" disabled={busy.value}>
            Unlock
          </button>
        </div>
      </form>
    </>
  );
}
