export { MAX_FIELDS } from './fields.ts';
export type { Fields } from './fields.ts';
export { isToken, readToken, unwrapBytesLiteral } from './token.ts';
export type { TokenAnatomy } from './token.ts';
export { MAX_PARTS, partMarker, readPart } from './part.ts';
export type { Part } from './part.ts';
export { isSealedEntry } from './sealed.ts';
export { csvRow, quoteCell } from './csv.ts';
export type { Cell } from './csv.ts';
