import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { App } from '../../../engine/app.ts';
import { CommandLine } from '../command-line.tsx';
import { CopyButton } from '../copy-button.tsx';
import { Sheet } from '../sheet.tsx';

/** Who can do what, which build this is, and how to compare it. */
export function About({ app }: { readonly app: App }): JSX.Element {
  return (
    <Sheet title="Who can do what">
      <dl class="facts">
        <dt>The relay</dt>
        <dd>
          It cannot read or write messages. It sees when something is written, how large it is, and from which address.
          It can hide or delay messages; that is noticed when the others write again.
        </dd>
        <dt>Whoever has an invite</dt>
        <dd>Reads everything, also what was written before, and can join. Nobody can be removed.</dd>
        <dt>The other members</dt>
        <dd>Can show to anybody what you wrote, with your signature. A name is only a name until you verify it.</dd>
        <dt>Whoever served this page</dt>
        <dd>{servedBy(app.home.value.own)}</dd>
        <dt>Whoever gets the key later</dt>
        <dd>Opens all that the relay has kept. There is no forward secrecy.</dd>
      </dl>
      <p>Nobody has audited this program. For people at risk: use Signal.</p>
      <Build />
    </Sheet>
  );
}

function servedBy(own: boolean): string {
  if (own) return 'Your own computer: nobody else can change this program.';
  return `${location.host} could give you a changed program, one that leaks. Run the app from your own computer to be safe from that.`;
}

function Build(): JSX.Element {
  const hash = useSignal<string | null>(null);
  useEffect(() => {
    fetch('/build.json')
      .then(async (answer) => ((await answer.json()) as { hash: string }).hash)
      .then(
        (found) => (hash.value = found),
        () => {},
      );
  }, []);
  return (
    <section class="more">
      <h3>This build</h3>
      <p class="hash">
        <code>{hash.value ?? '…'}</code>
      </p>
      {hash.value !== null && (
        <p class="copy">
          <CopyButton text={hash.value} />
        </p>
      )}
      <p class="note">
        The same sources give the same hash: build them with <code>npm run build:web</code>, and compare it with{' '}
        <code>hash</code> in <code>build.json</code>. A page that lies can show any hash; your own copy cannot be
        changed by others:
      </p>
      <CommandLine words={['web']} />
    </section>
  );
}
