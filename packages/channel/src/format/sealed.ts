import type { Fields } from './fields.ts';
import type { Part } from './part.ts';
import { readPart } from './part.ts';
import { isToken, unwrapBytesLiteral } from './token.ts';

/** What a part of a token can be, by how many parts follow: padding (and the quote of `b'…'`) may be cut in two. */
const LAST_PIECE = /^[A-Za-z0-9_-]*={0,2}['"]?$/;
const LAST_BUT_ONE = /^[A-Za-z0-9_-]*={0,2}$/;
const EARLIER_PIECE = /^[A-Za-z0-9_-]*$/;
/** Version 0x80 is `g` and two zero bits. */
const FIRST_PIECE = /^(?:b['"])?(g[A-P].*)$/;

function isSealedPart({ index, count, payload }: Part): boolean {
  if (count === 1) return isToken(unwrapBytesLiteral(payload));
  const piece = index === 1 ? FIRST_PIECE.exec(payload)?.[1] : payload;
  if (piece === undefined || piece === '') return false;
  const following = count - index;
  if (following > 1) return EARLIER_PIECE.test(piece);
  return (following === 1 ? LAST_BUT_ONE : LAST_PIECE).test(piece);
}

/**
 * True when nothing in an entry can be read without a key, judged by shape: every field that is there and not empty is
 * a Fernet token (also as `b'…'`), or all fields together are one part of a token. An entry without any is not sealed.
 */
export function isSealedEntry(fields: Fields): boolean {
  const part = readPart(fields);
  if (part !== null) return isSealedPart(part);
  const values = fields.filter((value) => value !== null && value !== '');
  return values.length > 0 && values.every((value) => isToken(unwrapBytesLiteral(value ?? '')));
}
