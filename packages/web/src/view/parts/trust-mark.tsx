import type { JSX } from 'preact';
import type { Trust } from '../../engine/model.ts';

const MARKS: Readonly<Record<Trust, readonly [mark: string, words: string]>> = {
  verified: ['●', 'Verified'],
  unverified: ['○', 'Not verified yet'],
  changed: ['■', 'Identity changed'],
};

/** Shape and words: colour is never the only signal. */
export function TrustMark({ trust, words = false }: { readonly trust: Trust; readonly words?: boolean }): JSX.Element {
  const [mark, said] = MARKS[trust];
  return (
    <span class={`trust ${trust}`} title={said}>
      <span aria-hidden="true">{mark}</span>
      <span class={words ? '' : 'unseen'}> {said}</span>
    </span>
  );
}
