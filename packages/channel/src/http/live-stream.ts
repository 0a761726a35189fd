import { cleared } from '../cleared.ts';
import type { Entry } from '../channel.ts';
import { ChannelError } from '../errors.ts';
import type { Connection } from './connection.ts';
import { whereOf } from './connection.ts';
import { EventStreamParser, EventTooLong, type ServerSentEvent } from './event-stream.ts';
import { networkError } from './network.ts';
import { readRefusal } from './refusal.ts';
import { readAnswer } from './request.ts';

/** Longest wait for the first bytes of a stream, in milliseconds: who holds these back holds back entries, too. */
const FIRST_BYTES_MS = 5_000;
/** Longest event: eight fields of 4 MiB, as the longest answer is. */
const MAX_EVENT_CHARACTERS: number = 32 * 1024 * 1024;

/** Somebody in between does not pass the stream on as it is: not an error, but no way to live entries. */
export class StreamSpoilt extends ChannelError {
  constructor(where: string, how: string, cause?: unknown) {
    super('unclear', `The live stream of ${where} ${how}.`, { stored: 'no', cause });
  }
}

export interface LiveRequest {
  readonly after: number;
  readonly signal: AbortSignal | undefined;
  /** Called when the answer begins. */
  readonly onBegin: () => void;
}

/**
 * The entries after a number as our relay pushes them, each once, in the order of their numbers. Returns when the stream
 * ends, which every stream does at some time: the caller comes back with the last number that it was given.
 * Throws {@link StreamSpoilt}, or what a read throws; `damaged` when the channel was cleared.
 */
export async function* liveStream(
  connection: Connection,
  { after, signal, onBegin }: LiveRequest,
): AsyncGenerator<Entry> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const stops = [connection.closed, signal];
  for (const stop of stops) stop?.addEventListener('abort', end);
  if (stops.some((stop) => stop?.aborted)) end();
  try {
    const body = await open(connection, { after, ending, onBegin });
    const { parseEntry } = await import('./answers.ts');
    const parser = new EventStreamParser(MAX_EVENT_CHARACTERS);
    let position = after;
    for await (const piece of pieces(connection, body, ending)) {
      for (const event of parse(connection, parser, piece)) {
        if (event.type === 'cleared' && position === 0) return;
        if (event.type === 'cleared') throw cleared(lastEntryOf(event), position);
        const entry = event.type === 'message' ? parseEntry(event.data) : undefined;
        if (entry === null) throw new StreamSpoilt(whereOf(connection), 'holds what is no entry');
        if (entry === undefined || entry.id <= position) continue;
        position = entry.id;
        yield entry;
      }
    }
  } finally {
    for (const stop of stops) stop?.removeEventListener('abort', end);
    end();
  }
}

/** Asks for the stream; returns when its first bytes are there. */
async function open(
  connection: Connection,
  { after, ending, onBegin }: Omit<LiveRequest, 'signal'> & { readonly ending: AbortController },
): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const where = whereOf(connection);
  const key = connection.readKey ?? connection.writeKey;
  const path = `/channels/${connection.address.channelId}/feeds/live?after=${after}`;
  const headers = { accept: 'text/event-stream', ...(key === undefined ? {} : { THINGSPEAKAPIKEY: key }) };
  const patience = patienceOf(Math.min(FIRST_BYTES_MS, connection.timeoutMs), ending);
  try {
    const response = await connection.fetch(connection.address.origin + path, {
      headers,
      redirect: 'manual',
      cache: 'no-store',
      credentials: 'omit',
      signal: ending.signal,
    });
    onBegin();
    const type = response.headers.get('content-type') ?? '';
    if (response.status !== 200) throw readRefusal(connection, await readAnswer(response, where));
    if (!/^text\/event-stream\b/i.test(type) || response.body === null) {
      throw new StreamSpoilt(where, 'comes as something else');
    }
    return response.body.getReader();
  } catch (error) {
    if (patience.isOver()) throw new StreamSpoilt(where, 'is held back', error);
    throw error instanceof ChannelError ? error : brokenStream(connection, error);
  } finally {
    patience.end();
  }
}

/** What arrives. A relay that is silent for longer than its heartbeat is not there any more, whatever the connection says. */
async function* pieces(
  connection: Connection,
  body: ReadableStreamDefaultReader<Uint8Array>,
  ending: AbortController,
): AsyncGenerator<Uint8Array> {
  let silenceMs = Math.min(FIRST_BYTES_MS, connection.timeoutMs);
  for (let first = true; ; first = false) {
    const patience = patienceOf(silenceMs, ending);
    let read;
    try {
      read = await body.read();
    } catch (error) {
      if (patience.isOver() && first) throw new StreamSpoilt(whereOf(connection), 'is held back', error);
      throw brokenStream(connection, error);
    } finally {
      patience.end();
    }
    if (read.done) return;
    yield read.value;
    silenceMs = connection.silenceMs;
  }
}

function parse(connection: Connection, parser: EventStreamParser, piece: Uint8Array): ServerSentEvent[] {
  try {
    return parser.push(piece);
  } catch (error) {
    if (error instanceof EventTooLong) throw new StreamSpoilt(whereOf(connection), 'holds too long an event', error);
    throw error;
  }
}

function lastEntryOf({ data }: ServerSentEvent): number {
  return Number(/^\{"last_entry_id":(\d{1,15})\}$/.exec(data)?.[1] ?? 0);
}

function brokenStream(connection: Connection, error: unknown): ChannelError {
  return networkError(error, { where: whereOf(connection), timedOut: false, timeoutMs: connection.timeoutMs });
}

interface Wait {
  /** True when it took too long. */
  isOver(): boolean;
  end(): void;
}

/** Aborts what is waited for when it takes too long. */
function patienceOf(ms: number, ending: AbortController): Wait {
  let over = false;
  const timer = setTimeout(() => {
    over = true;
    ending.abort();
  }, ms);
  return { isOver: () => over, end: () => clearTimeout(timer) };
}
