import type { RelayContext } from './api/context.ts';
import { routesOf } from './api/routes.ts';
import { errorAnswer, type Answer } from './http/answer.ts';
import { HttpError } from './http/errors.ts';
import { Rates } from './http/rates.ts';
import { keyOf, paramsOf, pathOf, type Format, type Path, type RawRequest } from './http/request.ts';
import { Router, type Route, type RouteRequest } from './http/router.ts';
import { isRelayError } from './relay-error.ts';

/** An answer and what the one who sends and logs it must know. */
export interface Answered {
  readonly answer: Answer;
  /** The request said `headers=false`. */
  readonly few: boolean;
  /** The route's path with its `:names` as they are; null when there is none. Safe to log. */
  readonly route: string | null;
  /** The channel number in the path, as digits; null when there is none. Safe to log. */
  readonly channel: string | null;
  /** What went wrong inside of the relay, to be logged; null when nothing did. */
  readonly fault: unknown;
}

const NO_CONTENT: Answer = { status: 200, type: 'text', body: '' };

/** The relay without its port: a request in, an answer out. */
export class App {
  readonly #router: Router;
  readonly #rates: Rates;
  readonly #now: () => number;

  constructor(context: RelayContext) {
    this.#router = new Router(routesOf(context));
    this.#rates = new Rates(context.limits);
    this.#now = context.now;
  }

  /** Answers every request; never rejects. */
  async answer(raw: RawRequest): Promise<Answered> {
    const state: State = { path: null, route: null, channel: null, few: false };
    let fault: unknown = null;
    let answer: Answer;
    try {
      answer = await this.#route(raw, state);
    } catch (error) {
      const known = knownError(error);
      if (known.status >= 500) fault = error;
      answer = refusal(known, state);
    }
    return { answer, few: state.few, route: state.route?.path ?? null, channel: state.channel, fault };
  }

  /** True when the answer to this request, if it is not refused, takes the whole connection. Never throws. */
  isLive(method: string, target: string): boolean {
    if (method !== 'GET') return false;
    try {
      return this.#router.isLive(pathOf(target));
    } catch {
      return false; // no path at all: refused as any other
    }
  }

  async #route(raw: RawRequest, state: State): Promise<Answer> {
    if (raw.method === 'OPTIONS') return NO_CONTENT;
    const now = this.#now();
    this.#rates.checkAddress(raw.address, now);
    const path = (state.path = pathOf(raw.target));
    const { route, captures } = this.#router.match(raw.method, path);
    state.route = route;
    state.channel = /^\d{1,10}$/.test(captures['id'] ?? '') ? (captures['id'] ?? null) : null;
    const format = (state.accepted = formatOf(raw, route, path));
    const params = paramsOf(raw, route.ownBody !== true);
    state.few = params.get('headers') === 'false';
    const key = keyOf(raw.headers, params);
    this.#rates.checkKey(key, now);
    return route.handler({ raw, captures, format, params, key });
  }
}

interface State {
  path: Path | null;
  route: Route | null;
  channel: string | null;
  few: boolean;
  /** Set once the form of the answer is known. */
  accepted?: RouteRequest['format'];
}

const ACCEPT: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'text/csv': 'csv',
  'application/xml': 'xml',
  'text/xml': 'xml',
};

/** The extension; without one a single-valued Accept, where the route has that form (thingspeak-api 1.2). */
function formatOf(raw: RawRequest, { formats }: Route, path: Path): RouteRequest['format'] {
  const accept = ACCEPT[raw.headers.accept?.trim().toLowerCase() ?? ''] ?? null;
  const format = path.format ?? accept;
  if (format === 'xml')
    throw new HttpError('badRequest', 'XML is not supported: ask for .json, or .csv where it is a feed.');
  if (format === null || formats.includes(format)) return format;
  if (path.format === null) return null;
  throw new HttpError('badRequest', `.${path.format} is not supported here: ask for .${formats.join(' or .')}.`);
}

/** A refusal in the form that was asked for; in JSON while that is not known. */
function refusal(error: HttpError, { route, path, accepted }: State): Answer {
  if (route?.refusal !== undefined && (accepted === null || accepted === 'txt')) {
    return { status: error.status, type: 'text', body: route.refusal, headers: error.headers };
  }
  const unrouted = route === null && (path?.format === 'csv' || path?.format === 'txt');
  return errorAnswer(error, unrouted || accepted === 'csv' || accepted === 'txt' ? 'text' : 'json');
}

function knownError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (isRelayError(error, 'store-failed')) return new HttpError('storeFailed', `${error.message} ${error.hint}`);
  return new HttpError('internal', 'The relay made a mistake; its log has it.');
}
