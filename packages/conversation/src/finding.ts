import type { Notice } from './continuity/notice.ts';

/**
 * What can be wrong with a message or with the log; docs/findings.md has a page for each.
 *
 * Loud, because somebody may be lying:
 * - `missing`: a message was never given to us.
 * - `forked`: a member has another history than ours.
 * - `cloned`: two devices write with one key.
 * - `reordered`: a message came where it cannot count.
 * - `rolled-back`: what was read here before is gone, or is something else now.
 * - `bad-signature`: a frame that its sender did not sign like this.
 * - `invite-shared`: two keys joined by one invite.
 *
 * Quiet:
 * - `replayed`: a message came again.
 * - `unreadable`: sealed, but does not open: junk, altered, or another key.
 * - `not-sealed`: it was readable by anyone.
 * - `unsigned`: a plain message in a framed conversation.
 * - `elsewhere`: it opens, and belongs to another conversation or place; only while nothing has verified here.
 * - `late`: the sender's clock and the time of storing are far apart.
 * - `unchecked`: the log has no beginning here: of a message, and of the log.
 * - `same-name`: another key calls itself the same.
 * - `expired`: the place where reading stopped is gone; only newer entries are left.
 * - `unreachable`: the channel does not give out some entries.
 */
export type FindingCode = LoudCode | QuietCode;

type LoudCode = 'missing' | 'forked' | 'cloned' | 'reordered' | 'rolled-back' | 'bad-signature' | 'invite-shared';
type QuietCode =
  | 'replayed'
  | 'unreadable'
  | 'not-sealed'
  | 'unsigned'
  | 'elsewhere'
  | 'late'
  | 'unchecked'
  | 'same-name'
  | 'expired'
  | 'unreachable';

const LOUD: Readonly<Record<LoudCode, true>> = {
  missing: true,
  forked: true,
  cloned: true,
  reordered: true,
  'rolled-back': true,
  'bad-signature': true,
  'invite-shared': true,
};

/** True for what a reader must not overlook: somebody may be lying. */
export function isLoud(code: FindingCode): boolean {
  return Object.hasOwn(LOUD, code);
}

/** Something wrong that was noticed: a stable code, and a sentence for people. */
export interface Finding {
  readonly code: FindingCode;
  readonly sentence: string;
  /** Which one it is, the same each time that it is told: of what stands in the history beside the messages. */
  readonly id?: string;
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

/** In a framed conversation, where judging ends. `before`: whether anything was checked here before. */
export function notChecked(before: boolean): Finding & { readonly code: 'expired' | 'unchecked' } {
  const gone = before
    ? 'what this device had read is gone from the channel, and only newer entries are left'
    : 'the first entries are gone from the channel';
  const sentence = `Nothing more can be checked here: ${gone}. Either old entries are removed on purpose (retention), or the relay hides them, so that its lies do not show. Messages may be missing, out of order, or not those that the others see; signatures are still checked. Ask who runs the channel. If nothing is removed on purpose, begin a new conversation on another channel; should the entries come back, a check of everything begins anew.`;
  return { code: before ? 'expired' : 'unchecked', sentence };
}

export function unreachable(reason: string): Finding {
  return { code: 'unreachable', sentence: reason };
}

export const BAD_SIGNATURE: Finding = {
  code: 'bad-signature',
  sentence:
    'This is not as its sender signed it: somebody with the key altered it, made it up, or took it from another conversation.',
};

export const UNSIGNED: Finding = {
  code: 'unsigned',
  sentence: 'This is not signed: anyone with the key may have written it.',
};

export const LATE: Finding = {
  code: 'late',
  sentence: "Its sender's clock and the time when it was stored are far apart: it was held back, or a clock is wrong.",
};

/** In place of `bad-signature`, once, while no frame of the conversation has ever verified here. */
export function elsewhere(place: string): Finding {
  return { code: 'elsewhere', sentence: `These open with this key, but belong to another place than ${place}.` };
}

/** `name` as it is shown. */
export function sameName(name: string): Finding {
  return { code: 'same-name', sentence: `Another device calls itself ${name}.` };
}

/** `label`: whom the invite was made for. */
export function inviteShared(label: string): Finding {
  const sentence = `Two devices joined with the link for ${label}: it was passed on, somebody else read it, or it was used on a second device.`;
  return { code: 'invite-shared', sentence };
}

/**
 * What a notice of continuity says, all suspects named.
 *
 * @param nameOf the name to show for a key (base64url)
 */
export function findingOf(notice: Notice, nameOf: (from: string) => string): Finding {
  return { code: notice.code, sentence: sentenceOf(notice, nameOf(notice.from)) };
}

function sentenceOf(notice: Notice, name: string): string {
  const lost = 'the relay lost it or holds it back';
  const claims = `${name}'s device claims what is not so`;
  switch (notice.code) {
    case 'missing':
      if (notice.why === 'seen') return `${name} has seen a message that never reached you: ${lost}, or ${claims}.`;
      if (notice.why === 'own')
        return `Your message number ${notice.n} was answered as stored, but is not there: ${lost}.`;
      return notice.first === notice.last
        ? `A message from ${name} (number ${notice.first}) never reached you: ${lost}, or it was never stored.`
        : `Messages from ${name} (numbers ${notice.first} to ${notice.last}) never reached you: the relay lost them or holds them back, or they were never stored.`;
    case 'reordered':
      return notice.why === 'number'
        ? `A message from ${name} (number ${notice.n}) came after later ones: the relay held it back or changed the order, or ${name}'s device sent it so.`
        : `${name} has seen a message that came to you where it does not count: the relay changed the order, or ${claims}.`;
    case 'forked':
      return `You and ${name} were shown different histories: the relay lies to one of you, or ${claims}.`;
    case 'cloned':
      return notice.own
        ? `A message with your own key (number ${notice.n}) was not made by this device: a copy of your profile is in use, or somebody has your key. Stop, and take a new key.`
        : `Two devices write with ${name}'s key (both made a number ${notice.n}): a copy of the profile is in use, or somebody has the key.`;
    case 'replayed':
      return `A message from ${name} (number ${notice.n}) came again: it was sent twice, or somebody repeats it. It is ignored.`;
    case 'unchecked':
      break;
  }
  return 'This could not be checked: the beginning of the log is gone here.';
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
