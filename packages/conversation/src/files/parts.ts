import type { FileEnd, FileOffer } from '../frame/file-content.ts';
import { unkeep, type KeptChunk, type KeptMessage } from '../framed/shown.ts';
import type { Store } from '../store.ts';

/** So many messages of the local history are looked through at once. */
const PAGE = 512;

/** A chunk that came: where it lies on the channel, and which message it is. */
export interface Chunk extends Pick<KeptChunk, 'index' | 'sum'> {
  readonly t: string;
  /** Entry numbers, in the order of the parts. */
  readonly entries: readonly number[];
}

/** A file of the local history. */
export interface KnownFile {
  readonly from: string;
  /** The local position of its offer. */
  readonly position: number;
  readonly offer: FileOffer;
  /** By index. */
  readonly chunks: ReadonlyMap<number, Chunk>;
  readonly end: FileEnd | null;
}

interface Collected extends KnownFile {
  readonly chunks: Map<number, Chunk>;
  end: FileEnd | null;
}

/**
 * The files that were offered behind a position, in the order of their offers, with what came of them. The first offer of a
 * sender with an id counts, the first chunk of each index that fits it, and the first end.
 *
 * @param id the conversation's number in the profile
 */
export async function knownFiles(
  store: Pick<Store, 'shown'>,
  id: number,
  after: number,
): Promise<readonly KnownFile[]> {
  const files = new Map<string, Collected>();
  for (let position = after; ;) {
    const page = await store.shown(id, { after: position, limit: PAGE });
    for (const each of page) collect(files, unkeep(each));
    const last = page.at(-1);
    if (!last) return [...files.values()];
    ({ position } = last);
  }
}

/** True: all of it is there. */
export function isComplete({ offer, chunks, end }: KnownFile): boolean {
  return end !== null && chunks.size === offer.chunks;
}

function collect(files: Map<string, Collected>, { kind, from, t, position, entries, file }: KeptMessage): void {
  if (file === undefined || from === null || t === null) return;
  const key = `${from} ${file.file}`;
  const there = files.get(key);
  if (kind === 'file' && 'name' in file) {
    if (!there) files.set(key, { from, position, offer: file, chunks: new Map(), end: null });
    return;
  }
  if (!there || file.size !== there.offer.size || file.chunks !== there.offer.chunks) return;
  if ('index' in file && !there.chunks.has(file.index)) {
    there.chunks.set(file.index, { index: file.index, sum: file.sum, t, entries });
  }
  if ('sha256' in file) there.end ??= file;
}
