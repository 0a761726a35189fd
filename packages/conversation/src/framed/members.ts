import { namesOf } from '../identity/name.ts';
import type { Member } from '../seal.ts';
import type { State } from './state.ts';

/** Somebody in a conversation: one device's key, and what is known of it. */
export interface ConversationMember extends Member {
  readonly verified: boolean;
  /** This device. */
  readonly me: boolean;
  /** When the channel stored its last message; null: none came that counts. */
  readonly heardAt: Date | null;
  /** The label of the invite by which it came, if that was made here. */
  readonly label: string | null;
}

/** How many characters of a key stand for a member without a name. */
const SHORT_KEY = 8;

/** All whose messages came here, in the order in which they were heard of first; this device first. */
export function membersOf(state: State): ConversationMember[] {
  const { continuity, heard, hellos, verified } = state;
  const names = namesOf(hellos);
  const ids = new Set([continuity.me, ...heard.keys(), ...names.keys()]);
  const labels = new Map(hellos.map(({ from, label }) => [from, label]));
  const member = (id: string): Member & { readonly verified: boolean } => ({
    id,
    name: names.get(id)?.name ?? null,
    verified: verified.has(id),
  });
  return Array.from(ids, (id) => {
    const sameAs = names.get(id)?.sameAs ?? null;
    const at = heard.get(id);
    return {
      ...member(id),
      ...(sameAs === null ? {} : { sameAs: member(sameAs) }),
      me: id === continuity.me,
      heardAt: at === undefined ? null : new Date(at),
      label: labels.get(id) ?? null,
    };
  });
}

/** What to call a member in a sentence. */
export function shownName({ id, name, sameAs }: Member): string {
  if (name === null) return `the device ${id.slice(0, SHORT_KEY)}`;
  return sameAs ? `the other ${name}` : name;
}
