import type { JSX } from 'preact';
import type { App } from '../../engine/app.ts';
import type { Talk } from '../../engine/talk/talk.ts';
import { Lazy } from '../parts/lazy.tsx';
import { isAboutTalk, type AppDialog, type Opened, type TalkDialog } from './opened.ts';

interface ContentProps {
  readonly app: App;
  readonly dialog: Opened;
}

/** What is in a dialog; each is loaded when it is opened first. */
export function Content({ app, dialog }: ContentProps): JSX.Element {
  if (!isAboutTalk(dialog)) return <OfTheApp app={app} dialog={dialog} />;
  const talk = dialog.talk ?? app.current.value;
  return talk ? <OfTalk app={app} dialog={dialog} talk={talk} /> : <></>;
}

interface OfTalkProps {
  readonly app: App;
  readonly dialog: TalkDialog;
  readonly talk: Talk;
}

function OfTalk({ app, dialog, talk }: OfTalkProps): JSX.Element {
  switch (dialog.kind) {
    case 'invite':
      return (
        <Lazy load={() => import('./invite/invite.tsx')}>
          {({ Invite }) => <Invite app={app} talk={talk} forMyself={dialog.forMyself === true} />}
        </Lazy>
      );
    case 'verify':
      return (
        <Lazy load={() => import('./people/verify.tsx')}>
          {({ Verify }) => <Verify key={dialog.member} talk={talk} member={dialog.member} />}
        </Lazy>
      );
    case 'members':
      return <Lazy load={() => import('./people/members.tsx')}>{({ Members }) => <Members talk={talk} />}</Lazy>;
    case 'export':
      return <Lazy load={() => import('./talk/export.tsx')}>{({ Export }) => <Export talk={talk} />}</Lazy>;
    case 'forget':
      return <Lazy load={() => import('./talk/forget.tsx')}>{({ Forget }) => <Forget app={app} talk={talk} />}</Lazy>;
  }
  return dialog satisfies never;
}

interface OfTheAppProps {
  readonly app: App;
  readonly dialog: AppDialog;
}

function OfTheApp({ app, dialog }: OfTheAppProps): JSX.Element {
  switch (dialog.kind) {
    case 'join':
      return <Lazy load={() => import('./invite/join.tsx')}>{({ Join }) => <Join app={app} />}</Lazy>;
    case 'paste-invite':
      return (
        <Lazy load={() => import('./invite/paste-invite.tsx')}>{({ PasteInvite }) => <PasteInvite app={app} />}</Lazy>
      );
    case 'add-plain':
      return <Lazy load={() => import('../plain/add-plain.tsx')}>{({ AddPlain }) => <AddPlain app={app} />}</Lazy>;
    case 'create':
      return <Lazy load={() => import('./talk/create.tsx')}>{({ Create }) => <Create app={app} />}</Lazy>;
    case 'settings':
      return <Lazy load={() => import('./own/settings.tsx')}>{({ Settings }) => <Settings app={app} />}</Lazy>;
    case 'passphrase':
      return <Lazy load={() => import('./own/passphrase.tsx')}>{({ Passphrase }) => <Passphrase app={app} />}</Lazy>;
    case 'finding':
      return (
        <Lazy load={() => import('./talk/finding.tsx')}>
          {({ FindingDetail }) => <FindingDetail talk={app.current.value} finding={dialog.finding} />}
        </Lazy>
      );
    case 'switcher':
      return <Lazy load={() => import('./talk/switcher.tsx')}>{({ Switcher }) => <Switcher app={app} />}</Lazy>;
    case 'recovery':
      return (
        <Lazy load={() => import('../recovery/recovery.tsx')}>
          {({ Recovery }) => <Recovery key={dialog.what} app={app} what={dialog.what} />}
        </Lazy>
      );
    case 'about':
      return <Lazy load={() => import('./own/about.tsx')}>{({ About }) => <About app={app} />}</Lazy>;
  }
  return dialog satisfies never;
}
