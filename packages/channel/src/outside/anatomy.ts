import type { Entry } from '../channel.ts';
import { readPart, type Part } from '../format/part.ts';
import { isSealedEntry } from '../format/sealed.ts';
import { readToken, unwrapBytesLiteral, type TokenAnatomy } from '../format/token.ts';

/** A Fernet token from outside, in numbers and hexadecimal. Byte offsets are those of the decoded token. */
export interface TokenView {
  readonly kind: 'token';
  /** The article's `b'…'` stands around it. */
  readonly wrapped: boolean;
  /** Of the decoded token. */
  readonly bytes: number;
  readonly version: string;
  /** The token's own clock, ISO 8601 UTC; null when its time is 0: it does not tell. */
  readonly sealedAt: string | null;
  readonly iv: string;
  readonly ciphertextBytes: number;
  /** How long the message can be: the padding hides 1 to 16 bytes. */
  readonly messageBytes: readonly [least: number, most: number];
  readonly hmac: string;
}

/** Not sealed: anyone can read it. */
export interface ReadableView {
  readonly kind: 'readable';
  readonly text: string;
}

/** One share of a string that was cut. */
interface PartView extends Omit<Part, 'payload'> {
  readonly kind: 'part';
  readonly characters: number;
  /** Null: a piece of a token. Else what it holds instead, which anyone can read. */
  readonly text: string | null;
}

export interface FieldView {
  /** 1 to 8. */
  readonly field: number;
  readonly characters: number;
  readonly content: TokenView | ReadableView;
}

interface ExtraView {
  readonly name: string;
  readonly characters: number;
  readonly content: TokenView | ReadableView;
}

/** What anyone who can read the channel learns from one entry by itself. */
export interface EntryView {
  readonly entryId: number;
  readonly storedAt: string;
  /** Of all its fields. */
  readonly characters: number;
  readonly fields: readonly FieldView[];
  /** Set instead of `fields` when the entry is one part of something longer. */
  readonly part: PartView | null;
  /** What stands beside the fields, which `send` never uses: status, location, other columns of a file. */
  readonly extras: readonly ExtraView[];
  /** Nothing in it can be read without a key (or it is empty). */
  readonly sealed: boolean;
}

const HMAC_BYTES = 32;
const HEAD_BYTES = 25;
const BLOCK_BYTES = 16;

/** Takes one entry apart, as everybody can. */
export function viewEntry(entry: Entry): EntryView {
  const values = entry.fields.flatMap((text, index) =>
    text === null || text === '' ? [] : [{ field: index + 1, text }],
  );
  const part = readPart(entry.fields);
  const sealedFields = values.length === 0 || isSealedEntry(entry.fields);
  const extras = (entry.extras ?? []).map(({ name, text }) => {
    return { name, characters: Array.from(text).length, content: viewText(text) };
  });
  return {
    entryId: entry.id,
    storedAt: entry.createdAt,
    characters: values.reduce((sum, { text }) => sum + Array.from(text).length, 0),
    fields:
      part === null
        ? values.map(({ field, text }) => ({ field, characters: Array.from(text).length, content: viewText(text) }))
        : [],
    part: part === null ? null : viewPart(part, sealedFields),
    extras,
    sealed: sealedFields && extras.every(({ content }) => content.kind === 'token'),
  };
}

/** A sealed string as a token, anything else as what can be read. */
export function viewText(text: string): TokenView | ReadableView {
  const inner = unwrapBytesLiteral(text);
  const token = readToken(inner);
  return token === null ? { kind: 'readable', text } : viewToken(token, inner !== text);
}

function viewToken(token: TokenAnatomy, wrapped: boolean): TokenView {
  return {
    kind: 'token',
    wrapped,
    bytes: HEAD_BYTES + token.ciphertextBytes + HMAC_BYTES,
    version: hex(Uint8Array.of(token.version)),
    sealedAt: sealedAt(token.sealedAt),
    iv: hex(token.iv),
    ciphertextBytes: token.ciphertextBytes,
    messageBytes: [token.ciphertextBytes - BLOCK_BYTES, token.ciphertextBytes - 1],
    hmac: hex(token.hmac),
  };
}

/** Dates end in the year 275,760; a token can claim any 64-bit number. */
const LAST_SECOND = 8.64e12;

function sealedAt(seconds: number): string | null {
  if (seconds === 0) return null;
  return seconds > LAST_SECOND
    ? `second ${seconds} since 1970`
    : `${new Date(seconds * 1000).toISOString().slice(0, -5)}Z`;
}

function viewPart({ id, index, count, payload }: Part, sealed: boolean): PartView {
  return { kind: 'part', id, index, count, characters: payload.length, text: sealed ? null : payload };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
