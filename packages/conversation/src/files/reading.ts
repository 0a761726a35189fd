import { sha256Hasher } from '#sha256';
import { emptyJoining, join, type Arrival, type Channel, type Entry } from '@fernspeak/channel';
import { base64url } from '../bytes.ts';
import { ConversationError } from '../errors.ts';
import { Opening } from '../reading/opening.ts';
import { chunkLength } from '../frame/file-content.ts';
import type { FramedSeal } from '../framed/seal.ts';
import { chunkSum } from '../framed/shown.ts';
import { isComplete, type Chunk, type KnownFile } from './parts.ts';

export interface ReadFileOptions {
  readonly signal?: AbortSignal | undefined;
  /** What an earlier reading left of this chunk: so many bytes from there; null or others: it is read again. */
  readonly have?: ((from: number, length: number) => Promise<Uint8Array | null>) | undefined;
}

export interface FileReading extends ReadFileOptions {
  readonly channel: Channel;
  readonly seal: Pick<FramedSeal, 'open'>;
}

/** Bytes of a file, and where they begin in it. */
export interface FilePiece {
  readonly from: number;
  readonly bytes: Uint8Array;
  /** False: they were there already. */
  readonly isNew: boolean;
}

/**
 * The bytes of a file, chunk by chunk in their order, read from its channel again: only what is the message that was checked counts, and
 * behind the last one, the whole file's SHA-256.
 *
 * @throws ConversationError `file-incomplete`: not all of it came yet · `file-gone`: the channel does not give a chunk any
 * more · `file-altered`: the bytes are not those of its end
 * @throws ChannelError
 */
export async function* readFile(file: KnownFile, reading: FileReading): AsyncGenerator<FilePiece, void, undefined> {
  const { offer, chunks, end } = file;
  if (end === null || !isComplete(file)) throw incomplete(file);
  const hasher = sha256Hasher();
  const source = new ChunkSource(reading);
  try {
    for (let index = 0; index < offer.chunks; index++) {
      reading.signal?.throwIfAborted();
      const chunk = chunks.get(index) as Chunk;
      const from = index * chunkLength(offer, 0);
      const there = (await reading.have?.(from, chunkLength(offer, index))) ?? null;
      const isNew = there === null || chunkSum(there) !== chunk.sum;
      const bytes = isNew ? await source.bodyOf(chunk) : there;
      if (bytes === null) throw gone(file, index);
      hasher.update(bytes);
      yield { from, bytes, isNew };
    }
  } finally {
    await source.close();
  }
  if (base64url(hasher.digest()) !== end.sha256) throw altered(file);
}

/** Gives chunks from where they lie; those that follow one another come from one reading of the channel. */
class ChunkSource {
  readonly #reading: FileReading;
  readonly #opening: Opening;
  #entries: AsyncIterator<Entry> | null = null;
  #position = 0;

  constructor(reading: FileReading) {
    this.#reading = reading;
    this.#opening = new Opening(reading.channel, reading.seal);
  }

  /** Null: the channel does not give it. */
  async bodyOf({ t, entries, index }: Chunk): Promise<Uint8Array | null> {
    const arrival = await this.#arrivalOf(entries);
    const [messages = []] = await this.#opening.open([arrival]);
    for (const { frame } of messages) {
      if (frame?.t === t && frame.content.kind === 'chunk' && frame.content.index === index) return frame.content.body;
    }
    return null;
  }

  async close(): Promise<void> {
    await this.#entries?.return?.();
    this.#entries = null;
  }

  async #arrivalOf(numbers: readonly number[]): Promise<Arrival | null> {
    const wanted = new Set(numbers);
    const last = Math.max(...numbers);
    const first = Math.min(...numbers);
    if (this.#entries === null || this.#position >= first) await this.#begin(first - 1);
    let joining = emptyJoining();
    while (this.#position < last) {
      const next = await this.#entries?.next();
      if (next === undefined || next.done === true) return null;
      this.#position = next.value.id;
      if (!wanted.has(next.value.id)) continue;
      const { state, arrival } = join(joining, next.value);
      joining = state;
      if (next.value.id === last) return arrival;
    }
    return null;
  }

  async #begin(after: number): Promise<void> {
    await this.close();
    const { channel, signal } = this.#reading;
    this.#entries = channel.read({ after }, { signal })[Symbol.asyncIterator]();
    this.#position = after;
  }
}

function incomplete({ offer, chunks }: KnownFile): ConversationError {
  return new ConversationError(
    'file-incomplete',
    `Of ${offer.name}, ${chunks.size} of ${offer.chunks} parts have come.`,
    { hint: 'Try again later: its sender may still be at it.' },
  );
}

function gone({ offer }: KnownFile, index: number): ConversationError {
  return new ConversationError('file-gone', `The channel does not give part ${index + 1} of ${offer.name} any more.`, {
    hint: 'Ask its sender to send it again.',
  });
}

function altered({ offer }: KnownFile): ConversationError {
  return new ConversationError('file-altered', `The parts of ${offer.name} do not make the file that was announced.`, {
    hint: 'Ask its sender to send it again.',
  });
}
