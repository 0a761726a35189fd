import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { EntryLine as Line, Piece } from '../../engine/relay-side/pieces.ts';
import { Lazy } from '../parts/lazy.tsx';
import { seenAs, type Eyes, type Way } from './eyes.ts';
import { isLinked, link } from './linked.ts';

/** So much ciphertext is shown of one value while the detail is closed, in characters. */
const SHOWN = 700;

interface EntryLineProps {
  readonly line: Line;
  readonly eyes: Eyes;
  readonly way: Way;
  /** What it says to whoever has the key; null: nothing that is shown. */
  readonly opened: string | null;
  /** All entries of its message. */
  readonly together: readonly number[];
}

/** One entry as the relay stored it; pointing at it marks its message. */
export function EntryLine({ line, eyes, way, opened, together }: EntryLineProps): JSX.Element {
  const isOpen = useSignal(false);
  const { entry, pieces, characters, sizeAgain } = line;
  const mark = (): void => link(together);
  const unmark = (): void => link([]);
  return (
    <li
      class={`entry ${isLinked([entry.id]) ? 'linked' : ''} ${isOpen.value ? 'whole' : ''}`}
      data-entry={entry.id}
      onMouseEnter={mark}
      onMouseLeave={unmark}
    >
      <div class="entry-line" tabIndex={0} role="group" aria-label={`Entry ${entry.id}`} onFocus={mark} onBlur={unmark}>
        <code>
          {pieces.map((piece, at) => (
            <Stretch key={at} piece={piece} seen={seenAs(piece, eyes, way)} whole={isOpen.value} />
          ))}
        </code>{' '}
        <span class={`size clear ${sizeAgain ? 'again' : ''}`}>{characters} characters</span>
      </div>
      {eyes === 'link' && opened !== null && (
        <p class="opened" dir="auto">
          {opened}
        </p>
      )}
      <button
        type="button"
        class="detail-button quiet"
        aria-expanded={isOpen.value}
        aria-label={`Detail of entry ${entry.id}`}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        <span aria-hidden="true">{isOpen.value ? '↥' : '↧'}</span>
      </button>
      {isOpen.value && (
        <Lazy load={() => import('./entry-detail.tsx')}>
          {({ EntryDetail }) => <EntryDetail entry={entry} opened={opened} />}
        </Lazy>
      )}
    </li>
  );
}

interface StretchProps {
  readonly piece: Piece;
  readonly seen: ReturnType<typeof seenAs>;
  readonly whole: boolean;
}

function Stretch({ piece: { text, again }, seen, whole }: StretchProps): JSX.Element {
  if (seen === 'clear' || seen === 'frame') {
    const title = again && seen === 'clear' ? 'The same as in an earlier entry' : undefined;
    return (
      <span class={`${seen} ${again && seen === 'clear' ? 'again' : ''}`} dir="ltr" title={title}>
        {text}
      </span>
    );
  }
  const shown = whole ? text : text.slice(0, SHOWN);
  return (
    <>
      <span class={seen} aria-hidden="true">
        {shown}
        {shown.length < text.length && `… (${text.length - shown.length} more)`}
      </span>
      <span class="unseen">
        {text.length} {seen === 'opened' ? 'characters that open' : 'unreadable characters'}
      </span>
    </>
  );
}
