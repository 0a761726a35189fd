import type { Limits } from '../limits.ts';
import type { Channel } from '../store/store.ts';
import { maskedKey, type FreshKey } from '../keys.ts';
import { isoTime, type Zone } from './time.ts';

/** Where nothing was set (thingspeak-api 3.3): the cloud shows this place. */
const NOWHERE = '0.0';
const DAY_MS = 86_400_000;

/** The name of a channel, also of one without. */
function nameOf({ id, name }: Channel): string {
  return name ?? `Channel ${id}`;
}

/**
 * The channel object of a feed (thingspeak-api 3.3): labels of fields that are on; what is blank is left out, as a
 * client breaks on null.
 */
export function feedChannel(channel: Channel, zone: Zone, withMetadata: boolean): object {
  const { id, description, labels, elevation, metadata, latitude, longitude, lastEntry } = channel;
  return {
    id,
    name: nameOf(channel),
    ...(description !== null && { description }),
    latitude: latitude ?? NOWHERE,
    longitude: longitude ?? NOWHERE,
    ...Object.fromEntries(labels.flatMap((label, index) => (label === null ? [] : [[`field${index + 1}`, label]]))),
    created_at: isoTime(channel.createdAt, zone),
    updated_at: isoTime(channel.updatedAt, zone),
    ...(elevation !== null && { elevation }),
    last_entry_id: lastEntry === 0 ? null : lastEntry,
    ...(withMetadata && metadata !== null && { metadata }),
  };
}

/** The channel object of a status feed (thingspeak-api 3.6). */
export function statusChannel(channel: Channel): object {
  const { elevation, latitude, longitude } = channel;
  const place = { latitude: latitude ?? NOWHERE, longitude: longitude ?? NOWHERE };
  return { name: nameOf(channel), ...place, ...(elevation !== null && { elevation }) };
}

/** What everybody may see of a channel's settings, in the cloud's order (thingspeak-api 4). Null = not set. */
export function publicSettings(channel: Channel, zone: Zone): Record<string, unknown> {
  const { id, description, elevation, lastEntry, latitude, longitude } = channel;
  return {
    id,
    name: nameOf(channel),
    description,
    latitude: latitude ?? NOWHERE,
    longitude: longitude ?? NOWHERE,
    created_at: isoTime(channel.createdAt, zone),
    elevation,
    last_entry_id: lastEntry === 0 ? null : lastEntry,
    public_flag: channel.isPublic,
    url: channel.url,
    ranking: ranking(channel),
    license_id: 0,
    github_url: channel.githubUrl,
    tags: tagsOf(channel).map((name, index) => ({ id: index + 1, name })),
  };
}

/** The whole settings object, for the owner. Keys that were just made are shown, all others masked. */
export function ownerSettings(channel: Channel, zone: Zone, fresh: readonly FreshKey[] = []): object {
  const { license_id, github_url, tags, ...before } = publicSettings(channel, zone);
  const keys = channel.keys.map((key) => {
    const shown = fresh.find(({ hash }) => hash === key.hash)?.key ?? maskedKey(key);
    return { api_key: shown, write_flag: key.write };
  });
  return { ...before, metadata: channel.metadata, license_id, github_url, tags, api_keys: keys };
}

/** What a client has to know before it writes and reads here; ThingSpeak's answers lack it. */
export function fernspeakInfo(channel: Channel, limits: Limits): object {
  return {
    fieldBytes: limits.fieldBytes,
    fieldsPerEntry: channel.labels.length,
    entryBytes: limits.entryBytes,
    bulkEntries: limits.bulkEntries,
    minIntervalMs: limits.updateIntervalMs,
    longPoll: true,
    live: true,
    sealed: channel.sealed,
    keepDays: keptDays(channel, limits),
  };
}

/** Days until an entry may be removed, by the channel's choice or the relay's, whichever is shorter; null: it is kept. */
function keptDays({ keepDays }: Channel, { keepMs }: Limits): number | null {
  const days = Math.min(keepDays ?? Infinity, keepMs === 0 ? Infinity : keepMs / DAY_MS);
  return days === Infinity ? null : days;
}

function tagsOf({ tags }: Channel): string[] {
  return (tags ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

/** ThingSpeak's measure of how well a channel is described. */
function ranking(channel: Channel): number {
  const { description, latitude, longitude, url } = channel;
  const described = 15 + (description === null ? 0 : 20);
  return described + (latitude && longitude ? 15 : 0) + (url ? 15 : 0) + (tagsOf(channel).length > 0 ? 20 : 0);
}
