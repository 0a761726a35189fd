import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { App } from '../../engine/app.ts';
import { updateIsHere } from '../../offline.ts';

/** So much of the build's hash is shown; all of it is in the title. */
const SHORT = 12;

/** Which build this is, and who served it. */
export function Footer({ app }: { readonly app: App }): JSX.Element {
  const hash = useSignal('');
  useEffect(() => {
    fetch('/build.json')
      .then(async (answer) => ((await answer.json()) as { hash: string }).hash)
      .then(
        (found) => (hash.value = found),
        () => {},
      );
  }, [hash]);
  const { own } = app.home.value;
  return (
    <footer class="footer">
      {updateIsHere.value && <span>A new version is here: it is used after the next start. </span>}
      <span title={hash.value}>Build {hash.value.slice(0, SHORT) || '…'}</span>
      {' · '}
      {own ? (
        <span>served from your own computer</span>
      ) : (
        <span>
          served by {location.host} — for full protection run it from your own machine: <code>fernspeak web</code>
        </span>
      )}
    </footer>
  );
}
