import { parseAddress } from '../address.ts';
import type { CallOptions, Channel, ChannelInfo, Entry, Limits, ReadOptions, ReadRange } from '../channel.ts';
import { ChannelError } from '../errors.ts';
import type { Fields } from '../format/fields.ts';
import { checkEntries, trimFields } from '../limits.ts';
import type { Connection } from './connection.ts';
import { whereOf } from './connection.ts';
import type { ServerSettings } from './info.ts';
import { isOurs, readInfo, readSettings } from './info.ts';
import { followRelay } from './follow-relay.ts';
import { readRelay } from './relay-feed.ts';
import { bulkUpdate, nothingSent, update } from './write.ts';

/** A server that is silent for longer than this is not going to answer. */
const TIMEOUT_MS = 20_000;
/** Our relay's heartbeat comes every 15 seconds; two may be late. */
const SILENCE_MS = 40_000;
/** Three times as often as a free channel of ThingSpeak takes updates. */
const POLL_MS = 5_000;

export interface HttpChannelOptions {
  /** `http(s)://host/channels/N` */
  readonly address: string;
  readonly writeKey?: string | undefined;
  readonly readKey?: string | undefined;
  /** Longest wait for one answer, in milliseconds; default 20,000. */
  readonly timeoutMs?: number | undefined;
  /** How often a follower asks a server that has no long poll, in milliseconds; default 5,000. */
  readonly pollMs?: number | undefined;
  /** Longest silence of a live stream until it is taken for dead, in milliseconds; default 40,000. */
  readonly silenceMs?: number | undefined;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch | undefined;
}

/** So long a server's settings are not asked for again: each message asks how far the channel is. In milliseconds. */
const SETTINGS_MS = 60_000;

/**
 * A channel of ThingSpeak, of our relay, or of anything that speaks ThingSpeak's HTTP API. Nothing is sent before the
 * first call. Throws ChannelError when the address is none of an HTTP channel.
 */
export function openHttpChannel(options: HttpChannelOptions): Channel {
  const address = parseAddress(options.address);
  if (address.kind !== 'http')
    throw new ChannelError('not-a-channel', 'This is not the address of a channel on a server.');
  return new HttpChannel({ ...options, parsed: address });
}

class HttpChannel implements Channel {
  readonly address: string;
  readonly place: string;
  readonly #connection: Connection;
  readonly #closing = new AbortController();
  #limits: Limits | undefined;
  #settings: ServerSettings | undefined;
  #settingsAt = -Infinity;

  constructor(options: HttpChannelOptions & { parsed: Connection['address'] }) {
    this.address = options.parsed.address;
    this.place = options.parsed.place;
    this.#connection = {
      address: options.parsed,
      writeKey: options.writeKey,
      readKey: options.readKey,
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
      pollMs: options.pollMs ?? POLL_MS,
      silenceMs: options.silenceMs ?? SILENCE_MS,
      // browsers allow fetch no other `this` than the window
      fetch: options.fetch ?? ((input, init) => fetch(input, init)),
      closed: this.#closing.signal,
    };
  }

  async info(options: CallOptions = {}): Promise<ChannelInfo> {
    const isFresh = performance.now() - this.#settingsAt < SETTINGS_MS;
    const { info, settings } = await readInfo(this.#connection, {
      ...options,
      known: isFresh ? this.#settings : undefined,
    });
    this.#limits = info.limits;
    if (!isFresh) this.#settle(settings);
    return info;
  }

  async append(entries: readonly Fields[], options: CallOptions = {}): Promise<number[]> {
    const { writeKey } = this.#connection;
    if (writeKey === undefined) {
      throw new ChannelError('unauthorized', `Writing to ${whereOf(this.#connection)} needs its write key.`, {
        hint: 'Give it with --write-key-file.',
      });
    }
    options.signal?.throwIfAborted();
    const limits = this.#limits ?? (await nothingSent(this.info(options))).limits;
    checkEntries(entries, limits);
    const shared = { writeKey, limits, signal: options.signal };
    const [single] = entries;
    if (entries.length === 1 && single !== undefined) return [await update(this.#connection, single, shared)];
    const readAfter = (after: number, options: CallOptions): AsyncIterable<Entry> => this.read({ after }, options);
    return bulkUpdate(this.#connection, entries.map(trimFields), {
      ...shared,
      ours: isOurs(await this.#server(options)),
      readAfter,
    });
  }

  async *read(range: ReadRange, options: ReadOptions = {}): AsyncIterable<Entry> {
    options.signal?.throwIfAborted();
    const ours = isOurs(await this.#server(options));
    const read = ours ? readRelay : (await thingSpeak()).readThingSpeak;
    yield* read(this.#connection, range, options);
  }

  async *follow(after: number, options: ReadOptions = {}): AsyncIterable<Entry> {
    try {
      const server = await this.#server(options);
      const live = server.limits?.live === true;
      if (isOurs(server)) yield* followRelay(this.#connection, after, { ...options, live });
      else yield* (await thingSpeak()).followThingSpeak(this.#connection, after, options);
    } catch (error) {
      if (options.signal?.aborted !== true) throw error;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  /** Asked once; a server does not turn into another one while somebody reads it. */
  async #server(options: CallOptions): Promise<ServerSettings> {
    return this.#settings ?? this.#settle(await readSettings(this.#connection, options));
  }

  #settle(settings: ServerSettings): ServerSettings {
    this.#settingsAt = performance.now();
    this.#settings = settings;
    return settings;
  }
}

/** Reading ThingSpeak, loaded by whoever needs it: a page of a relay does not. */
function thingSpeak(): Promise<typeof import('./thingspeak-feed.ts')> {
  return import('./thingspeak-feed.ts');
}
