import type { IncomingMessage } from 'node:http';
import { BODIES_IN_MEMORY_BYTES, DISCARD_BYTES } from '../limits.ts';
import { HttpError } from './errors.ts';

const NOTHING: Buffer = Buffer.alloc(0);

/** Reads bodies, each within its own limit and all together within one. */
export class BodyReader {
  readonly #limit: number;
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * The whole body. `release` it when the request was handled. Null when its sender went away.
   * @throws {HttpError} 413 longer than the limit, 503 too much is held at this moment
   */
  async read(request: IncomingMessage): Promise<{ readonly body: Buffer; release(): void } | null> {
    if (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined) {
      return { body: NOTHING, release: () => {} };
    }
    const pieces: Buffer[] = [];
    let length = 0;
    let held = 0;
    const release = (): void => {
      this.#held -= held;
      held = 0;
    };
    let refused: HttpError | null = null;
    try {
      for await (const piece of request as AsyncIterable<Buffer>) {
        length += piece.length;
        if (length > this.#limit + DISCARD_BYTES) break;
        refused ??= this.#refusal(length, piece.length);
        if (refused !== null) continue;
        pieces.push(piece);
        this.#held += piece.length;
        held += piece.length;
      }
    } catch {
      release();
      return null;
    }
    if (refused === null) return { body: pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces), release };
    release();
    throw refused;
  }

  #refusal(length: number, next: number): HttpError | null {
    if (length > this.#limit) return new HttpError('tooLarge', `A request has at most ${this.#limit} bytes.`);
    if (this.#held + next <= BODIES_IN_MEMORY_BYTES) return null;
    return new HttpError('busy', 'Too many large requests at this moment.', { 'Retry-After': '1' });
  }
}
