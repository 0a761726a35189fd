import { sha256 } from '#sha256';
import { base64url, fromBase64url } from '../bytes.ts';
import { contentOf, textOf, type Content } from '../content.ts';
import type { ChunkPlace, FileEnd, FileOffer } from '../frame/file-content.ts';
import type { MessageField } from '../message.ts';
import type { OpenedMessage } from '../reading/opening.ts';
import type { Shown, Showing } from './journal.ts';
import { isLoud } from '../finding.ts';
import type { Noticed } from './noticed.ts';

/** What a message is: `newer` is of a kind that this program does not know, `none` did not open or does not count. */
export type MessageKind = 'text' | 'hello' | 'ack' | 'file' | 'chunk' | 'end' | 'newer' | 'plain' | 'none';

/** What is kept of a chunk: not its bytes, which are read from the channel again where they are wanted. */
export interface KeptChunk extends ChunkPlace {
  /** The first 16 bytes of SHA-256 of its bytes, base64url. */
  readonly sum: string;
}

/** What is kept of a message that belongs to a file. */
export type FilePart = FileOffer | KeptChunk | FileEnd;

const SUM_BYTES = 16;

/** A message as it is kept to be shown; short names, for there is one of each message. */
interface Kept {
  /** Entry, and all entries if there are several. */
  readonly e: number;
  readonly es?: readonly number[];
  /** When the channel stored it, as it says. */
  readonly s: string;
  /** The token's time (milliseconds), if it tells one. */
  readonly z?: number;
  readonly f?: MessageField;
  readonly k: MessageKind;
  readonly t?: string;
  readonly from?: string;
  readonly n?: number;
  /** When the sender wrote it, by the sender's clock (milliseconds). */
  readonly at?: number;
  /** The content as text; where it is none, as base64url. */
  readonly b?: string;
  readonly x?: string;
  readonly title?: string;
  readonly prio?: string | number;
  /** What a hello says. */
  readonly name?: string;
  readonly file?: FilePart;
  /** Not sealed at all. */
  readonly r?: true;
  readonly notices?: readonly Noticed[];
}

/** A message of the local history. */
export interface KeptMessage {
  readonly position: number;
  readonly entryId: number;
  readonly entries: readonly number[];
  readonly storedAt: string;
  readonly sealedAt: Date | null;
  readonly field: MessageField | null;
  readonly kind: MessageKind;
  /** Null: it has no sender. */
  readonly from: string | null;
  readonly t: string | null;
  readonly n: number | null;
  readonly at: number | null;
  readonly content: Content | null;
  readonly title?: string;
  readonly priority?: string | number;
  readonly name?: string;
  readonly file?: FilePart;
  readonly readable: boolean;
  readonly notices: readonly Noticed[];
}

export function keep(message: OpenedMessage, notices: readonly Noticed[]): Showing {
  const { entryId, entries, storedAt, sealedAt, field, frame, content, readable } = message;
  const kept: Kept = {
    e: entryId,
    ...(entries.length === 1 ? {} : { es: entries }),
    s: storedAt,
    ...(sealedAt === null ? {} : { z: sealedAt.getTime() }),
    ...(field === null ? {} : { f: field }),
    ...(frame ? framePart(frame) : { k: content === null ? 'none' : 'plain' }),
    ...(frame?.content.kind === 'chunk' ? {} : bodyPart(content)),
    ...(readable ? { r: true } : {}),
    ...(notices.length === 0 ? {} : { notices }),
  };
  return { text: JSON.stringify(kept), loud: notices.some(({ code }) => isLoud(code)) };
}

function framePart({ t, from, n, content }: NonNullable<OpenedMessage['frame']>): Pick<Kept, 'k'> & Partial<Kept> {
  const place = { k: content.kind, t, from, n };
  if (content.kind === 'newer') return place;
  if (content.kind === 'hello') return { ...place, at: content.at, name: content.name };
  if (content.kind === 'ack') return { ...place, at: content.at };
  if (content.kind === 'file' || content.kind === 'end') {
    const { kind: _, at, ...file } = content;
    return { ...place, at, file };
  }
  if (content.kind === 'chunk') {
    const { kind: _, at, body, ...chunk } = content;
    return { ...place, at, file: { ...chunk, sum: chunkSum(body) } };
  }
  const { at, title, priority } = content;
  return {
    ...place,
    at,
    ...(title === undefined ? {} : { title }),
    ...(priority === undefined ? {} : { prio: priority }),
  };
}

/** By what a chunk's bytes are known again. */
export function chunkSum(bytes: Uint8Array): string {
  return base64url(sha256(bytes).subarray(0, SUM_BYTES));
}

function bodyPart(content: Content | null): Partial<Kept> {
  if (content === null || content.bytes.length === 0) return {};
  const text = textOf(content);
  return text === null ? { x: base64url(content.bytes) } : { b: text };
}

export function unkeep({ position, text }: Shown): KeptMessage {
  const kept = JSON.parse(text) as Kept; // what `keep` wrote
  const bytes = kept.x === undefined ? kept.b : (fromBase64url(kept.x) ?? undefined);
  return {
    position,
    entryId: kept.e,
    entries: kept.es ?? [kept.e],
    storedAt: kept.s,
    sealedAt: kept.z === undefined ? null : new Date(kept.z),
    field: kept.f ?? null,
    kind: kept.k,
    from: kept.from ?? null,
    t: kept.t ?? null,
    n: kept.n ?? null,
    at: kept.at ?? null,
    content: kept.k === 'none' ? null : contentOf(bytes ?? ''),
    ...(kept.title === undefined ? {} : { title: kept.title }),
    ...(kept.prio === undefined ? {} : { priority: kept.prio }),
    ...(kept.name === undefined ? {} : { name: kept.name }),
    ...(kept.file === undefined ? {} : { file: kept.file }),
    readable: kept.r ?? false,
    notices: kept.notices ?? [],
  };
}

/** What is noticed of the log and belongs to no message has a place in the history too. */
export function aside(noticed: Noticed): Showing {
  const kept: Kept = { e: 0, s: '', k: 'none', notices: [noticed] };
  return { text: JSON.stringify(kept), loud: isLoud(noticed.code) };
}

/** The same message with other findings. */
export function withNotices({ position, text }: Shown, notices: readonly Noticed[]): Shown {
  // JSON leaves out what is undefined
  const next = { ...(JSON.parse(text) as Kept), notices: notices.length === 0 ? undefined : notices };
  return { position, text: JSON.stringify(next), loud: notices.some(({ code }) => isLoud(code)) };
}
