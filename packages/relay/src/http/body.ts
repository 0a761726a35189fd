import type { IncomingMessage } from 'node:http';
import { BODIES_IN_MEMORY_BYTES, DISCARD_BYTES } from '../limits.ts';
import { HttpError } from './errors.ts';

const WITHOUT_BODY: Promise<ReadBody> = Promise.resolve({ body: Buffer.alloc(0), release: () => {} });

/** A body that was read; `release` it when its request was handled. */
export interface ReadBody {
  readonly body: Buffer;
  release(): void;
}

/** Reads bodies, each within its own limit and all together within one. */
export class BodyReader {
  readonly #limit: number;
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * The whole body; null when its sender went away.
   * @throws {HttpError} 413 longer than the limit, 503 too much is held at this moment
   */
  read(request: IncomingMessage): Promise<ReadBody | null> {
    const { headers } = request;
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return WITHOUT_BODY;
    if (Number(headers['content-length']) > this.#limit + DISCARD_BYTES) return Promise.reject(this.#tooLarge());
    return new Promise((resolve, reject) => {
      const pieces: Buffer[] = [];
      let length = 0;
      let held = 0;
      let refused: HttpError | null = null;
      const release = (): void => {
        this.#held -= held;
        held = 0;
      };
      request.on('data', (piece: Buffer) => {
        length += piece.length;
        refused ??= this.#refusal(length, piece.length);
        if (refused !== null) {
          release();
          pieces.length = 0;
          // read on and throw it away, but not for ever
          if (length > this.#limit + DISCARD_BYTES) reject(refused);
          return;
        }
        pieces.push(piece);
        held += piece.length;
        this.#held += piece.length;
      });
      request.on('end', () => {
        if (refused !== null) reject(refused);
        else resolve({ body: pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces), release });
      });
      // after the end this comes too, and changes nothing
      request.on('close', () => {
        if (!request.complete) release();
        resolve(null);
      });
      request.on('error', () => {});
    });
  }

  #tooLarge(): HttpError {
    return new HttpError('tooLarge', `A request has at most ${this.#limit} bytes.`);
  }

  #refusal(length: number, next: number): HttpError | null {
    if (length > this.#limit) return this.#tooLarge();
    if (this.#held + next <= BODIES_IN_MEMORY_BYTES) return null;
    return new HttpError('busy', 'Too many large requests at this moment.', { 'Retry-After': '1' });
  }
}
