/** Bytes (UTF-8) of one field or status: room for a photo's thumbnail, and eight of them still fit into one request. */
export const FIELD_BYTES: number = 64 * 1024;

/** field1 … field8 (ThingSpeak). */
export const FIELDS = 8;

/** Entries of one bulk request: ThingSpeak's free licence has the same, so its clients cut their batches to it. */
export const BULK_ENTRIES = 960;

/** Bytes of a request's body: two messages of the 4 MiB that a reader joins. */
export const BODY_BYTES: number = 8 * 1024 * 1024;

/** Bytes of all bodies that are held at one time; beyond it 503, so that connections × BODY_BYTES is never needed. */
export const BODIES_IN_MEMORY_BYTES: number = 128 * 1024 * 1024;

/** Of a body that is too long, this much more is read and thrown away, so that its sender gets to read the answer. */
export const DISCARD_BYTES: number = 64 * 1024 * 1024;

/** Connections at one time. A live reader takes 3 KiB of memory, any other one about 13. */
export const CONNECTIONS = 4096;

/** Further ones that are held until their request was refused in words; those beyond are closed at once. */
export const SPARE_CONNECTIONS = 64;

/** Requests of one connection that wait for their answers (HTTP pipelining); the next one is refused. */
export const PIPELINED_REQUESTS = 64;

/** Bytes of a request's first line and headers: the article's sender puts a whole token into the first line. */
export const HEADER_BYTES: number = 32 * 1024;

/** Milliseconds for a request's headers, then for all of it: 8 MiB at 1.2 Mbit/s. Slower ones get 408. */
export const HEADERS_MS = 15_000;
export const REQUEST_MS = 60_000;

/** Milliseconds that an idle connection is kept: longer than the 60 s of the usual proxies, or they meet a closed one. */
export const KEEP_ALIVE_MS = 65_000;

/** Milliseconds without a byte either way after which a connection is closed: a reader who stopped reading. */
export const SILENT_CONNECTION_MS = 120_000;

/** Milliseconds between two looks at the three limits above. */
export const CONNECTION_CHECK_MS = 5_000;

/** Parameters of one request (query, form, multipart); ThingSpeak's own calls have about 20. */
export const PARAMETERS = 256;

/** Entries of a feed when nothing is asked for, and at most (thingspeak-api 1.6). */
export const FEED_ENTRIES_DEFAULT = 100;
export const FEED_ENTRIES_MAX = 8000;

/** Days of a status feed when nothing is asked for, and entries of the recent ones (thingspeak-api 3.6). */
export const STATUS_DAYS = 1;
export const STATUSES_RECENT = 30;

/** Entries and bytes that are read from the store at once: what a long read holds of memory and of the thread's time. */
export const PAGE_ENTRIES = 500;
export const PAGE_BYTES: number = 1024 * 1024;

/** Bytes up to which an answer is collected and sent with Content-Length; a longer one goes out page by page. */
export const COLLECTED_ANSWER_BYTES: number = 1024 * 1024;

/** Bytes of entries in an answer to `after=`; the rest comes with the next question. */
export const AFTER_ANSWER_BYTES: number = 8 * 1024 * 1024;

/** Seconds that a long poll waits at most: below the 60 s after which the usual proxies give up. */
export const LONG_POLL_SECONDS = 50;

/** Live readers (`/feeds/live`) at one time: most of {@link CONNECTIONS}, so that some are left for those who write. */
export const LIVE_READERS = 3500;

/** Milliseconds between two heartbeats of a live stream: proxies cut what is silent for 30 or 60 seconds. */
export const HEARTBEAT_MS = 15_000;

/** Bytes that may wait for one live reader; one who is further behind is closed and comes back for the rest. */
export const LIVE_QUEUE_BYTES: number = 1024 * 1024;

/** Milliseconds that a live reader who is closed gets for what still waits for it. */
export const LIVE_LAST_WORDS_MS = 5_000;

/** Milliseconds after which a live reader that was closed is asked to come back (`retry:`). */
export const LIVE_RETRY_MS = 1_000;

/**
 * Requests a second of one address (IPv6: of its /64), not of this computer's own: a proxy here has everybody's. Of one
 * key: not limited unless asked for, as a gateway may write for many with one.
 */
export const ADDRESS_RATE = 50;
export const KEY_RATE = 0;

/** Seconds of its rate that a quiet address or key may use up at once. */
export const BURST_SECONDS = 10;

