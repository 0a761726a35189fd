/** A file is one offer, its chunks, and an end; docs/protocol.md, "Files". */

/** Which file: the first offer of its sender with this id counts, and so does the first chunk of each index. */
interface OfFile {
  /** 16 random bytes, base64url. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** How many there are. */
  readonly chunks: number;
}

export interface FileOffer extends OfFile {
  /** As its sender called it; not a path to write to. */
  readonly name: string;
  /** Media type, as its sender says. */
  readonly type: string;
}

/** What a chunk says beside its bytes. */
export interface ChunkPlace extends OfFile {
  /** 0, 1, 2 … */
  readonly index: number;
}

export interface FileEnd extends OfFile {
  /** Of the whole file: SHA-256, base64url. */
  readonly sha256: string;
}

/** The largest file: 1 TiB. */
const MAX_SIZE = 2 ** 40;
/** No chunk is longer, in bytes: what is joined from parts is at most 4 MiB of base64. */
const MAX_CHUNK = 2 ** 20;
const MAX_NAME = 1024;
const MAX_TYPE = 256;

type Fields = Readonly<Record<string, unknown>>;

/** Null: it is none. */
export function readOffer({ name, type, ...fields }: Fields): FileOffer | null {
  const of = ofFile(fields);
  if (of === null || !isText(name, MAX_NAME) || name === '' || !isText(type, MAX_TYPE)) return null;
  return { ...of, name, type };
}

/** Null: it is none, or has another length than a chunk there has. */
export function readChunk({ index, ...fields }: Fields, length: number): ChunkPlace | null {
  const of = ofFile(fields);
  if (of === null || !isCount(index) || index >= of.chunks || length !== chunkLength(of, index)) return null;
  return { ...of, index };
}

/** Null: it is none. */
export function readEnd({ sha256, ...fields }: Fields): FileEnd | null {
  const of = ofFile(fields);
  return of !== null && typeof sha256 === 'string' && /^[\w-]{43}$/.test(sha256) ? { ...of, sha256 } : null;
}

/** Bytes of a chunk: all have the same length but the last, which has what is left. */
export function chunkLength({ size, chunks }: Pick<OfFile, 'size' | 'chunks'>, index: number): number {
  const length = Math.ceil(size / chunks);
  return index < chunks - 1 ? length : size - length * (chunks - 1);
}

function ofFile({ file, size, chunks }: Fields): OfFile | null {
  if (typeof file !== 'string' || !/^[\w-]{22}$/.test(file) || !isCount(size) || !isCount(chunks)) return null;
  if (size > MAX_SIZE) return null;
  if (size === 0 || chunks === 0) return size === chunks ? { file, size, chunks } : null;
  const length = Math.ceil(size / chunks);
  return length <= MAX_CHUNK && length * (chunks - 1) < size ? { file, size, chunks } : null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length <= most;
}
