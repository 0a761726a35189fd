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
  | { readonly code: 'rolled-back' | 'expired' | 'unreachable'; readonly sentence: string };

/** What to put into a notice's sentence. */
export interface Naming {
  /** The name to show for a member's key (base64url). */
  readonly nameOf: (from: string) => string;
  readonly place: string;
}

export function findingOfNoticed(noticed: Noticed, { nameOf, place }: Naming): Finding {
  switch (noticed.code) {
    case 'unreadable':
      return UNREADABLE;
    case 'not-sealed':
      return NOT_SEALED;
    case 'unsigned':
      return UNSIGNED;
    case 'bad-signature':
      return BAD_SIGNATURE;
    case 'late':
      return LATE;
    case 'elsewhere':
      return elsewhere(place);
    case 'same-name':
      return sameName(noticed.name);
    case 'invite-shared':
      return inviteShared(noticed.label);
    case 'rolled-back':
    case 'expired':
    case 'unreachable':
      return noticed;
    default:
      return findingOf(noticed, nameOf);
  }
}
