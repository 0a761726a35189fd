import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { App } from '../../engine/app.ts';
import { useAttempt } from '../parts/attempt.ts';
import { Field } from '../parts/field.tsx';

/** A browser in which nothing can be encrypted. */
export function Unsupported({ why }: { readonly why: 'insecure' | 'too-old' }): JSX.Element {
  if (why === 'too-old') {
    return (
      <main class="closed">
        <h1>This browser is too old</h1>
        <p>It cannot sign messages with Ed25519. Firefox 130, Safari 17, Chrome 137 and newer can.</p>
      </main>
    );
  }
  return (
    <main class="closed">
      <h1>This address is not safe to use</h1>
      <p>
        The page came over plain http from another computer. Browsers allow encryption only over https, so nothing can
        be sealed here, and nothing was sent.
      </p>
      <p>
        Whoever runs this relay can put https in front of it in two lines: docs/reach.md shows how. Or run the app from
        your own computer: <code>fernspeak web</code>
      </p>
    </main>
  );
}

/** Another tab has the profile: two at once would write with one key. */
export function Elsewhere({ take }: { readonly take: () => void }): JSX.Element {
  return (
    <main class="closed">
      <h1>Open in another tab</h1>
      <p>Your conversations are open there. One tab at a time can write.</p>
      <button type="button" class="primary" onClick={take}>
        Use it here
      </button>
    </main>
  );
}

export function Locked({ app }: { readonly app: App }): JSX.Element {
  const passphrase = useSignal('');
  const { busy, problem, run } = useAttempt();
  return (
    <main class="closed">
      <h1>Locked</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(() => app.unlock(passphrase.value));
        }}
      >
        <Field
          label="Passphrase"
          type="password"
          autoComplete="current-password"
          autoFocus
          value={passphrase.value}
          onInput={(value) => (passphrase.value = value)}
          error={problem.value?.message}
          hint="It takes about two seconds."
        />
        <button type="submit" class="primary" disabled={busy.value}>
          {busy.value ? 'Opening …' : 'Unlock'}
        </button>
      </form>
    </main>
  );
}
