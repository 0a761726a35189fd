import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { App } from '../../../engine/app.ts';
import type { Talk } from '../../../engine/talk/talk.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Field } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { CommandLine } from '../command-line.tsx';
import { NewPassphrase } from '../new-passphrase.tsx';
import { closeDialog, openDialog } from '../opened.ts';
import { Sheet } from '../sheet.tsx';
import { OwnersLink } from './owners-link.tsx';

/** Makes a conversation on the home relay, or says who may. */
export function Create({ app }: { readonly app: App }): JSX.Element {
  const agreed = useSignal<Talk | null>(null);
  if (agreed.value) return <Agreed talk={agreed.value} />;
  return (
    <Sheet title="New conversation">
      {app.mayCreate.value === false ? (
        <OwnersLink app={app} />
      ) : (
        <Making app={app} onAgreed={(talk) => (agreed.value = talk)} />
      )}
    </Sheet>
  );
}

interface MakingProps {
  readonly app: App;
  /** It was made with a passphrase. */
  readonly onAgreed: (talk: Talk) => void;
}

function Making({ app, onAgreed }: MakingProps): JSX.Element {
  const [name, me] = [useSignal(''), useSignal(app.settings.value.me)];
  const withPassphrase = useSignal(false);
  const passphrase = useSignal<string | null>(null);
  const keepDays = useSignal<number | null>(null);
  const { busy, problem, run } = useAttempt();
  const make = (): Promise<void> =>
    run(async () => {
      if (me.value.trim() !== app.settings.value.me) await app.change({ me: me.value.trim() });
      const secret = withPassphrase.value ? passphrase.value : null;
      const talk = await app.create({ name: name.value, passphrase: secret, keepDays: keepDays.value });
      if (withPassphrase.value) onAgreed(talk);
      else openDialog({ kind: 'invite', talk });
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!withPassphrase.value || passphrase.value !== null) void make();
      }}
    >
      <Field
        label="Name"
        required
        value={name.value}
        onInput={(value) => (name.value = value)}
        hint="Only you see this."
      />
      <Field
        label="Your name (optional)"
        autoComplete="nickname"
        value={me.value}
        onInput={(value) => (me.value = value)}
        hint="As the others see it."
      />
      <Ways withPassphrase={withPassphrase.value} choose={(chosen) => (withPassphrase.value = chosen)} />
      {withPassphrase.value && <NewPassphrase onChange={(usable) => (passphrase.value = usable)} />}
      <Keeping days={keepDays.value} choose={(days) => (keepDays.value = days)} />
      <ProblemNote problem={problem.value} />
      <div class="choices">
        <button
          type="submit"
          class="primary"
          disabled={busy.value || (withPassphrase.value && passphrase.value === null)}
        >
          {busy.value ? 'Making it …' : 'Make it'}
        </button>
      </div>
    </form>
  );
}

/** How long, in days; null: for ever. */
const KEPT: readonly (readonly [number | null, string])[] = [
  [null, 'for ever'],
  [30, '30 days'],
  [7, '7 days'],
  [1, 'one day'],
];

interface KeepingProps {
  readonly days: number | null;
  readonly choose: (days: number | null) => void;
}

function Keeping({ days, choose }: KeepingProps): JSX.Element {
  return (
    <label class="select">
      <span>How long the relay keeps messages (who joins after that cannot check the beginning)</span>
      <select value={String(days)} onChange={(event) => choose(Number(event.currentTarget.value) || null)}>
        {KEPT.map(([each, words]) => (
          <option key={words} value={String(each)}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

interface WaysProps {
  readonly withPassphrase: boolean;
  readonly choose: (withPassphrase: boolean) => void;
}

function Ways({ withPassphrase, choose }: WaysProps): JSX.Element {
  return (
    <fieldset>
      <legend>How others get in</legend>
      <label class="check">
        <input type="radio" name="way" checked={!withPassphrase} onChange={() => choose(false)} />
        By an invite’s link, with a random key in it
      </label>
      <label class="check">
        <input type="radio" name="way" checked={withPassphrase} onChange={() => choose(true)} />
        By a passphrase that all of you know
      </label>
    </fieldset>
  );
}

/** How the others find a conversation that a passphrase opens. */
function Agreed({ talk }: { readonly talk: Talk }): JSX.Element {
  return (
    <Sheet title="It is made">
      <p>Whoever knows the passphrase and the address can read everything, and join. In a terminal:</p>
      <CommandLine words={['new', talk.about.name, talk.about.address, '--passphrase']} />
      <p>An invite’s link lets others in, too.</p>
      <div class="choices">
        <button type="button" class="primary" onClick={closeDialog}>
          Done
        </button>
        <button type="button" onClick={() => openDialog({ kind: 'invite', talk })}>
          Invite someone
        </button>
      </div>
    </Sheet>
  );
}
