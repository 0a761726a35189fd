import { text, type Answer } from '../http/answer.ts';
import { HttpError } from '../http/errors.ts';
import type { RawRequest } from '../http/request.ts';
import type { RouteRequest } from '../http/router.ts';
import { hashOf, sameHash, type StoredKey } from '../keys.ts';
import { MAX_CHANNEL } from '../limits.ts';
import type { Channel } from '../store/store.ts';
import type { RelayContext } from './context.ts';

/** The details of the cloud's own 401 (thingspeak-api 2.2). */
const PROPER_DETAILS = 'Please provide proper authentication details.';

/** The channel that a path names. @throws {HttpError} 404 */
export async function channelAt({ captures }: RouteRequest, { store }: RelayContext): Promise<Channel> {
  const id = wholeNumber(captures['id'] ?? '');
  const channel = id === null || id > MAX_CHANNEL ? null : await store.channel(id);
  if (channel === null) throw new HttpError('notFound', 'There is no such channel.');
  return channel;
}

/** A number as ids are written: digits without sign, leading zero or exponent; null if it is none. */
export function wholeNumber(digits: string): number | null {
  return /^(0|[1-9]\d{0,14})$/.test(digits) ? Number(digits) : null;
}

/** True when the channel is public or the key is any key of it (thingspeak-api 1.1). */
export function mayRead(channel: Channel, key: string | null): boolean {
  return channel.isPublic || holds(channel.keys, key);
}

/** True when the key is one of the channel's write keys. */
export function mayWrite(channel: Channel, key: string | null): boolean {
  return holds(
    channel.keys.filter(({ write }) => write),
    key,
  );
}

/** What a read without permission gets, in any form (thingspeak-api 3.8). */
export function readRefused(format: RouteRequest['format']): Answer {
  return { ...text('-1', 400), type: format === 'json' || format === null ? 'json' : 'text' };
}

/** The error of a wrong or missing key where the API has no code of its own for it. */
export function keyRefused(): HttpError {
  return new HttpError('authRequired', PROPER_DETAILS);
}

/**
 * Passes who administers the relay: whoever has a user key; without any key, a request that comes straight from this
 * computer. A key that came along must be right: a channel's key administers nothing (thingspeak-api 1.1).
 * @throws {HttpError} 401
 */
export async function requireAdministrator(request: RouteRequest, context: RelayContext): Promise<void> {
  if (!(await isAdministrator(request, context))) throw keyRefused();
}

/** The same as a question. */
export async function isAdministrator({ raw, key }: RouteRequest, context: RelayContext): Promise<boolean> {
  if (key !== null) return holds(await context.store.userKeys(), key);
  return context.trustsLoopback() && isDirect(raw);
}

function holds(keys: readonly StoredKey[], key: string | null): boolean {
  if (key === null) return false;
  const hash = hashOf(key);
  return keys.some((own) => sameHash(own.hash, hash));
}

/** Headers that a proxy adds: behind one on this computer everybody would seem local. */
const PROXY_HEADER = /^(forwarded|via|x-forwarded|x-forwarded-.*|x-real-ip)$/;

/**
 * True when nothing in a request says that it came from elsewhere: no proxy passed it on, and no web page of another
 * place sent it (its Origin or Sec-Fetch-Site tells; where a name was pointed at this computer, its Host does). For a
 * device that writes, Host means nothing: MathWorks' library always sends ThingSpeak's.
 */
function isDirect({ headers, target }: RawRequest): boolean {
  // whole addresses are for proxies, and what they name goes before Host
  if (!target.startsWith('/')) return false;
  for (const name in headers) if (PROXY_HEADER.test(name)) return false;
  const { host = '', origin } = headers;
  if (!isLoopbackHost(host)) return false;
  if (origin !== undefined && !/^https?:\/\//.test(origin)) return false;
  if (origin !== undefined && origin.replace(/^https?:\/\//, '') !== host) return false;
  const site = headers['sec-fetch-site'];
  // same-site is another port of this computer: another program's page
  return site === undefined || site === 'same-origin' || site === 'none';
}

/** True for a Host header that only ever means this computer. */
function isLoopbackHost(host: string): boolean {
  return /^(localhost|([a-z0-9-]+\.)+localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host);
}
