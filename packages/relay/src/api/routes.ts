import { json, text, type Answer } from '../http/answer.ts';
import { HttpError } from '../http/errors.ts';
import type { Route, RouteRequest } from '../http/router.ts';
import { bulkUpdate } from './bulk-update.ts';
import { changeChannel, clearChannel, createChannel, deleteChannel, listChannels, viewChannel } from './channels.ts';
import type { RelayContext } from './context.ts';
import { lastDataAge, singleEntry } from './entry.ts';
import { feed } from './feed.ts';
import { live } from './live.ts';
import { lastStatus, recentStatuses, statusFeed } from './status.ts';
import { update } from './update.ts';

const GREETING = `This is a fernspeak relay. It speaks ThingSpeak's HTTP API:

  /update?api_key=WRITE_KEY&field1=…   appends an entry
  /channels/ID/feeds.json              the last 100 entries; also .csv
  /channels/ID/feeds.json?after=ENTRY&wait=SECONDS
                                       what follows ENTRY, as soon as there is something
  /channels/ID/feeds/live?after=ENTRY  the same as server-sent events
`;

type Handler = (request: RouteRequest, context: RelayContext) => Answer | Promise<Answer>;
type Formats = Route['formats'];

const JSON_ONLY: Formats = ['json'];
const FEED: Formats = ['json', 'csv'];
const ANY: Formats = ['json', 'csv', 'txt'];

/** Of ThingSpeak's API, what this relay does not have: each says so, in whatever form it is asked for. */
const NOT_SUPPORTED: readonly (readonly [path: string, what: string])[] = [
  ['/channels/public', 'The public list of channels'],
  ['/users/:name/channels', 'The list of the channels of a user'],
  ['/stream/channels/:id/feeds', 'The stream of a whole channel'],
  ...['feeds', 'feed', 'fields/:field', 'field/:field'].flatMap((path) => {
    return ['average', 'median', 'sum'].map((name) => [`/channels/:id/${path}/last_${name}`, 'Aggregation'] as const);
  }),
];

/** The table of routes. The first that fits is taken: fixed names stand before `:entry`. */
export function routesOf(context: RelayContext): Route[] {
  const route = (methods: string, path: string, formats: Formats, handler: Handler): Route => {
    return { methods, path, formats, handler: (request) => handler(request, context) };
  };
  const updates = { ...route('GET POST', '/update', ['json', 'txt'], update), refusal: '0' };
  const routes: Route[] = [updates, { ...updates, path: '/s/update' }];
  for (const [path, what] of NOT_SUPPORTED) routes.push(route('GET POST', path, ANY, () => notSupported(what)));
  for (const path of ['feeds', 'feed', 'fields/:field', 'field/:field']) {
    routes.push(route('GET', `/channels/:id/${path}`, FEED, feed));
    if (path === 'feeds' || path === 'feed') {
      routes.push({ ...route('GET', `/channels/:id/${path}/live`, [], live), live: true });
    }
    routes.push(route('GET', `/channels/:id/${path}/last`, ANY, singleEntry));
    routes.push(route('GET', `/channels/:id/${path}/last_data_age`, ANY, lastDataAge));
    routes.push(route('GET', `/channels/:id/${path}/:entry`, ANY, singleEntry));
    routes.push(route('GET', `/channels/:id/${path}/entry/:entry`, ANY, singleEntry));
  }
  routes.push(
    route('GET', '/channels/:id/status', FEED, statusFeed),
    route('GET', '/channels/:id/status/last', FEED, lastStatus),
    route('GET', '/channels/:id/status/recent', JSON_ONLY, recentStatuses),
    route('GET', '/channels', JSON_ONLY, listChannels),
    route('POST', '/channels', JSON_ONLY, createChannel),
    route('GET', '/channels/:id', JSON_ONLY, viewChannel),
    route('PUT', '/channels/:id', JSON_ONLY, changeChannel),
    route('DELETE', '/channels/:id', JSON_ONLY, deleteChannel),
    route('DELETE', '/channels/:id/feeds', JSON_ONLY, clearChannel),
    { ...route('POST', '/channels/:id/bulk_update', JSON_ONLY, bulkUpdate), ownBody: true },
    route('GET', '/', ['txt'], () => text(GREETING)),
    route('GET', '/healthz', JSON_ONLY, () => json({ status: 'ok' })),
  );
  return routes;
}

function notSupported(what: string): never {
  throw new HttpError('badRequest', `${what} is not supported by this relay.`);
}
