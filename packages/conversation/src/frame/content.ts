import { utf8 } from '../bytes.ts';
import { readChunk, readEnd, readOffer, type ChunkPlace, type FileEnd, type FileOffer } from './file-content.ts';

/** What a framed message says. */
export type FrameContent =
  TextContent | HelloContent | AckContent | FileContent | ChunkContent | EndContent | NewerContent;

interface Told {
  /** When its sender wrote it, by the sender's clock: milliseconds since 1970. */
  readonly at: number;
}

export interface TextContent extends Told {
  readonly kind: 'text';
  /** Text as UTF-8; what is not UTF-8 is shown as bytes. */
  readonly body: Uint8Array;
  readonly title?: string;
  readonly priority?: string | number;
}

/** Says what to call this device, and which invite it came by. */
export interface HelloContent extends Told {
  readonly kind: 'hello';
  readonly name: string;
  /** HMAC in base64url: see `inviteProof`. */
  readonly invite?: string;
}

/** Says nothing but what its sender has seen. */
export interface AckContent extends Told {
  readonly kind: 'ack';
}

/** Offers a file, whose chunks follow. */
export interface FileContent extends Told, FileOffer {
  readonly kind: 'file';
}

/** A piece of a file. */
export interface ChunkContent extends Told, ChunkPlace {
  readonly kind: 'chunk';
  readonly body: Uint8Array;
}

/** All chunks of a file went out. */
export interface EndContent extends Told, FileEnd {
  readonly kind: 'end';
}

/** A newer kind of message: one that this program does not know. */
export interface NewerContent {
  readonly kind: 'newer';
}

/** The greatest time that a Date can hold (ECMA-262, "Time Values"). */
const MAX_TIME = 8.64e15;
const MAX_DEPTH = 16;

/**
 * The header (JSON in UTF-8) and the body of a message.
 *
 * @throws TypeError for what no reader would take: a time that is none, text with lone surrogates
 */
export function writeContent(content: Exclude<FrameContent, NewerContent>): { header: Uint8Array; body: Uint8Array } {
  const { body = new Uint8Array(), ...header } = { ...content } as Partial<TextContent | ChunkContent>;
  const written = { header: utf8(JSON.stringify(header)), body };
  if (readContent(written.header, body).kind !== content.kind) {
    throw new TypeError(`This cannot be the header of a message of kind ${content.kind}.`);
  }
  return written;
}

/** What a header and body say. Never throws: a header that is not understood makes a newer kind of message. */
export function readContent(header: Uint8Array, body: Uint8Array): FrameContent {
  const newer: NewerContent = { kind: 'newer' };
  const fields = parseHeader(header);
  if (fields === null || !isTime(fields['at'])) return newer;
  const { at, kind, title, priority, name, invite } = fields;
  switch (kind) {
    case 'text':
      if (!isOptional(isString)(title) || !isOptional(isPriority)(priority)) return newer;
      return {
        kind,
        at,
        body,
        ...(title === undefined ? {} : { title }),
        ...(priority === undefined ? {} : { priority }),
      };
    case 'hello':
      if (!isString(name) || !isOptional(isString)(invite)) return newer;
      return { kind, at, name, ...(invite === undefined ? {} : { invite }) };
    case 'ack':
      return { kind, at };
    case 'file': {
      const offer = readOffer(fields);
      return offer ? { kind, at, ...offer } : newer;
    }
    case 'chunk': {
      const place = readChunk(fields, body.length);
      return place ? { kind, at, ...place, body } : newer;
    }
    case 'end': {
      const end = readEnd(fields);
      return end ? { kind, at, ...end } : newer;
    }
    default:
      return newer;
  }
}

const isString = (value: unknown): value is string => typeof value === 'string';
const isTime = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_TIME;
const isPriority = (value: unknown): value is string | number => isString(value) || typeof value === 'number';
const isOptional =
  <T>(is: (value: unknown) => value is T) =>
  (value: unknown): value is T | undefined =>
    value === undefined || is(value);

/** A JSON object as I-JSON has it (RFC 7493), at most 16 deep; null for anything else. */
function parseHeader(header: Uint8Array): Record<string, unknown> | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header);
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    // JSON.parse takes a name that stands twice (RFC 7493 §2.3): then fewer come out than are written
    return namesIn(value, 1) === namesWritten(text) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** How many names of objects a text has that is known to be JSON: strings with a colon behind. */
function namesWritten(json: string): number {
  return json.match(/"(?:[^"\\]|\\.)*"\s*:?/g)?.filter((token) => token.endsWith(':')).length ?? 0;
}

/** How many names of objects a value has; throws for what I-JSON forbids, and below 16 levels. */
function namesIn(value: unknown, depth: number): number {
  if (typeof value === 'string' && !value.isWellFormed()) throw new SyntaxError('RFC 7493 §2.1');
  if (typeof value === 'number' && !Number.isFinite(value)) throw new SyntaxError('RFC 7493 §2.2');
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > MAX_DEPTH) throw new SyntaxError('too deep');
  const names = Array.isArray(value) ? [] : Object.keys(value);
  if (!names.every((name) => name.isWellFormed())) throw new SyntaxError('RFC 7493 §2.1');
  return Object.values(value).reduce((sum: number, each) => sum + namesIn(each, depth + 1), names.length);
}
