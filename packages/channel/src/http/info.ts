import type { CallOptions, ChannelInfo, Limits } from '../channel.ts';
import { THINGSPEAK_LIMITS } from '../limits.ts';
import type { Connection } from './connection.ts';
import { readFeed } from './feed.ts';
import { readRefusal } from './refusal.ts';
import { request } from './request.ts';
import { retried } from './retry.ts';

/** What a server said about itself. */
export interface ServerSettings {
  /** Null: it is not our relay. */
  readonly limits: Limits | null;
  /** Null: it does not tell. */
  readonly public: boolean | null;
}

const UNKNOWN_SERVER: ServerSettings = { limits: null, public: null };

/** Our relay gives entries after a number, oldest first; of any other server only the newest can be asked for. */
export function isOurs({ limits }: ServerSettings): boolean {
  return limits?.longPoll === true;
}

/** Asks for the settings of the channel; a server that does not tell them is none of ours. */
export async function readSettings(connection: Connection, { signal }: CallOptions): Promise<ServerSettings> {
  // ThingSpeak tells none of it, and counts the request
  if (connection.address.thingspeak) return UNKNOWN_SERVER;
  const patience = { signal, closed: connection.closed, patienceMs: connection.timeoutMs };
  const path = `/channels/${connection.address.channelId}.json`;
  const key = connection.writeKey ?? connection.readKey;
  const answer = await retried(patience, async () => {
    const settings = await request(connection, { path, key, signal });
    // not an answer yet: taking it for one would treat our relay as if it were ThingSpeak
    if (settings.status >= 500 || settings.status === 429) throw readRefusal(connection, settings);
    return settings;
  });
  if (answer.status !== 200) return UNKNOWN_SERVER;
  const { parseSettings } = await import('./answers.ts');
  return parseSettings(answer.text) ?? UNKNOWN_SERVER;
}

/** A field that is off is stored, but never given out again, so only those before the first one that is off can be used. */
function thingSpeakLimits(fieldNames: readonly (string | null)[]): Limits {
  const off = fieldNames.indexOf(null);
  return { ...THINGSPEAK_LIMITS, fieldsPerEntry: off < 0 ? fieldNames.length : Math.max(1, off) };
}

/**
 * Asks with the write key where there is one: a private channel refuses a key that belongs to another channel, so a
 * mistaken key is found before anything is written with it. `known`: the server's settings, which are not asked for then.
 */
export async function readInfo(
  connection: Connection,
  options: CallOptions & { readonly known: ServerSettings | undefined },
): Promise<{ info: ChannelInfo; settings: ServerSettings }> {
  const key = connection.writeKey ?? connection.readKey;
  const [settings, feed] = await Promise.all([
    options.known ?? readSettings(connection, options),
    readFeed(connection, { ...options, results: 0, key }),
  ]);
  const isPublic = settings.public ?? (key === undefined ? true : null);
  const info: ChannelInfo = {
    limits: settings.limits ?? thingSpeakLimits(feed.fieldNames),
    name: feed.name,
    fieldNames: feed.fieldNames,
    lastEntryId: feed.lastEntryId,
    ...(isPublic === null ? {} : { public: isPublic }),
    notices: [],
  };
  return { info, settings };
}
