/**
 * What can be wrong with a message or with the log (docs/findings.md has a page for each):
 * `unreadable`: sealed, but does not open: junk, altered, or another key. `not-sealed`: it was readable by anyone.
 * `rolled-back`: what was read before is not there any more, or is another. `expired`: the place where reading
 * stopped is gone, newer entries are there. `unreachable`: the channel does not give out some entries.
 */
export type FindingCode = 'unreadable' | 'not-sealed' | 'rolled-back' | 'expired' | 'unreachable';

/** Something wrong that was noticed: a stable code, and a sentence for people. */
export interface Finding {
  readonly code: FindingCode;
  readonly sentence: string;
}
