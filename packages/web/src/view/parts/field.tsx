import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: 'text' | 'password';
  readonly hint?: ComponentChildren;
  /** What is wrong with the value. */
  readonly error?: string | null | undefined;
  readonly autoFocus?: boolean;
  readonly required?: boolean;
  readonly autoComplete?: string;
}

/** A labelled line to type into, with its hint or what is wrong with it. */
export function Field(props: FieldProps): JSX.Element {
  const { label, value, onInput, type = 'text', hint, error, autoFocus = false, required = false } = props;
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        {...(type === 'password' ? { type: 'password' } : {})}
        value={value}
        required={required}
        autoFocus={autoFocus}
        autocomplete={props.autoComplete ?? 'off'}
        dir="auto"
        aria-invalid={error ? 'true' : 'false'}
        aria-describedby={`${id}-note`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <p id={`${id}-note`} class={error ? 'note error' : 'note'} aria-live="polite">
        {error ?? hint}
      </p>
    </div>
  );
}
