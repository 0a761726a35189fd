import { notChecked } from '../finding.ts';
import type { Parts } from './parts.ts';
import { aside } from './shown.ts';
import { fold, type JournalEntry, type State } from './state.ts';

/** Why nothing of a conversation is checked here any more; null: all is checked. */
export function whyUnchecked({ continuity: { checked, log } }: State): ReturnType<typeof notChecked> | null {
  return checked ? null : notChecked(log.length > 1);
}

/**
 * Puts that into the history, once, so that every program tells it, whichever of them came upon it. It stands behind what
 * was taken in by then. True: now.
 */
export async function noteUnchecked({ live }: Parts): Promise<boolean> {
  if (untold(await live.current()) === null) return false;
  return live.update((state) => {
    const finding = untold(state);
    if (finding === null) return { changes: null, result: false };
    const entry: JournalEntry = { uncheckedTold: true };
    fold(state, entry);
    return { changes: { read: [JSON.stringify(entry)], shown: [aside(finding)] }, result: true };
  });
}

function untold(state: State): ReturnType<typeof notChecked> | null {
  return state.uncheckedTold ? null : whyUnchecked(state);
}
