import * as v from 'valibot';
import type { Entry, Extra, Limits } from '../channel.ts';
import type { Fields } from '../format/fields.ts';
import { isoSeconds } from '../format/time.ts';
import { trimFields } from '../limits.ts';

// What servers say is checked here and nowhere else. This file is loaded with the first answer: a command that uses a
// file never pays for it.

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positive = v.pipe(count, v.minValue(1));
const FIELD_KEYS = ['field1', 'field2', 'field3', 'field4', 'field5', 'field6', 'field7', 'field8'] as const;

/** What stands beside the fields, where it was asked for. */
const EXTRA_KEYS = ['status', 'latitude', 'longitude', 'elevation'] as const;
const VALUE = v.nullish(v.union([v.string(), v.number()]));

function eachField<T extends v.GenericSchema>(schema: T): Record<(typeof FIELD_KEYS)[number], T> {
  return Object.fromEntries(FIELD_KEYS.map((key) => [key, schema])) as Record<(typeof FIELD_KEYS)[number], T>;
}

const CHANNEL = v.object({
  name: v.nullish(v.string()),
  last_entry_id: v.nullish(count),
  ...eachField(v.nullish(v.string())),
});

const ENTRY = v.object({
  created_at: v.pipe(
    v.string(),
    v.check((text) => !Number.isNaN(Date.parse(text))),
  ),
  entry_id: positive,
  ...eachField(VALUE),
  status: VALUE,
  latitude: VALUE,
  longitude: VALUE,
  elevation: VALUE,
});

const FEED = v.object({ channel: CHANNEL, feeds: v.array(ENTRY) });

const UPDATE = v.union([
  v.object({ entry_id: positive, channel_id: v.nullish(count) }),
  // a server that answers the bare number, as /update does
  v.pipe(
    positive,
    v.transform((entryId) => ({ entry_id: entryId, channel_id: null })),
  ),
]);

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;

function bounded(least: number, most: number): v.GenericSchema<number> {
  return v.pipe(v.number(), v.safeInteger(), v.minValue(least), v.maxValue(most));
}

/** A server's limits are believed within bounds: they decide how much memory and time a message takes here. */
const SETTINGS = v.object({
  public_flag: v.nullish(v.boolean()),
  fernspeak: v.optional(
    v.object({
      fieldBytes: bounded(64, 4 * MIB),
      fieldsPerEntry: bounded(1, 8),
      entryBytes: bounded(64, 32 * MIB),
      bulkEntries: bounded(1, 14_400),
      minIntervalMs: bounded(0, HOUR_MS),
      longPoll: v.boolean(),
      live: v.boolean(),
      sealed: v.boolean(),
    }),
  ),
});

/** `{"channel":…,"feeds":[…]}` (thingspeak-api 3.3). */
export interface Feed {
  readonly name: string | null;
  readonly fieldNames: readonly (string | null)[];
  readonly lastEntryId: number;
  /** In ascending order of their numbers, each once. */
  readonly entries: readonly Entry[];
}

function parse<T extends v.GenericSchema>(schema: T, text: string): v.InferOutput<T> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { success, output } = v.safeParse(schema, value, { abortEarly: true });
  return success ? output : null;
}

/** Null when the text is not a feed. */
export function parseFeed(text: string): Feed | null {
  const feed = parse(FEED, text);
  if (feed === null) return null;
  const byId = new Map(feed.feeds.map((entry) => [entry.entry_id, entry]));
  return {
    name: feed.channel.name ?? null,
    fieldNames: FIELD_KEYS.map((key) => feed.channel[key] ?? null),
    lastEntryId: feed.channel.last_entry_id ?? 0,
    entries: [...byId.values()].sort((a, b) => a.entry_id - b.entry_id).map(toEntry),
  };
}

/** One entry of a live stream; null when it is none. */
export function parseEntry(text: string): Entry | null {
  const entry = parse(ENTRY, text);
  return entry === null ? null : toEntry(entry);
}

function toEntry(entry: v.InferOutput<typeof ENTRY>): Entry {
  const fields: Fields = FIELD_KEYS.map((key) => textOf(entry[key]));
  const extras: Extra[] = EXTRA_KEYS.flatMap((name) => {
    const text = textOf(entry[name]);
    return text === null || text === '' ? [] : [{ name, text }];
  });
  return {
    id: entry.entry_id,
    createdAt: isoSeconds(new Date(entry.created_at)),
    fields: trimFields(fields),
    ...(extras.length === 0 ? {} : { extras }),
  };
}

function textOf(value: string | number | null | undefined): string | null {
  return value === undefined || value === null ? null : String(value);
}

/** The answer of /update.json; null when it is none. `channelId` is null where the server does not tell. */
export function parseUpdate(text: string): { entryId: number; channelId: number | null } | null {
  const update = parse(UPDATE, text);
  return update === null ? null : { entryId: update.entry_id, channelId: update.channel_id ?? null };
}

/** What `/channels/ID.json` says; limits are null for a server that is not our relay. Null when it is something else. */
export function parseSettings(text: string): { limits: Limits | null; public: boolean | null } | null {
  const settings = parse(SETTINGS, text);
  return settings === null ? null : { limits: settings.fernspeak ?? null, public: settings.public_flag ?? null };
}
