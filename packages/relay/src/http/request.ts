import type { IncomingHttpHeaders } from 'node:http';
import { decodePath } from './decode.ts';
import { HttpError } from './errors.ts';
import { Params } from './params.ts';

/** What came over HTTP, before anything of it is understood. */
export interface RawRequest {
  readonly method: string;
  /** Path and query as sent; one byte a character (latin1). */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** Where the connection comes from; '' when it is gone. */
  readonly address: string;
  readonly body: Buffer;
  /** Aborted when the client went away. Asked for only by who waits. */
  gone(): AbortSignal;
}

/** An extension of the path; `xml` is understood in order to be refused. */
export type Format = 'json' | 'csv' | 'txt' | 'xml';

const EXTENSION = /\.(json|csv|txt|text|xml)$/i;

/** A path in pieces: decoded segments, and the extension of the last one. */
export interface Path {
  readonly segments: readonly string[];
  readonly format: Format | null;
}

/** Reads the path of a target. One slash at its end is passed over, the extension may be in any case (1.2). */
export function pathOf(target: string): Path {
  const [path = ''] = target.split(/[?#]/, 1);
  const bare = path.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/(?<=.)\/$/, '');
  const extension = EXTENSION.exec(bare)?.[1]?.toLowerCase();
  const named = extension === undefined ? bare : bare.slice(0, -extension.length - 1);
  const segments = named.split('/').slice(1).map(decodePath);
  const format = extension === 'text' ? 'txt' : ((extension ?? null) as Format | null);
  return { segments: segments.length === 1 && segments[0] === '' ? [] : segments, format };
}

/** Query and body of a request, understood. */
export function paramsOf({ target, headers, body }: RawRequest, withBody: boolean): Params {
  const params = new Params();
  if (headers['content-encoding'] !== undefined && body.length > 0) {
    throw new HttpError('badRequest', 'Content-Encoding is not supported: send the body as it is.');
  }
  if (withBody) params.addBody(body, headers['content-type'] ?? '');
  const question = target.indexOf('?');
  if (question >= 0) params.addEncoded(target.slice(question + 1).replace(/#.*$/s, ''));
  return params;
}

/**
 * The key that came along, without blanks around it: any header whose name contains THINGSPEAKAPIKEY, else `key`,
 * `api_key`, `apikey` (thingspeak-api 1.1). Null when there is none.
 */
export function keyOf(headers: IncomingHttpHeaders, params: Params): string | null {
  for (const name in headers) {
    if (name.includes('thingspeakapikey')) return String(headers[name]).trim();
  }
  return params.first('key', 'api_key', 'apikey')?.trim() || null;
}
