/**
 * What can be wrong with a message or with the log; docs/findings.md has a page for each.
 *
 * - `unreadable`: sealed, but does not open: junk, altered, or another key.
 * - `not-sealed`: it was readable by anyone.
 * - `rolled-back`: what was read here before is gone, or is something else now.
 * - `expired`: the place where reading stopped is gone; only newer entries are left.
 * - `unreachable`: the channel does not give out some entries.
 */
export type FindingCode = 'unreadable' | 'not-sealed' | 'rolled-back' | 'expired' | 'unreachable';

/** Something wrong that was noticed: a stable code, and a sentence for people. */
export interface Finding {
  readonly code: FindingCode;
  readonly sentence: string;
}

export const UNREADABLE: Finding = {
  code: 'unreadable',
  sentence: 'This does not open: it is junk, was altered, or is sealed with another key.',
};

export const NOT_SEALED: Finding = { code: 'not-sealed', sentence: 'This was not sealed: anyone can read it.' };

/** The whole log is another one; `left`: whether it holds anything now. */
export function rolledBack(left: boolean): Finding {
  const now = left ? '' : ' It is empty now.';
  const sentence = `What was received here before is gone or is something else now: the channel was cleared, or lost or changed its data.${now} Reading starts over from its beginning.`;
  return { code: 'rolled-back', sentence };
}

export function expired(entry: number): Finding {
  const sentence = `The channel no longer keeps entry ${entry}, where you had stopped reading: what came between then and its oldest entry, if anything, is lost.`;
  return { code: 'expired', sentence };
}

export function unreachable(reason: string): Finding {
  return { code: 'unreachable', sentence: reason };
}

/** What to say where sealed messages are and none opens, and what to try. */
export interface NoneOpens {
  readonly message: string;
  readonly hint: string;
}

/**
 * The sentence for a key that opens none of `count` messages. `place` is the one that the passphrase was used with;
 * absent for a Fernet key, which is the same at every place.
 */
export function noneOpens({ count, place }: { count: number; place?: string | undefined }): NoneOpens {
  const message = `None of the ${count} messages here opens with this key: it is another key, another place, or they were altered.`;
  const hint =
    place === undefined
      ? 'Check that it is the key that the sender used.'
      : `The passphrase was used with the place ${place}. If the sender names it otherwise, say so: --place PLACE.`;
  return { message, hint };
}
