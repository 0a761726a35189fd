import { assessPassphrase, suggestPassphrase, type Assessment } from '@fernspeak/conversation';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Field } from '../parts/field.tsx';

interface NewPassphraseProps {
  /** The passphrase when it can be used; null: not yet. */
  readonly onChange: (passphrase: string | null) => void;
}

/** A passphrase that is new: judged, typed twice, and a weak one only when that is said. */
export function NewPassphrase({ onChange }: NewPassphraseProps): JSX.Element {
  const [first, again] = [useSignal(''), useSignal('')];
  const judged = useSignal<Assessment | null>(null);
  const weakAllowed = useSignal(false);
  const suggested = useSignal<string | null>(null);
  const weak = judged.value?.weak === true;
  const same = first.value !== '' && first.value === again.value;
  const usable = same && judged.value !== null && (!weak || weakAllowed.value);
  useEffect(() => onChange(usable ? first.value : null), [usable, first.value]);
  useEffect(() => {
    let current = true;
    judged.value = null;
    if (first.value !== '') {
      void assessPassphrase(first.value).then((assessment) => {
        if (current) judged.value = assessment;
      });
    }
    return () => {
      current = false;
    };
  }, [first.value]);
  return (
    <fieldset class="new-passphrase">
      <legend class="unseen">A new passphrase</legend>
      <Field
        label="Passphrase"
        type="password"
        autoComplete="new-password"
        value={first.value}
        onInput={(value) => (first.value = value)}
        hint={judged.value === null ? 'Six random words are good, and easy to type.' : verdict(judged.value)}
      />
      <Suggestion text={suggested.value} suggest={() => (suggested.value = suggestPassphrase())} />
      <Field
        label="The same again"
        type="password"
        autoComplete="new-password"
        value={again.value}
        onInput={(value) => (again.value = value)}
        error={again.value !== '' && !same ? 'These are not the same.' : null}
      />
      {weak && (
        <label class="check">
          <input
            type="checkbox"
            checked={weakAllowed.value}
            onChange={(event) => (weakAllowed.value = event.currentTarget.checked)}
          />
          It is weak, and I use it all the same
        </label>
      )}
    </fieldset>
  );
}

function Suggestion({ text, suggest }: { readonly text: string | null; readonly suggest: () => void }): JSX.Element {
  return (
    <div class="suggestion">
      <button type="button" onClick={suggest}>
        {text === null ? 'Suggest six words' : 'Six other words'}
      </button>
      <p role="status">{text !== null && <code>{text}</code>}</p>
      {text !== null && <p class="note">Write them down, then type them: so you know that you can.</p>}
    </div>
  );
}

function verdict({ weak, guessesLog2 }: Assessment): string {
  const guesses = `it is found in about 2 to the power of ${Math.round(guessesLog2)} guesses`;
  return weak ? `Weak: ${guesses}.` : `Good: ${guesses}.`;
}
