import { json, type Answer } from '../http/answer.ts';
import { HttpError } from '../http/errors.ts';
import type { Params } from '../http/params.ts';
import type { RouteRequest } from '../http/router.ts';
import { fernspeakInfo, ownerSettings, publicSettings } from '../format/channel.ts';
import { zoneOf } from '../format/time.ts';
import { isKey, makeKey, storedKey } from '../keys.ts';
import { CHANNEL_KEEP_DAYS, CHANNEL_KEYS, FIELDS, LONG_SETTING_CHARACTERS, SETTING_CHARACTERS } from '../limits.ts';
import type { Channel, ChannelSettings } from '../store/store.ts';
import { channelAt, isAdministrator, keyRefused, mayRead, requireAdministrator } from './access.ts';
import type { RelayContext } from './context.ts';
import { checkText } from './values.ts';

/** What a new channel begins with: private, with field1 on (thingspeak-api 4). */
const NEW_SETTINGS: ChannelSettings = {
  name: null,
  description: null,
  latitude: null,
  longitude: null,
  elevation: null,
  labels: ['Field Label 1', null, null, null, null, null, null, null],
  isPublic: false,
  url: null,
  githubUrl: null,
  metadata: null,
  tags: null,
};

/**
 * POST /channels: the only answer that shows its keys. `sealed=true` makes a channel that takes nothing readable, with
 * `keep_days=N` its entries go after so many days.
 */
export async function createChannel(request: RouteRequest, context: RelayContext): Promise<Answer> {
  await requireAdministrator(request, context);
  const { params } = request;
  const keys = [makeKey(true), makeKey(false)];
  const kept = keys.map(({ hash, tail, write }) => ({ hash, tail, write }));
  const settings = settingsOf(params, NEW_SETTINGS);
  const sealed = isTrue(params.get('sealed'));
  const keepDays = keepDaysOf(params);
  const most = context.limits.channels;
  const now = seconds(context);
  const channel = await context.store.createChannel({ settings, sealed, keepDays, keys: kept, now, most });
  if (channel === null) {
    throw new HttpError('conflict', `This relay has its ${most} channels (--channels). Delete one that nobody needs.`);
  }
  return json(ownerSettings(channel, zoneOf(params), keys));
}

/** GET /channels: all of the relay's, with masked keys. */
export async function listChannels(request: RouteRequest, context: RelayContext): Promise<Answer> {
  await requireAdministrator(request, context);
  const channels = await context.store.channels();
  return json(channels.map((channel) => ownerSettings(channel, zoneOf(request.params))));
}

/** GET /channels/ID: what a reader may see, all of it for the owner, and what clients must know. */
export async function viewChannel(request: RouteRequest, context: RelayContext): Promise<Answer> {
  const channel = await channelAt(request, context);
  const owner = await isAdministrator(request, context);
  // a private channel needs a key, as on the cloud; the open server shows it
  if (!owner && !mayRead(channel, request.key)) throw keyRefused();
  const settings = (owner ? ownerSettings : publicSettings)(channel, zoneOf(request.params));
  return { ...json({ ...settings, fernspeak: fernspeakInfo(channel, context.limits) }), cacheable: true };
}

/**
 * PUT /channels/ID: changes what is given; an empty value unsets it. `write_api_key` adds a write key of the owner's choice,
 * so that people who share a secret need not share a key besides.
 */
export async function changeChannel(request: RouteRequest, context: RelayContext): Promise<Answer> {
  const channel = await administered(request, context);
  for (const name of ['sealed', 'keep_days']) {
    if (request.params.has(name)) throw new HttpError('badRequest', `${name} is chosen when a channel is made.`);
  }
  const settings = settingsOf(request.params, channel);
  const writeKey = request.params.get('write_api_key');
  if (writeKey !== null) await addWriteKey(channel, writeKey, context);
  const changed = await context.store.changeChannel(channel.id, settings, seconds(context));
  return json(ownerSettings(found(changed), zoneOf(request.params)));
}

async function addWriteKey({ id }: Channel, key: string, { store }: RelayContext): Promise<void> {
  if (!isKey(key)) throw new HttpError('badRequest', 'write_api_key takes 16 characters A to Z and 0 to 9.');
  if (await store.addChannelKey(id, storedKey(key, true))) return;
  const details = `Another channel has this key, or this one has its ${CHANNEL_KEYS} keys: a key selects one channel.`;
  throw new HttpError('conflict', details);
}

/** DELETE /channels/ID/feeds: removes all entries; numbers begin at 1 again. */
export async function clearChannel(request: RouteRequest, context: RelayContext): Promise<Answer> {
  const channel = await administered(request, context);
  found(await context.store.clearChannel(channel.id));
  return json([]);
}

/** DELETE /channels/ID: answers with what it was. */
export async function deleteChannel(request: RouteRequest, context: RelayContext): Promise<Answer> {
  const channel = await administered(request, context);
  const deleted = found(await context.store.deleteChannel(channel.id));
  return json(publicSettings(deleted, zoneOf(request.params)));
}

async function administered(request: RouteRequest, context: RelayContext): Promise<Channel> {
  await requireAdministrator(request, context);
  return channelAt(request, context);
}

function found(channel: Channel | null): Channel {
  if (channel === null) throw new HttpError('notFound', 'There is no such channel.');
  return channel;
}

function seconds({ now }: RelayContext): number {
  return Math.floor(now() / 1000);
}

/** The settings with what a request changes of them. @throws {HttpError} 400 too long, 422 not text */
function settingsOf(params: Params, base: ChannelSettings): ChannelSettings {
  const setting = (name: string, before: string | null, most = SETTING_CHARACTERS): string | null => {
    const value = params.get(name);
    if (value === null) return before;
    checkText(value, name);
    if (value.length > most) throw new HttpError('badRequest', `${name} is too long: at most ${most} characters.`);
    return value.trim() === '' ? null : value;
  };
  return {
    name: setting('name', base.name),
    description: setting('description', base.description, LONG_SETTING_CHARACTERS),
    latitude: setting('latitude', base.latitude),
    longitude: setting('longitude', base.longitude),
    elevation: setting('elevation', base.elevation),
    labels: Array.from({ length: FIELDS }, (_, at) => setting(`field${at + 1}`, base.labels[at] ?? null)),
    isPublic: params.has('public_flag') ? isTrue(params.get('public_flag')) : base.isPublic,
    url: setting('url', base.url),
    githubUrl: setting('github_url', base.githubUrl),
    metadata: setting('metadata', base.metadata, LONG_SETTING_CHARACTERS),
    tags: setting('tags', base.tags),
  };
}

/** Null: as long as the relay keeps any. @throws {HttpError} 400 */
function keepDaysOf(params: Params): number | null {
  const text = params.get('keep_days') ?? '';
  if (text === '') return null;
  const days = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (days >= 1 && days <= CHANNEL_KEEP_DAYS) return days;
  throw new HttpError('badRequest', `keep_days is a whole number from 1 to ${CHANNEL_KEEP_DAYS}.`);
}

function isTrue(value: string | null): boolean {
  return value !== null && /^(true|1)$/i.test(value);
}
