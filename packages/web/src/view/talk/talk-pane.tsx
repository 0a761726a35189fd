import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import type { App } from '../../engine/app.ts';
import { sendFiles } from '../../engine/files/uploads.ts';
import type { Talk } from '../../engine/talk/talk.ts';
import { openDialog } from '../dialogs/opened.ts';
import type { Sides } from '../main-window.tsx';
import { Footer } from '../parts/footer.tsx';
import { dropTarget } from '../files/file-button.tsx';
import { nameInLine } from '../parts/text.ts';
import { TrustMark } from '../parts/trust-mark.tsx';
import { Composer } from './composer.tsx';
import { Messages } from './messages.tsx';
import { Strips } from './strips.tsx';

const SIDES: readonly (readonly [Sides, string])[] = [
  ['you', 'You'],
  ['both', 'You | Relay'],
];

/** One conversation: who, what was said, and where one writes. */
export function TalkPane({
  app,
  talk,
  sides,
}: {
  readonly app: App;
  readonly talk: Talk;
  readonly sides: Signal<Sides>;
}): JSX.Element {
  return (
    <main class="talk" aria-label={nameInLine(talk.name.value)} {...dropTarget((files) => sendFiles(app, talk, files))}>
      <header>
        <button type="button" class="back quiet" aria-label="Back to the list" onClick={() => app.show(null)}>
          ‹
        </button>
        <div class="title">
          <h1 dir="auto">{nameInLine(talk.name.value)}</h1>
          <p class="note">
            <TrustMark trust={talk.trust.value} words /> · end-to-end encrypted
          </p>
        </div>
        <div class="tools">
          <button type="button" onClick={() => openDialog({ kind: 'members' })}>
            Members
          </button>
          <button type="button" onClick={() => openDialog({ kind: 'invite' })} disabled={talk.isInMemory}>
            Invite
          </button>
          <div class="switch" role="group" aria-label="Which side to show">
            {SIDES.map(([side, words]) => (
              <button key={side} type="button" aria-pressed={sides.value === side} onClick={() => (sides.value = side)}>
                {words}
              </button>
            ))}
          </div>
        </div>
      </header>
      <Strips app={app} talk={talk} />
      <Messages app={app} talk={talk} />
      <Composer app={app} talk={talk} />
      <Footer app={app} />
    </main>
  );
}
