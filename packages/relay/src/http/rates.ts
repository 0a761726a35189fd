import { hash } from 'node:crypto';
import { BUCKETS, BURST_SECONDS } from '../limits.ts';
import { HttpError } from './errors.ts';

/**
 * Token buckets, one for each name, all of one rate. Of a bucket only the moment is kept at which it is full again (as in
 * ATM's cell rate algorithm), so that a full one needs no place. Nothing depends on them after a restart.
 */
export class Buckets {
  readonly #intervalMs: number;
  readonly #fullAt = new Map<string, number>();

  /** `rate`: tokens a second; a bucket holds {@link BURST_SECONDS} of it, at least one. */
  constructor(rate: number) {
    this.#intervalMs = 1000 / rate;
  }

  /** Takes one token. Returns the milliseconds after which there is one, 0 when it was there. */
  take(name: string, nowMs: number): number {
    const holdsMs = Math.max(BURST_SECONDS * 1000, this.#intervalMs);
    // a clock that was set back must not close a bucket for longer than it ever takes
    const fullAt = Math.min(Math.max(this.#fullAt.get(name) ?? 0, nowMs), nowMs + holdsMs);
    const missingMs = fullAt + this.#intervalMs - nowMs - holdsMs;
    if (missingMs > 0) return missingMs;
    // to the end of the map: the first one in it was used the longest ago
    this.#fullAt.delete(name);
    this.#fullAt.set(name, fullAt + this.#intervalMs);
    for (const [oldest, at] of this.#fullAt) {
      if (at > nowMs && this.#fullAt.size <= BUCKETS) break;
      this.#fullAt.delete(oldest);
    }
    return 0;
  }
}

/** How often a key or an address may ask. */
export class Rates {
  readonly #addresses: Buckets | null;
  readonly #keys: Buckets | null;

  /** Requests a second; 0 = not limited. */
  constructor({ addressRate, keyRate }: { readonly addressRate: number; readonly keyRate: number }) {
    this.#addresses = addressRate > 0 ? new Buckets(addressRate) : null;
    this.#keys = keyRate > 0 ? new Buckets(keyRate) : null;
  }

  /** @throws {HttpError} 429 */
  checkAddress(address: string, nowMs: number): void {
    // this computer's own, where a proxy has everybody's
    if (this.#addresses === null || isLoopback(address)) return;
    refuse(this.#addresses.take(groupOf(address), nowMs), 'Too many requests from this address (--address-rate).');
  }

  /** @throws {HttpError} 429 */
  checkKey(key: string | null, nowMs: number): void {
    if (this.#keys === null || key === null) return;
    refuse(this.#keys.take(hash('sha256', key, 'base64url'), nowMs), 'Too many requests with this key (--key-rate).');
  }
}

/** True for an address of this computer. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

/** An IPv4 address, or the /64 of an IPv6 address: a household has 2⁶⁴ of the latter. */
export function groupOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.replace(/%.*$/, '').split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === '' ? 0 : tail.split(':').length;
  while (address.includes('::') && groups.length + after < 8) groups.push('0');
  return [...groups, ...tail.split(':')].slice(0, 4).join(':');
}

function refuse(missingMs: number, details: string): void {
  if (missingMs <= 0) return;
  throw new HttpError('tooMany', details, { 'Retry-After': String(Math.ceil(missingMs / 1000)) });
}
