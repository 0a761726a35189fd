import { displayName, shownName, type ConversationMember } from '@fernspeak/conversation';
import { usageError } from '../errors.ts';
import { shortKey } from './key.ts';

/** Fewer characters of a key are no name for it. */
const LEAST_OF_KEY = 4;

/** The member of a name, or of the beginning of a key; a usage error where that is nobody, or several. */
export function findMember(text: string, members: readonly ConversationMember[]): ConversationMember {
  const others = members.filter(({ me }) => !me);
  const wanted = displayName(text)?.toLowerCase();
  const named = others.filter((member) => {
    return member.name?.toLowerCase() === wanted || shownName(member).toLowerCase() === wanted;
  });
  const keyed = text.length < LEAST_OF_KEY ? [] : others.filter(({ id }) => id.startsWith(text));
  const found = [...new Set([...named, ...keyed])];
  const [only] = found;
  if (only && found.length === 1) return only;
  const list = (found.length > 1 ? found : others).map((member) => `${shownName(member)} (${shortKey(member.id)})`);
  if (found.length > 1) {
    throw usageError(`Several members are called that: ${list.join(', ')}.`, 'Name one by the beginning of the key.');
  }
  throw usageError(
    'There is no such member.',
    list.length === 0 ? 'Nobody else has written yet.' : `There are: ${list.join(', ')}.`,
  );
}
