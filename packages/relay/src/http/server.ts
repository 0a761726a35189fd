import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { App, Answered } from '../app.ts';
import {
  CONNECTION_CHECK_MS,
  DRAIN_MS,
  HEADER_BYTES,
  HEADERS_MS,
  KEEP_ALIVE_MS,
  PIPELINED_REQUESTS,
  REQUEST_MS,
  SILENT_CONNECTION_MS,
  type Limits,
} from '../limits.ts';
import type { AccessLog } from '../access-log.ts';
import { errorAnswer } from './answer.ts';
import { BodyReader } from './body.ts';
import { HttpError } from './errors.ts';
import { answerMalformed } from './malformed.ts';
import { send } from './send.ts';

/** What the server wires together. */
export interface ServerParts {
  readonly app: App;
  readonly limits: Limits;
  readonly log: AccessLog;
  /** Aborted when the relay stops. */
  readonly draining: AbortSignal;
}

/** The app on node:http. */
export class HttpServer {
  readonly server: Server;
  readonly #parts: ServerParts;
  readonly #bodies: BodyReader;
  readonly #waiting = new WeakMap<Socket, number>();

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.#bodies = new BodyReader(parts.limits.bodyBytes);
    this.server = createServer(
      {
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
    this.server.maxConnections = parts.limits.connections;
    this.server.timeout = SILENT_CONNECTION_MS;
    this.server.on('clientError', answerMalformed);
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
    try {
      const answered = waiting > PIPELINED_REQUESTS ? tooManyWaiting(response) : await this.#answer(request, response);
      if (answered === null) return;
      if (this.#parts.draining.aborted) response.shouldKeepAlive = false;
      await send(request, response, answered.answer, answered.few);
      this.#parts.log.request({ method: request.method ?? '', ...answered, milliseconds: performance.now() - started });
    } catch (error) {
      // the store failed in the middle of a long answer: a cut connection is the only way to say so
      this.#parts.log.fault(error);
      socket.destroy();
    } finally {
      this.#waiting.set(socket, (this.#waiting.get(socket) ?? 1) - 1);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<Answered | null> {
    try {
      refuseTwoHosts(request);
      const read = await this.#bodies.read(request);
      if (read === null) return null;
      const { method = '', url = '/', headers } = request;
      const address = request.socket.remoteAddress ?? '';
      const gone = (): AbortSignal => goneSignal(response);
      try {
        return await this.#parts.app.answer({ method, target: url, headers, address, body: read.body, gone });
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
}

/** RFC 9112 §3.2. Node's parser passes over all but the first. */
function refuseTwoHosts({ rawHeaders }: IncomingMessage): void {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (/^host$/i.test(rawHeaders[at] ?? '')) hosts++;
  if (hosts > 1) throw new HttpError('badRequest', 'A request has one Host.');
}

function tooManyWaiting(response: ServerResponse): Answered {
  response.shouldKeepAlive = false;
  return unrouted(new HttpError('tooMany', `A connection has at most ${PIPELINED_REQUESTS} requests under way.`));
}

function unrouted(error: HttpError): Answered {
  return { answer: errorAnswer(error, 'json'), few: false, route: null, channel: null, fault: null };
}

function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}
