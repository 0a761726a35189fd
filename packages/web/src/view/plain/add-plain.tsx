import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { App } from '../../engine/app.ts';
import { closeDialog } from '../dialogs/opened.ts';
import { Sheet } from '../dialogs/sheet.tsx';
import { useAttempt } from '../parts/attempt.ts';
import { Field } from '../parts/field.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';

/** Reads a channel with a key: a device's readings, or what somebody sealed without a conversation. */
export function AddPlain({ app }: { readonly app: App }): JSX.Element {
  const [name, address, secret] = [useSignal(''), useSignal(''), useSignal('')];
  const [readKey, writeKey] = [useSignal(''), useSignal('')];
  const { busy, problem, run } = useAttempt();
  const add = (): Promise<void> =>
    run(async () => {
      const plain = await app.plainTalks();
      const asked = {
        name: name.value,
        address: address.value,
        secret: secret.value,
        readKey: readKey.value,
        writeKey: writeKey.value,
      };
      const talk = await plain.add(asked, (where) => app.reaches(where));
      app.showPlain(talk);
      closeDialog();
    });
  return (
    <Sheet title="Read a channel">
      <p>
        For what a device or a script seals with a key. Such messages are not signed: anyone with the key writes them.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Field label="Name" value={name.value} onInput={(value) => (name.value = value)} hint="Only you see this." />
        <Field
          label="Address of the channel"
          required
          value={address.value}
          onInput={(value) => (address.value = value)}
          hint="https://HOST/channels/NUMBER"
        />
        <Field
          label="Key or passphrase"
          type="password"
          required
          value={secret.value}
          onInput={(value) => (secret.value = value)}
        />
        <Field
          label="Read API key (optional)"
          type="password"
          value={readKey.value}
          onInput={(value) => (readKey.value = value)}
          hint="Where the channel is private."
        />
        <Field
          label="Write API key (optional)"
          type="password"
          value={writeKey.value}
          onInput={(value) => (writeKey.value = value)}
          hint="Only for writing to it."
        />
        <ProblemNote problem={problem.value} />
        <div class="choices">
          <button type="submit" class="primary" disabled={busy.value}>
            {busy.value ? 'Opening …' : 'Read it'}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
