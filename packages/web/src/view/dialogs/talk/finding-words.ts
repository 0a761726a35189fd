import type { FindingCode } from '@fernspeak/conversation';

/** What a finding means for a person: docs/findings.md in short. */
export interface FindingWords {
  readonly title: string;
  /** Who may have caused it. */
  readonly who: string;
  readonly sure: string;
  readonly next: string;
}

const CERTAIN = 'That it is so: certain. Who caused it: not known.';

export const FINDING_WORDS: Readonly<Record<FindingCode, FindingWords>> = {
  missing: {
    title: 'A message is missing',
    who: 'The relay, which lost it or holds it back; or the sender’s device. A stranger cannot.',
    sure: CERTAIN,
    next: 'Ask the sender in another way what it was. Read everything again: it may have turned up. If it goes on, move to another relay.',
  },
  forked: {
    title: 'Two histories',
    who: 'The relay, by showing you different messages; or the other device, which claims what is not so.',
    sure: 'That the histories differ, or that this device says so wrongly: certain. Who was lied to: not known.',
    next: 'Compare the four words under Members by voice, with several people. Then move to another relay.',
  },
  cloned: {
    title: 'Two devices with one key',
    who: 'Whoever has that device’s key: its owner, with a copy of the profile, or a thief. The relay cannot.',
    sure: 'Certain.',
    next: 'If it is your own key: stop writing, start anew, and join again. If it is another’s: reach them in another way first.',
  },
  reordered: {
    title: 'Out of order',
    who: 'The relay, which held it back or changed the order; or the sender’s device.',
    sure: 'The order here is certain. Why it is so: not known.',
    next: 'Read it as an older message. Compare with the others whether they saw it earlier.',
  },
  'rolled-back': {
    title: 'The relay lost what was there',
    who: 'The relay, or whoever may clear the channel: on purpose, or by putting back a backup.',
    sure: 'Certain.',
    next: 'Ask who runs the relay. Your own history stays. If nobody cleared it, do not trust this relay.',
  },
  'bad-signature': {
    title: 'Not as it was signed',
    who: 'Somebody with the key, who tried to speak as another; or a copy from another conversation with the same key.',
    sure: 'That it is no message of this conversation: certain. Who wrote it: nobody can know.',
    next: 'Nothing of it was shown. If it goes on, begin a new conversation, and invite one by one.',
  },
  'invite-shared': {
    title: 'One invite, two devices',
    who: 'The one whom you invited, with a second device or by passing the link on; or whoever could read it on its way.',
    sure: 'That both knew the link: certain. Which of them you meant: not known.',
    next: 'Ask how many devices joined, and verify each. If one is a stranger’s, begin a new conversation: nobody can be removed.',
  },
  replayed: {
    title: 'It came again',
    who: 'Mostly the sender’s device, after an answer that did not come.',
    sure: 'Certain. It has no effect.',
    next: 'Nothing.',
  },
  unreadable: {
    title: 'It does not open',
    who: 'Anyone who can write to the channel; or another key is used.',
    sure: 'That it was not sealed like this with your key: certain.',
    next: 'Nothing, if it is one. If none opens, compare the invite with whoever sent it.',
  },
  'not-sealed': {
    title: 'It was not sealed',
    who: 'Anyone who can write to the channel.',
    sure: 'Certain: the relay and others can read it.',
    next: 'Do not take it for a message of a member.',
  },
  unsigned: {
    title: 'It is not signed',
    who: 'Anyone with the key: a script of yours, or somebody who hides.',
    sure: 'Certain.',
    next: 'If it is your script’s: fine. Never act on it because of a name in it.',
  },
  elsewhere: {
    title: 'From another place',
    who: 'The others use the channel under another address; or messages were copied.',
    sure: CERTAIN,
    next: 'Ask under which address the others use it, or join by an invite.',
  },
  late: {
    title: 'The times do not fit',
    who: 'The relay, which held it back; or a clock that is wrong.',
    sure: 'That the times are far apart: certain.',
    next: 'If the time matters, ask. Check your clocks.',
  },
  unchecked: {
    title: 'Nothing can be checked here',
    who: 'Whoever runs the relay, by removing old messages on purpose; or the relay, to hide its lies.',
    sure: 'That the beginning is gone: certain. Why: not known.',
    next: 'Ask who runs the relay. If nothing is removed on purpose, begin a new conversation elsewhere.',
  },
  'same-name': {
    title: 'Another device with this name',
    who: 'A second device of the same person, or somebody who took the name.',
    sure: 'That it is another key: certain. Whose it is: not known.',
    next: 'Verify it before you take it for them.',
  },
  expired: {
    title: 'Older messages are gone',
    who: 'Whoever runs the relay, by removing old messages on purpose; or the relay, to hide its lies.',
    sure: 'That they are gone: certain. Why: not known.',
    next: 'Ask the others what was said meanwhile, and who runs the relay whether it removes messages.',
  },
  unreachable: {
    title: 'Some of it cannot be read',
    who: 'The channel.',
    sure: 'Certain.',
    next: 'What the sentence says.',
  },
};
