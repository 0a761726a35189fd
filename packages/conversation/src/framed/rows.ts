import { chainNext } from '../continuity/chain.ts';
import type { ContinuityRow, ContinuityWrite, Dispute } from '../continuity/state.ts';

/** The key of the message that stands before it. */
type Same = 0;

/** Continuity's rows as they are kept: short, for there is one of each message, for ever. Own ones stand in `JournalEntry`. */
export type KeptRow =
  | readonly ['g', t: string, from: string, n: number, place: number | null]
  | readonly ['t', t: string, h: string | null]
  | readonly ['s', from: string | Same, last: number, first: number, confirmed: number | null, dispute: Dispute | null];

export function keepRows(rows: ContinuityWrite): KeptRow[] {
  let before = '';
  return rows.flatMap((row): KeptRow[] => {
    if (row.row === 'own') return [];
    if (row.row === 'told') return [['t', row.t, row.h]];
    if (row.row === 'sender') {
      return [['s', row.from === before ? 0 : row.from, row.last, row.first, row.confirmed, row.dispute]];
    }
    before = row.from;
    return [['g', row.t, row.from, row.n, row.place]];
  });
}

/** The rows again. The chain is not kept: it follows from `chain`, which is what stands before them. */
export function rowsOf(kept: readonly KeptRow[], chain: readonly string[]): ContinuityRow[] {
  let h = chain.at(-1) ?? '';
  let before = '';
  return kept.map((row) => {
    if (row[0] === 't') return { row: 'told', t: row[1], h: row[2] };
    if (row[0] === 's') {
      const [, from, last, first, confirmed, dispute] = row;
      return { row: 'sender', from: from === 0 ? before : from, last, first, confirmed, dispute };
    }
    const [, t, from, n, place] = row;
    before = from;
    if (place !== null) h = chainNext(h, t);
    return { row: 'given', t, from, n, place, h: place === null ? null : h };
  });
}