/** Addresses or keys that are remembered; beyond that the one seen first is forgotten. */
export const BUCKETS = 100_000;

/** Channels of a relay. */
export const CHANNELS = 100_000;

/** Days that an entry is kept, and entries that a channel keeps; 0 = for ever, all. */
export const KEEP_DAYS = 0;
export const KEEP_ENTRIES = 0;

/** Days that a channel itself may choose, at most: a hundred years. */
export const CHANNEL_KEEP_DAYS = 36_500;

/** Entries that are removed at once, so that nobody's update waits for long; milliseconds until the next look. */
export const REMOVED_AT_ONCE = 500;
export const RETENTION_CHECK_MS = 60_000;

/** Milliseconds that running requests get when the relay stops. */
export const DRAIN_MS = 10_000;

/** Characters of a channel's name, label, address or tag list, and of its description and metadata. */
export const SETTING_CHARACTERS = 255;
export const LONG_SETTING_CHARACTERS = 16_384;

/** Entries of a channel and channels of a relay: both are packed into one integer that JavaScript holds exactly. */
export const MAX_ENTRY: number = 2 ** 32 - 1;
export const MAX_CHANNEL: number = 2 ** 21 - 1;

/** What ThingSpeak's free licence imposes (thingspeak-api 1.6), with `thingspeakLimits`. */
export const THINGSPEAK = {
  fieldCharacters: 255,
  entryBytes: 3000,
  bulkEntries: 960,
  updateIntervalMs: 15_000,
} as const;

/** The limits of one relay, as its options set them. */
export interface Limits {
  /** Bytes (UTF-8) of a field or status; null where `fieldCharacters` counts. */
  readonly fieldBytes: number;
  /** Unicode characters of a field or status; null where only `fieldBytes` counts. */
  readonly fieldCharacters: number | null;
  /** Bytes (UTF-8) of all values of an entry. */
  readonly entryBytes: number;
  readonly bulkEntries: number;
  readonly bodyBytes: number;
  /** Milliseconds between two updates of a channel; 0 = none. */
  readonly updateIntervalMs: number;
  readonly connections: number;
  readonly liveReaders: number;
  readonly heartbeatMs: number;
  /** Requests a second of one key, of one address; 0 = not limited. */
  readonly keyRate: number;
  readonly addressRate: number;
  readonly channels: number;
  /** Milliseconds that an entry is kept; 0 = for ever. */
  readonly keepMs: number;
  /** Entries that a channel keeps; 0 = all. */
  readonly keepEntries: number;
}

/** The settings of {@link Limits} that somebody chose; what is missing gets its default. */
export type LimitOptions = Partial<Omit<Limits, 'fieldCharacters' | 'entryBytes'>> & {
  readonly thingspeakLimits?: boolean;
};

const DEFAULTS = {
  fieldBytes: FIELD_BYTES,
  bulkEntries: BULK_ENTRIES,
  bodyBytes: BODY_BYTES,
  updateIntervalMs: 0,
  connections: CONNECTIONS,
  liveReaders: LIVE_READERS,
  heartbeatMs: HEARTBEAT_MS,
  keyRate: KEY_RATE,
  addressRate: ADDRESS_RATE,
  channels: CHANNELS,
  keepMs: KEEP_DAYS * 86_400_000,
  keepEntries: KEEP_ENTRIES,
} satisfies LimitOptions;

/** The limits that these options mean. ThingSpeak's win over larger ones. */
export function limitsOf(options: LimitOptions): Limits {
  const chosen = Object.keys(DEFAULTS).map((name) => {
    const key = name as keyof typeof DEFAULTS;
    return [key, options[key] ?? DEFAULTS[key]];
  });
  const limits = Object.fromEntries(chosen) as typeof DEFAULTS;
  // latitude … status are values of the entry too
  if (!options.thingspeakLimits)
    return { ...limits, fieldCharacters: null, entryBytes: (FIELDS + 4) * limits.fieldBytes };
  return {
    ...limits,
    fieldBytes: THINGSPEAK.fieldCharacters,
    fieldCharacters: THINGSPEAK.fieldCharacters,
    entryBytes: THINGSPEAK.entryBytes,
    bulkEntries: Math.min(limits.bulkEntries, THINGSPEAK.bulkEntries),
    updateIntervalMs: options.updateIntervalMs ?? THINGSPEAK.updateIntervalMs,
  };
}

/** API keys of one channel: its two first ones, and those that its owner adds. */
export const CHANNEL_KEYS = 16;
