import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { App, Answered } from '../app.ts';
import type { WebApp } from '../web/web-app.ts';
import {
  CONNECTION_CHECK_MS,
  DRAIN_MS,
  HEADER_BYTES,
  HEADERS_MS,
  KEEP_ALIVE_MS,
  PIPELINED_REQUESTS,
  REQUEST_MS,
  SILENT_CONNECTION_MS,
  SPARE_CONNECTIONS,
  type Limits,
} from '../limits.ts';
import type { AccessLog } from '../access-log.ts';
import { errorAnswer } from './answer.ts';
import { sendBare } from './bare.ts';
import { BodyReader } from './body.ts';
import { HttpError } from './errors.ts';
import { handedOver, takeOver } from './hand-over.ts';
import { answerMalformed } from './malformed.ts';
import { send } from './send.ts';

/** What the server wires together. */
export interface ServerParts {
  readonly app: App;
  /** Null: no app is served. */
  readonly web: WebApp | null;
  readonly limits: Limits;
  readonly log: AccessLog;
  /** Aborted when the relay stops. */
  readonly draining: AbortSignal;
}

const NO_BODY: Buffer = Buffer.alloc(0);

/** The app on node:http. */
export class HttpServer {
  readonly server: Server;
  readonly #parts: ServerParts;
  readonly #bodies: BodyReader;
  /** How many requests of a connection have no answer yet, or wait for the answer before theirs. */
  readonly #waiting = new WeakMap<Socket, number>();
  /** Connections beyond the limit. */
  readonly #spare = new WeakSet<Socket>();
  #connections = 0;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.#bodies = new BodyReader(parts.limits.bodyBytes);
    this.server = createServer(
      {
        IncomingMessage: handedOver((request) => this.#goesLive(request)),
        headersTimeout: HEADERS_MS,
        requestTimeout: REQUEST_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
        maxHeaderSize: HEADER_BYTES,
        connectionsCheckingInterval: CONNECTION_CHECK_MS,
        // Host means nothing here (thingspeak-api 1.3)
        requireHostHeader: false,
      },
      (request, response) => void this.#serve(request, response),
    );
    this.server.maxConnections = parts.limits.connections + SPARE_CONNECTIONS;
    this.server.timeout = SILENT_CONNECTION_MS;
    this.server.on('clientError', answerMalformed);
    this.server.on('upgrade', (request) => void this.#serveLive(request));
    const closed = (): unknown => this.#connections--;
    this.server.on('connection', (socket: Socket) => {
      if (++this.#connections > parts.limits.connections) this.#spare.add(socket);
      socket.on('close', closed);
    });
  }

  /** Stops accepting, lets running requests finish for at most {@link DRAIN_MS}, then cuts what is left. */
  async drain(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const cut = setTimeout(() => this.server.closeAllConnections(), DRAIN_MS);
    await closed;
    clearTimeout(cut);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    response.on('error', () => {}); // its client went away
    const { socket } = request;
    const waiting = (this.#waiting.get(socket) ?? 0) + 1;
    this.#waiting.set(socket, waiting);
    response.once('finish', () => this.#waiting.set(socket, (this.#waiting.get(socket) ?? 1) - 1));
    try {
      const refused = this.#refusal(request, waiting);
      if (refused !== null) response.shouldKeepAlive = false;
      else if (this.#parts.web?.answer(request, response)) return;
      const answered = refused === null ? await this.#answer(request, response) : unrouted(refused);
      if (answered === null) return;
      if (this.#parts.draining.aborted) response.shouldKeepAlive = false;
      await send(request, response, answered.answer, answered.few);
      this.#parts.log.request({ method: request.method ?? '', ...answered, milliseconds: performance.now() - started });
    } catch (error) {
      // the store failed in the middle of a long answer: a cut connection is the only way to say so
      this.#parts.log.fault(error);
      socket.destroy();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<Answered | null> {
    try {
      const read = await this.#bodies.read(request);
      if (read === null) return null;
      try {
        const answered = await this.#ask(request, read.body, response);
        if (answered.answer.live === undefined || request.method === 'HEAD') return answered;
        throw new HttpError('badRequest', 'A live stream is asked for once the requests before it have their answers.');
      } finally {
        read.release();
      }
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      // of a body that was not read to its end nobody knows where the next request begins
      response.shouldKeepAlive = false;
      return unrouted(error);
    }
  }

  #ask({ method = '', url = '/', headers, socket }: IncomingMessage, body: Buffer, way: Way): Promise<Answered> {
    const address = socket.remoteAddress ?? '';
    return this.#parts.app.answer({ method, target: url, headers, address, body, gone: () => goneSignal(way) });
  }

  /** True where nothing else is to be written to the connection, before it or instead of it. */
  #goesLive({ method = '', url = '/', socket }: IncomingMessage): boolean {
    return !this.#waiting.get(socket) && !this.#spare.has(socket) && this.#parts.app.isLive(method, url);
  }

  /**
   * Answers on a connection that was handed over. The body of a live answer ends where the connection does, so what is
   * written to many of them is the same bytes for each, and nothing of Node's response lies between.
   */
  async #serveLive(request: IncomingMessage): Promise<void> {
    const started = performance.now();
    const { socket } = request;
    takeOver(socket);
    try {
      const refused = twoHosts(request);
      const answered = refused === null ? await this.#ask(request, NO_BODY, socket) : unrouted(refused);
      await sendBare(socket, answered.answer, answered.few);
      this.#parts.log.request({ method: request.method ?? '', ...answered, milliseconds: performance.now() - started });
    } catch (error) {
      this.#parts.log.fault(error);
      socket.destroy();
    }
  }

  /** Why a request is not even read; null when it is. Its connection then ends. */
  #refusal(request: IncomingMessage, waiting: number): HttpError | null {
    if (this.#spare.has(request.socket)) {
      return new HttpError('busy', 'This relay has as many connections as it takes (--connections).', {
        'Retry-After': '10',
      });
    }
    if (waiting <= PIPELINED_REQUESTS) return twoHosts(request);
    return new HttpError('tooMany', `A connection has at most ${PIPELINED_REQUESTS} requests under way.`);
  }
}

/** What closes when its client went away. */
type Way = Pick<Socket | ServerResponse, 'once'>;

/** RFC 9112 §3.2. Node's parser passes over all but the first. */
function twoHosts({ rawHeaders }: IncomingMessage): HttpError | null {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (/^host$/i.test(rawHeaders[at] ?? '')) hosts++;
  return hosts > 1 ? new HttpError('badRequest', 'A request has one Host.') : null;
}

function unrouted(error: HttpError): Answered {
  return { answer: errorAnswer(error, 'json'), few: false, route: null, channel: null, fault: null };
}

function goneSignal(way: Way): AbortSignal {
  const controller = new AbortController();
  way.once('close', () => controller.abort());
  return controller.signal;
}
