import type { Fields } from './fields.ts';
import type { Part } from './part.ts';
import { readPart } from './part.ts';
import { isToken, unwrapBytesLiteral } from './token.ts';

/** A piece of a token, which may be wrapped as `b'…'`: the wrapping opens in the first part and closes in the last. */
const PIECE = /^[A-Za-z0-9_-]+={0,2}$/;

function isSealedPart({ index, count, payload }: Part): boolean {
  if (count === 1) return isToken(unwrapBytesLiteral(payload));
  let piece = payload;
  if (index === 1) piece = piece.replace(/^b['"]/, '');
  if (index === count) piece = piece.replace(/(?<=.)['"]$/, '');
  // padding can be cut in two, so the last piece may be `=` alone
  if (index === count && /^={1,2}$/.test(piece)) return true;
  return PIECE.test(piece) && (index > 1 || /^g[A-P]/.test(piece));
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
