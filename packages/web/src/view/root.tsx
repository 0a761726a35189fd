import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { App } from '../engine/app.ts';
import { Dialogs } from './dialogs/dialog.tsx';
import { FirstRun } from './first-run/first-run.tsx';
import { Elsewhere, Locked, Unsupported } from './first-run/closed.tsx';
import { MainWindow } from './main-window.tsx';

/** The page, whatever it is doing. */
export function Root({ app }: { readonly app: App }): JSX.Element {
  const { theme } = app.settings.value;
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  useEffect(() => {
    const stirred = (): void => app.stirred();
    for (const name of ['pointerdown', 'keydown']) addEventListener(name, stirred, { passive: true });
    const looked = (): void => void app.current.value?.look(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', looked);
    return () => {
      for (const name of ['pointerdown', 'keydown']) removeEventListener(name, stirred);
      document.removeEventListener('visibilitychange', looked);
    };
  }, [app]);
  return (
    <>
      <Phase app={app} />
      <Dialogs app={app} />
    </>
  );
}

function Phase({ app }: { readonly app: App }): JSX.Element {
  const phase = app.phase.value;
  switch (phase.kind) {
    case 'starting':
      return (
        <main class="closed" aria-busy="true">
          <p>Opening …</p>
        </main>
      );
    case 'unsupported':
      return <Unsupported why={phase.why} />;
    case 'elsewhere':
      return <Elsewhere take={phase.take} />;
    case 'locked':
      return <Locked app={app} />;
    case 'new':
      return <FirstRun app={app} />;
    case 'open':
      break;
  }
  return <MainWindow app={app} />;
}
