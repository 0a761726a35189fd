import { ChannelError } from '../errors.ts';
import type { Connection } from './connection.ts';
import { whereOf } from './connection.ts';
import { networkError } from './network.ts';

/** Longest answer that is read into memory: a page of entries is made to fit, see `AnswerTooLong`. */
const MAX_ANSWER_BYTES: number = 32 * 1024 * 1024;
const TICK_MS = 250;

export interface ChannelRequest {
  /** `/channels/5/feeds.json?results=0` */
  readonly path: string;
  /** A GET sends this key in a header; a POST has its key in the body, where ThingSpeak lets browsers have it. */
  readonly key?: string | undefined;
  /** Makes it a POST. */
  readonly body?: URLSearchParams | { readonly json: string };
  /** How long the server may hold the answer back, in milliseconds, on top of the usual time-out. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly html: boolean;
  readonly retryAfterMs: number | undefined;
  /** Where a redirect leads, without query. */
  readonly location: string | undefined;
}

/** The answer is longer than anybody needs; ask for less. */
export class AnswerTooLong extends ChannelError {
  constructor(where: string) {
    super('not-a-channel', `The answer of ${where} is longer than ${MAX_ANSWER_BYTES} bytes.`);
  }
}

/** Sends one request, once, and gives the whole answer, whatever its status. Redirects are not followed: they would take the keys along. */
export async function request(connection: Connection, asked: ChannelRequest): Promise<Answer> {
  asked.signal?.throwIfAborted();
  const patience = startPatience(connection.timeoutMs + (asked.waitMs ?? 0));
  const signals = [patience.signal, connection.closed, ...(asked.signal === undefined ? [] : [asked.signal])];
  try {
    const response = await connection.fetch(connection.address.origin + asked.path, {
      ...content(asked),
      redirect: 'manual',
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.any(signals),
    });
    return await read(response, whereOf(connection));
  } catch (error) {
    asked.signal?.throwIfAborted();
    if (error instanceof ChannelError) throw error;
    if (connection.closed.aborted)
      throw new ChannelError('unreachable', 'The channel was closed.', { stored: 'unknown' });
    throw networkError(error, {
      where: whereOf(connection),
      timedOut: patience.signal.aborted,
      timeoutMs: connection.timeoutMs,
    });
  } finally {
    patience.end();
  }
}

/**
 * Aborts after `ms`, counted in ticks: time in which this computer slept, or gave this program nothing to do its work
 * with, is one tick at most. Else it would give up on an answer that lies here unread.
 */
function startPatience(ms: number): { readonly signal: AbortSignal; end(): void } {
  const over = new AbortController();
  let ticks = Math.ceil(ms / TICK_MS);
  const timer = setInterval(
    () => {
      ticks -= 1;
      if (ticks <= 0) over.abort();
    },
    Math.min(TICK_MS, ms),
  );
  return { signal: over.signal, end: () => clearInterval(timer) };
}

function content({ key, body }: ChannelRequest): RequestInit {
  const headers: Record<string, string> = key === undefined ? {} : { THINGSPEAKAPIKEY: key };
  if (body === undefined) return { headers };
  if (body instanceof URLSearchParams) return { method: 'POST', headers, body };
  return { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: body.json };
}

async function read(response: Response, where: string): Promise<Answer> {
  const text = await readText(response, where);
  return {
    status: response.status,
    text,
    html: /html/i.test(response.headers.get('content-type') ?? '') || /^\s*<(?:!doctype|html)/i.test(text),
    retryAfterMs: readRetryAfter(response.headers.get('retry-after')),
    location: readLocation(response.headers.get('location')),
  };
}

async function readText(response: Response, where: string): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > MAX_ANSWER_BYTES) {
      await reader.cancel();
      throw new AnswerTooLong(where);
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Seconds or a date (RFC 9110, 10.2.3), in milliseconds from now. */
function readRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function readLocation(value: string | null): string | undefined {
  if (value === null || !URL.canParse(value)) return undefined;
  const { origin, pathname } = new URL(value);
  return origin === 'null' ? undefined : origin + pathname;
}
