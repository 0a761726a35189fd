import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { App } from '../../../engine/app.ts';
import type { Talk } from '../../../engine/talk/talk.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Field } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { QrCode } from '../../qr/qr-code.tsx';
import { CommandLine } from '../command-line.tsx';
import { CopyButton } from '../copy-button.tsx';
import { openDialog } from '../opened.ts';
import { Sheet } from '../sheet.tsx';

interface InviteProps {
  readonly app: App;
  readonly talk: Talk;
  /** For one's own other device. */
  readonly forMyself: boolean;
}

interface Made {
  readonly label: string;
  readonly link: string;
}

/** Makes a link for somebody; when they join, asks to verify them. */
export function Invite({ app, talk, forMyself }: InviteProps): JSX.Element {
  const label = useSignal(forMyself ? (talk.about.me ?? app.settings.value.me) : '');
  const made = useSignal<Made | null>(null);
  const { busy, problem, run } = useAttempt();
  const make = (): Promise<void> =>
    run(async () => {
      const name = label.value.trim();
      const wanted = name || (forMyself ? 'my device' : 'somebody');
      made.value = { label: wanted, link: await talk.invite(wanted, forMyself && name !== '' ? name : undefined) };
    });
  return (
    <Sheet title={forMyself ? 'Add my device' : 'Invite someone'}>
      {made.value ? (
        <Shown talk={talk} made={made.value} forMyself={forMyself} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void make();
          }}
        >
          <p>
            {forMyself
              ? 'The other device joins under this name.'
              : 'Each link is for one person: so you see who came by it.'}
          </p>
          <Field
            label={forMyself ? 'Name' : 'Whom is it for?'}
            value={label.value}
            onInput={(value) => (label.value = value)}
            hint={
              forMyself
                ? 'The others see another device with this name, and verify it by itself.'
                : 'Only you see this.'
            }
          />
          <ProblemNote problem={problem.value} />
          <div class="choices">
            <button type="submit" class="primary" disabled={busy.value}>
              Make the invite
            </button>
          </div>
        </form>
      )}
    </Sheet>
  );
}

interface ShownProps {
  readonly talk: Talk;
  readonly made: Made;
  readonly forMyself: boolean;
}

function Shown({ talk, made: { label, link }, forMyself }: ShownProps): JSX.Element {
  const before = useRef<ReadonlySet<string>>(new Set(talk.members.value.map(({ id }) => id)));
  const joined = talk.members.value.find((member) => member.label === label && !before.current.has(member.id));
  useEffect(() => {
    if (joined) openDialog({ kind: 'verify', talk, member: joined.id });
  }, [joined?.id]);
  return (
    <>
      <p>
        Whoever has this link can read everything here, and join. It cannot be taken back: hand it over in person, or by
        a channel that you trust.
      </p>
      {talk.isOnlyHere && (
        <p class="strip" role="note">
          This relay can be reached from this computer only, and so can the link. docs/reach.md shows how to let others
          reach it.
        </p>
      )}
      <div class="beside">
        <QrCode text={link} label={`The invite for ${label}, as a QR code`} />
        <div>
          <label class="link-text">
            <span>Link</span>
            <input type="text" readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
          </label>
          <p class="copy">
            <CopyButton text={link} />
          </p>
          <p class="note">The part after # never reaches the relay.</p>
          <CommandLine
            words={['invite', talk.about.name, ...(forMyself ? ['--my-device'] : ['--for', label]), '--qr']}
          />
        </div>
      </div>
      <p class="waiting" role="status">
        Waiting for <bdi>{label}</bdi> to join …
      </p>
    </>
  );
}
