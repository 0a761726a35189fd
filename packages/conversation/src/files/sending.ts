import { sha256Hasher } from '#sha256';
import { isChannelError, type ChannelInfo } from '@fernspeak/channel';
import { base64url } from '../bytes.ts';
import { ConversationError } from '../errors.ts';
import { chunkLength, type FileOffer } from '../frame/file-content.ts';
import type { FramedSent } from '../framed/conversation.ts';
import { Ingest } from '../framed/ingest.ts';
import type { Parts } from '../framed/parts.ts';
import type { Written } from '../framed/seal.ts';
import { chunkSum } from '../framed/shown.ts';
import type { SendOptions } from '../outbox/delivery.ts';
import { knownFiles, type KnownFile } from './parts.ts';

/**
 * Bytes of a chunk at most: with header and frame it fills 256 KiB, a size that is not padded further. Larger ones would
 * gain nothing (an entry of our relay takes 512 KiB) and hold the page up; smaller ones cost more requests.
 */
const CHUNK_BYTES = 256 * 1024 - 512;
const FILE_ID_BYTES = 16;
/** A file that a slow channel would take longer for is refused, in milliseconds. */
const LONGEST_MS = 10 * 60_000;
/** `at` of what waits in the outbox: it is set when the message is sealed. */
const NOT_YET = 0;

/** What is sent, read piece by piece. */
export interface FileSource {
  /** What the others see; path parts are not taken off. */
  readonly name: string;
  /** Media type; '' = not known. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** So many bytes from there; less only if the file became shorter. */
  read(from: number, length: number): Promise<Uint8Array>;
}

export interface SendFileOptions extends Pick<SendOptions, 'signal' | 'timeoutMs'> {
  /** After each chunk: how many bytes are on the channel, and how many of them were before this call. */
  readonly onSent?: ((bytes: number, resumedFrom: number) => void) | undefined;
}

/** A file that is on the channel. */
export interface SentFile {
  /** 16 bytes, base64url. */
  readonly file: string;
  /** SHA-256, base64url. */
  readonly sha256: string;
  /** Bytes that an earlier, broken off run had sent already. */
  readonly resumedFrom: number;
}

export interface FileSending {
  readonly parts: Parts;
  /** This device's key, base64url. */
  readonly me: string;
  /** Sends one message, behind all that wait. */
  readonly send: (content: Written, options: SendOptions) => Promise<FramedSent>;
}

/**
 * Sends an offer, the chunks and an end, one after the other, each by the outbox: a run that is killed loses nothing that was
 * accepted, and the same call goes on where it broke off, as long as the file has not changed.
 *
 * @throws ConversationError `refused`: the channel is too slow · `file-changed`: it is not as long as it was
 * @throws ChannelError when the channel did not take it in time; the same call goes on later
 * @throws the signal's reason
 */
export async function sendFile(source: FileSource, sending: FileSending, options: SendFileOptions): Promise<SentFile> {
  const { signal } = options;
  const { parts, me, send } = sending;
  refuseSlow(source, await parts.channel.info({ signal }));
  await takeIn(parts, signal);
  const begun = await unfinished(source, { parts, me });
  const offer = begun?.offer ?? offerOf(source);
  const deliver = async (content: Written): Promise<void> => {
    const sent = await send(content, { signal, timeoutMs: options.timeoutMs });
    if (sent.status === 'kept') throw sent.reason;
  };
  if (!begun) await deliver({ kind: 'file', at: NOT_YET, ...offer });
  const { file, size, chunks } = offer;
  const hasher = sha256Hasher();
  let [done, resumedFrom] = [0, 0];
  for (let index = 0; index < chunks; index++) {
    signal?.throwIfAborted();
    const body = await source.read(done, chunkLength(offer, index));
    if (body.length !== chunkLength(offer, index)) throw changed(source);
    hasher.update(body);
    done += body.length;
    if (begun?.chunks.has(index)) resumedFrom += body.length;
    else await deliver({ kind: 'chunk', at: NOT_YET, file, index, size, chunks, body });
    options.onSent?.(done, resumedFrom);
  }
  const sha256 = base64url(hasher.digest());
  await deliver({ kind: 'end', at: NOT_YET, file, size, chunks, sha256 });
  return { file, sha256, resumedFrom };
}

function offerOf({ name, type, size }: FileSource): FileOffer {
  const file = base64url(crypto.getRandomValues(new Uint8Array(FILE_ID_BYTES)));
  return { file, name, type, size, chunks: Math.ceil(size / CHUNK_BYTES) };
}

/** What an earlier run began with the same file, all that it sent being as the file is now; null: nothing. */
async function unfinished(
  source: FileSource,
  { parts, me }: Pick<FileSending, 'parts' | 'me'>,
): Promise<KnownFile | null> {
  const files = await knownFiles(parts.store, parts.live.id, 0);
  const begun = files.findLast(
    ({ from, end, offer }) =>
      from === me &&
      end === null &&
      offer.name === source.name &&
      offer.type === source.type &&
      offer.size === source.size,
  );
  if (!begun) return null;
  const length = chunkLength(begun.offer, 0);
  for (const { index, sum } of begun.chunks.values()) {
    const bytes = await source.read(index * length, chunkLength(begun.offer, index));
    if (chunkSum(bytes) !== sum) return null;
  }
  return begun;
}

/** Own messages that went out are known by reading them. What cannot be read now is sent once more: the first one counts. */
async function takeIn(parts: Parts, signal: AbortSignal | undefined): Promise<void> {
  try {
    const options = { signal: signal ?? new AbortController().signal, onNotice: () => {} };
    for await (const _ of new Ingest(parts, options).read());
  } catch (error) {
    if (!isChannelError(error)) throw error;
  }
}

/** Channels that make writers wait are for short messages. */
function refuseSlow({ size, name }: FileSource, { limits }: ChannelInfo): void {
  const { minIntervalMs, entryBytes, bulkEntries } = limits;
  const entriesOfChunk = Math.ceil(
    (Math.min(size, CHUNK_BYTES) * 1.4) / Math.min(entryBytes, limits.fieldBytes * limits.fieldsPerEntry),
  );
  const requests = Math.ceil(size / CHUNK_BYTES) * Math.ceil(entriesOfChunk / bulkEntries);
  const minutes = (requests * minIntervalMs) / 60_000;
  if (requests * minIntervalMs <= LONGEST_MS) return;
  const wait = `it takes one request each ${minIntervalMs / 1000} seconds`;
  throw new ConversationError(
    'refused',
    `${name} would take about ${Math.ceil(minutes)} minutes on this channel: ${wait}.`,
    {
      hint: 'Send it over a channel without such a limit, on a relay of your own: npm start',
    },
  );
}

function changed({ name }: FileSource): ConversationError {
  return new ConversationError('file-changed', `${name} became shorter while it was sent.`, {
    hint: 'Send it again when nobody writes to it.',
  });
}
