import type { Entry } from '@fernspeak/channel';
import { isToken, readPart, unwrapBytesLiteral } from '@fernspeak/channel/format';

/** A stretch of an entry's line. All stretches together are its bytes as the feed gives them. */
export interface Piece {
  readonly text: string;
  /** `frame`: JSON around the values. `clear`: readable without a key. `noise`: it takes the key. */
  readonly kind: 'frame' | 'clear' | 'noise';
  /** Which value it is: `created_at`, `entry_id`, `field1`, the name of an extra. */
  readonly of: string;
  /** It stood in an earlier entry too, so that both can be linked. */
  readonly again: boolean;
}

/** An entry as a line, and its size. */
export interface EntryLine {
  readonly entry: Entry;
  readonly pieces: readonly Piece[];
  /** Of all fields, in characters. */
  readonly characters: number;
  /** An earlier entry has this size. */
  readonly sizeAgain: boolean;
}

/** Version (1 byte) and time (8) are 12 characters of base64url. Behind them IV and ciphertext: noise, all of it. */
const TOLD_CHARACTERS = 12;

/** Lines of entries in their order; what comes again is found among these. */
export function linesOf(entries: readonly Entry[]): EntryLine[] {
  const seen = new Set<string>();
  return entries.map((entry) => {
    const characters = entry.fields.reduce((sum, value) => sum + Array.from(value ?? '').length, 0);
    const sizeAgain = seen.has(`size ${characters}`);
    const pieces = piecesOf(entry).map((piece) => Object.assign(piece, { again: seen.has(nameOf(piece)) }));
    seen.add(`size ${characters}`);
    for (const piece of pieces) if (piece.kind === 'clear') seen.add(nameOf(piece));
    return { entry, pieces, characters, sizeAgain };
  });
}

function nameOf({ of, kind, text }: Omit<Piece, 'again'>): string {
  return `${kind} ${of} ${text}`;
}

type Unseen = Omit<Piece, 'again'>;

function piecesOf(entry: Entry): Unseen[] {
  const part = readPart(entry.fields);
  const marker = part === null ? '' : (entry.fields[0] ?? '').slice(0, (entry.fields[0] ?? '').indexOf('~', 1) + 1);
  const values: [string, Unseen[]][] = [['created_at', [clear(entry.createdAt, 'created_at')]]];
  values.push(['entry_id', [clear(`${entry.id}`, 'entry_id')]]);
  for (const [index, value] of entry.fields.entries()) {
    if (value === null) continue;
    const of = `field${index + 1}`;
    values.push([of, part === null ? piecesOfText(value, of) : piecesOfPart(value, index === 0 ? marker : '', of)]);
  }
  for (const { name, text } of entry.extras ?? []) values.push([name, piecesOfText(text, name)]);
  return values.flatMap(([name, pieces], at) => framed(name, pieces, at === 0, at === values.length - 1));
}

function framed(name: string, pieces: readonly Unseen[], first: boolean, last: boolean): Unseen[] {
  const quote = name === 'entry_id' ? '' : '"';
  return [
    { text: `${first ? '{' : ''}${JSON.stringify(name)}:${quote}`, kind: 'frame', of: name },
    // inside of quotes as JSON writes it; tokens and times need no escapes
    ...pieces.map((piece) => ({ ...piece, text: JSON.stringify(piece.text).slice(1, -1) })),
    { text: `${quote}${last ? '}' : ','}`, kind: 'frame', of: name },
  ];
}

function piecesOfText(value: string, of: string): Unseen[] {
  const inner = unwrapBytesLiteral(value);
  if (!isToken(inner)) return value === '' ? [] : [clear(value, of)];
  const start = value.indexOf(inner);
  return [
    ...(start > 0 ? [clear(value.slice(0, start), of)] : []),
    clear(inner.slice(0, TOLD_CHARACTERS), of),
    { text: inner.slice(TOLD_CHARACTERS), kind: 'noise', of },
    ...(start > 0 ? [clear(value.slice(start + inner.length), of)] : []),
  ];
}

function piecesOfPart(value: string, marker: string, of: string): Unseen[] {
  const sending = marker.slice(0, marker.indexOf('.'));
  const payload = value.slice(marker.length);
  return [
    ...(marker === '' ? [] : [clear(sending, of), clear(marker.slice(sending.length), `${of} count`)]),
    ...(payload === '' ? [] : [/^[A-Za-z0-9_=-]*$/.test(payload) ? noise(payload, of) : clear(payload, of)]),
  ];
}

function clear(text: string, of: string): Unseen {
  return { text, kind: 'clear', of };
}

function noise(text: string, of: string): Unseen {
  return { text, kind: 'noise', of };
}
