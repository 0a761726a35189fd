import { hash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { HttpError } from './errors.ts';

/** The forms of an answer (thingspeak-api 1.2). Never HTML: what users stored is never a page. */
export type AnswerType = 'json' | 'csv' | 'text' | 'events';

const CONTENT_TYPES: Record<AnswerType, string> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  text: 'text/plain; charset=utf-8',
  events: 'text/event-stream; charset=utf-8',
};

/** What a handler returns. A body of pieces is collected when it is short and sent piece by piece when it is long. */
export interface Answer<Body extends string | AsyncIterable<string> = string | AsyncIterable<string>> {
  readonly status: number;
  readonly type: AnswerType;
  readonly body: Body;
  readonly headers?: Readonly<Record<string, string>>;
  /** True: gets an ETag, and 304 to who has it already. */
  readonly cacheable?: boolean;
  /** What follows the body, until the connection is closed: gets the connection once the head was written. */
  readonly live?: (connection: Socket) => void;
}

/** A JSON answer, compact: devices search it for `"field1":"` (thingspeak-api 1.2). */
export function json(value: unknown, status = 200): Answer<string> {
  return { status, type: 'json', body: JSON.stringify(value) };
}

/** A text answer. */
export function text(body: string, status = 200): Answer<string> {
  return { status, type: 'text', body };
}

/** An error in the form that was asked for: JSON gets the object, all else the code alone (thingspeak-api 4.1). */
export function errorAnswer(error: HttpError, type: AnswerType): Answer<string> {
  const body = type === 'json' ? JSON.stringify(error) : error.code;
  return { status: error.status, type: type === 'json' ? 'json' : 'text', body, headers: error.headers };
}

/** On every answer, also with `headers=false`: no answer is ever run, sniffed for another type or told where it came from. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Referrer-Policy': 'no-referrer',
};

/** thingspeak-api 1.4; the two key headers are ours, so that pages can keep keys out of addresses. */
const CORS_HEADERS: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, POST, PUT, OPTIONS, DELETE, PATCH',
  'Access-Control-Allow-Headers':
    'origin, content-type, X-Requested-With, THINGSPEAKAPIKEY, X-THINGSPEAKAPIKEY, Last-Event-ID',
  'Access-Control-Max-Age': '1800',
};

// put together once: they are most of a short answer's work
const FEW: readonly string[] = Object.entries(SECURITY_HEADERS).flat();
const FRESH: readonly string[] = [
  ...FEW,
  ...Object.entries(CORS_HEADERS).flat(),
  'Cache-Control',
  'max-age=0, private, must-revalidate',
];
/** Never kept on the way, never collected by nginx, also with `headers=false`. */
const LIVE: readonly string[] = [
  ...FEW,
  ...Object.entries(CORS_HEADERS).flat(),
  'Cache-Control',
  'no-store',
  'X-Accel-Buffering',
  'no',
];
const UNCACHED: readonly string[] = [...FEW, ...Object.entries(CORS_HEADERS).flat(), 'Cache-Control', 'no-cache'];

/** Names and values in turn, for `writeHead`. `few`: the request said `headers=false`. */
export function headersOf(answer: Answer, few: boolean): string[] {
  const usual = few ? FEW : answer.status < 400 ? FRESH : UNCACHED;
  const common = answer.live === undefined ? usual : LIVE;
  return ['Content-Type', CONTENT_TYPES[answer.type], ...common, ...Object.entries(answer.headers ?? {}).flat()];
}

/** The ETag of a body, weak as Rails makes them: the same entries, not the same bytes on the way. */
export function etagOf(body: string): string {
  return `W/"${hash('sha256', body, 'base64url').slice(0, 22)}"`;
}
