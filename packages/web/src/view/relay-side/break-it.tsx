import type { Entry } from '@fernspeak/channel';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { LieKind } from '../../engine/relay-side/lies.ts';
import type { Sandbox } from '../../engine/relay-side/sandbox.ts';
import { useAttempt } from '../parts/attempt.ts';
import { ProblemNote } from '../parts/problem-note.tsx';

const LIES: readonly (readonly [LieKind, string])[] = [
  ['flip', 'Flip a byte'],
  ['replay', 'Send it again'],
  ['swap', 'Swap with the one before'],
  ['drop', 'Drop it'],
];
const DONE: Readonly<Record<LieKind, string>> = {
  flip: 'One byte was flipped in entry',
  replay: 'This was stored once more: entry',
  swap: 'This changed places with the one before: entry',
  drop: 'This was dropped: entry',
};
/** So many of the newest entries can be chosen. */
const SHOWN = 12;
const HEAD = 28;

/** Lies in a copy of the log, and what the client says to them. */
export function BreakIt({ sandbox, close }: { readonly sandbox: Sandbox; readonly close: () => void }): JSX.Element {
  const chosen = useSignal<number | null>(null);
  const { run, busy, problem } = useAttempt();
  const log = sandbox.log.value;
  const at = log.find(({ id }) => id === chosen.value)?.id ?? log.at(-1)?.id ?? 0;
  return (
    <section class="break-it" aria-label="Try to break it">
      <p class="copy-note">
        <strong>This is a copy.</strong> Your conversation is not touched. Be the relay: choose an entry, and lie.
      </p>
      <div class="lies">
        {LIES.map(([kind, words]) => (
          <button
            key={kind}
            type="button"
            disabled={busy.value || log.length === 0 || (kind === 'swap' && at <= (log[0]?.id ?? 0))}
            onClick={() => void run(() => sandbox.lie(kind, at))}
          >
            {words}
          </button>
        ))}
        <button type="button" disabled={busy.value} onClick={() => void run(() => sandbox.reset())}>
          Reset
        </button>
        <button type="button" class="quiet" onClick={close}>
          Close the copy
        </button>
      </div>
      <Verdict sandbox={sandbox} />
      <ProblemNote problem={problem.value} />
      <fieldset class="copy">
        <legend>The copy’s newest entries</legend>
        {log.slice(-SHOWN).map((entry) => (
          <CopiedEntry
            key={entry.id}
            entry={entry}
            sandbox={sandbox}
            checked={entry.id === at}
            choose={() => (chosen.value = entry.id)}
          />
        ))}
      </fieldset>
    </section>
  );
}

interface CopiedEntryProps {
  readonly entry: Entry;
  readonly sandbox: Sandbox;
  readonly checked: boolean;
  readonly choose: () => void;
}

function CopiedEntry({ entry, sandbox, checked, choose }: CopiedEntryProps): JSX.Element {
  const findings = sandbox.findingsAt(entry.id);
  const text = sandbox.textAt(entry.id);
  return (
    <div class={`copied ${findings.length > 0 ? 'found' : ''}`} data-copied={entry.id}>
      <label>
        <input type="radio" name="copied" checked={checked} onChange={choose} />
        <span>
          entry {entry.id} <code aria-hidden="true">{(entry.fields[0] ?? '').slice(0, HEAD)}…</code>
        </span>
      </label>
      {text !== null && <p dir="auto">{text}</p>}
      {findings.map(({ code, sentence }) => (
        <p class="finding" key={code}>
          <span aria-hidden="true">▲ </span>
          {sentence}
        </p>
      ))}
    </div>
  );
}

/** In one sentence, and what is wrong with the log as a whole. */
function Verdict({ sandbox }: { readonly sandbox: Sandbox }): JSX.Element {
  const { done, reading, log } = sandbox;
  const noticed = reading.value?.messages.some(({ findings }) => findings.length > 0) === true;
  return (
    <div class="verdict" role="status">
      {done.value && (
        <p>
          {DONE[done.value.kind]} {done.value.entry}.
        </p>
      )}
      {reading.value === null && <p>The client reads {log.value.length} entries …</p>}
      {reading.value?.findings.map(({ code, sentence }) => (
        <p class="finding" key={code}>
          <span aria-hidden="true">▲ </span>
          {sentence}
        </p>
      ))}
      {reading.value && noticed && <p>The client noticed: see the entries below that are marked ▲.</p>}
      {reading.value && !noticed && reading.value.findings.length === 0 && <p>{quiet(done.value?.kind ?? null)}</p>}
    </div>
  );
}

function quiet(kind: LieKind | null): string {
  if (kind === null) return 'The client finds nothing wrong.';
  return 'A client that reads it for the first time finds nothing yet: nobody has written since to say what they had seen. A device that had received it before notices at once, and the others with the next message.';
}
