import type { Notice } from '../continuity/notice.ts';
import {
  BAD_SIGNATURE,
  LATE,
  NOT_SEALED,
  UNREADABLE,
  UNSIGNED,
  elsewhere,
  findingOf,
  inviteShared,
  sameName,
  type Finding,
} from '../finding.ts';

/** What was noticed about a message or the log of a framed conversation, without names: those may still change. */
export type Noticed =
  | Notice
  | { readonly code: 'unreadable' | 'not-sealed' | 'unsigned' | 'bad-signature' | 'elsewhere' | 'late' }
  /** Another key had this name first. */
  | { readonly code: 'same-name'; readonly name: string }
  /** Two keys came by the link that was made for `label`. */
  | { readonly code: 'invite-shared'; readonly label: string }
  /** About the log, in words. */
  | { readonly code: 'rolled-back' | 'expired' | 'unreachable' | 'unchecked'; readonly sentence: string };

/** What to put into a notice's sentence. */
export interface Naming {
  /** The name to show for a member's key (base64url). */
  readonly nameOf: (from: string) => string;
  readonly place: string;
}

/** Those whose sentence is always the same. */
const FIXED = {
  unreadable: UNREADABLE,
  'not-sealed': NOT_SEALED,
  unsigned: UNSIGNED,
  'bad-signature': BAD_SIGNATURE,
  late: LATE,
} as const;

export function findingOfNoticed(noticed: Noticed, { nameOf, place }: Naming): Finding {
  if ('sentence' in noticed) return noticed;
  if (noticed.code === 'same-name') return sameName(noticed.name);
  if (noticed.code === 'invite-shared') return inviteShared(noticed.label);
  if (noticed.code === 'elsewhere') return elsewhere(place);
  return 'from' in noticed ? findingOf(noticed, nameOf) : FIXED[noticed.code];
}
