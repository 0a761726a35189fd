import { skeletonOf } from './confusables.ts';

/** Longer names are cut: a name stands beside every message. */
const MAX_CHARACTERS = 48;
/** Control, format (bidirectional, zero width), private and unassigned characters, lone surrogates; what is never shown. */
const INVISIBLE = /[\p{C}\p{Default_Ignorable_Code_Point}]/gu;
const WHITE_SPACE = /[\p{White_Space}]+/gu;
/** Marks beyond what any script stacks. */
const STACKED_MARKS = /(\p{M}{3})\p{M}+/gu;

/** The name as it is shown: NFC, nothing invisible, single blanks, at most 48 characters. Null when nothing is left. */
export function displayName(name: string): string | null {
  const visible = name
    .replace(WHITE_SPACE, ' ')
    .replace(INVISIBLE, '')
    .normalize('NFC')
    .replace(STACKED_MARKS, '$1')
    .replaceAll(/ +/g, ' ')
    .trim();
  const characters = Array.from(visible);
  const cut =
    characters.length > MAX_CHARACTERS
      ? `${characters
          .slice(0, MAX_CHARACTERS - 1)
          .join('')
          .trim()}…`
      : visible;
  return cut === '' ? null : cut;
}

/** Names with one key look alike: NFKC, nothing invisible, single blanks, case-folded, look-alikes as one. Not for showing. */
export function nameKey(name: string): string {
  const plain = name.normalize('NFKC').replace(WHITE_SPACE, ' ').replace(INVISIBLE, '').trim();
  return skeletonOf(plain);
}

export interface NamedMember {
  /** As it is shown; null: the member never gave a usable one. */
  readonly name: string | null;
  /** Another key (base64url) that had this name first; null: none. */
  readonly sameAs: string | null;
}

/**
 * Who is called what, from all `hello` in the order of the log. A key's last name counts, but a name stays with the key that
 * had it first: a later one of the same name is shown apart.
 */
export function namesOf(hellos: Iterable<{ readonly from: string; readonly name: string }>): Map<string, NamedMember> {
  const owners = new Map<string, string>();
  const members = new Map<string, NamedMember>();
  for (const hello of hellos) {
    const name = displayName(hello.name);
    if (name === null) {
      members.set(hello.from, { name, sameAs: null });
      continue;
    }
    const key = nameKey(name);
    const owner = owners.get(key) ?? hello.from;
    owners.set(key, owner);
    members.set(hello.from, { name, sameAs: owner === hello.from ? null : owner });
  }
  return members;
}
