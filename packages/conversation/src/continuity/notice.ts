/**
 * What continuity noticed, without words: `sentenceOf` (../finding.ts) has them. Keys are base64url, `t` is hex, places
 * count the messages that count, from 1.
 */
export type Notice =
  /** Numbers of a sender that were left out, `first` to `last`. */
  | {
      readonly code: 'missing';
      readonly why: 'number';
      readonly from: string;
      readonly first: number;
      readonly last: number;
    }
  /** A sender had seen a message (`t`) that was never given to us. */
  | { readonly code: 'missing'; readonly why: 'seen'; readonly from: string; readonly t: string }
  /** Our own message was answered as stored, and the log does not hold it. */
  | { readonly code: 'missing'; readonly why: 'own'; readonly from: string; readonly n: number; readonly t: string }
  /** A sender's number goes back: the message is shown, and counts for nobody. */
  | {
      readonly code: 'reordered';
      readonly why: 'number';
      readonly from: string;
      readonly n: number;
      readonly t: string;
    }
  /** A sender had seen `t` as a message that counts; we have it where it cannot count. */
  | { readonly code: 'reordered'; readonly why: 'seen'; readonly from: string; readonly t: string }
  /** A sender had another history than ours up to `t`. */
  | { readonly code: 'forked'; readonly from: string; readonly t: string }
  /** Two messages of one number; or, `own`, one of our key that we did not make. */
  | { readonly code: 'cloned'; readonly own: boolean; readonly from: string; readonly n: number; readonly t: string }
  /** The message that we have had already. */
  | { readonly code: 'replayed'; readonly from: string; readonly n: number; readonly t: string }
  /** The log has no beginning here: nothing could be checked. */
  | { readonly code: 'unchecked'; readonly from: string; readonly n: number; readonly t: string };
