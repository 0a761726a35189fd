import { chainNext } from '../continuity/chain.ts';
import type { ContinuityRow, ContinuityWrite, Dispute } from '../continuity/state.ts';

/** Continuity's rows as they are kept: short, for there is one of each message, for ever. */
export type KeptRow =
  | readonly ['g', t: string, from: string, n: number, place: number | null]
  | readonly ['o', t: string, n: number, entry: number | null]
  | readonly ['t', t: string, h: string | null]
  | readonly ['s', from: string, last: number, first: number, confirmed: number | null, dispute: Dispute | null];

export function keepRows(rows: ContinuityWrite): KeptRow[] {
  return rows.map((row) => {
    switch (row.row) {
      case 'given':
        return ['g', row.t, row.from, row.n, row.place];
      case 'own':
        return ['o', row.t, row.n, row.entry];
      case 'told':
        return ['t', row.t, row.h];
      case 'sender':
        return ['s', row.from, row.last, row.first, row.confirmed, row.dispute];
    }
  });
}

/** The rows again. The chain is not kept: it follows from `chain`, which is what stands before them. */
export function rowsOf(kept: readonly KeptRow[], chain: readonly string[]): ContinuityRow[] {
  let h = chain.at(-1) ?? '';
  return kept.map((row) => {
    switch (row[0]) {
      case 'g': {
        const [, t, from, n, place] = row;
        if (place !== null) h = chainNext(h, t);
        return { row: 'given', t, from, n, place, h: place === null ? null : h };
      }
      case 'o':
        return { row: 'own', t: row[1], n: row[2], entry: row[3] };
      case 't':
        return { row: 'told', t: row[1], h: row[2] };
      case 's': {
        const [, from, last, first, confirmed, dispute] = row;
        return { row: 'sender', from, last, first, confirmed, dispute };
      }
    }
  });
}
