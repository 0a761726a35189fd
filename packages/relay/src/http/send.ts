import type { IncomingMessage, ServerResponse } from 'node:http';
import { COLLECTED_ANSWER_BYTES } from '../limits.ts';
import { etagOf, headersOf, type Answer } from './answer.ts';

/** Sends an answer. Returns when it was handed to the connection; a client that went away is no error. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  few: boolean,
): Promise<void> {
  const headers = headersOf(answer, few);
  if (typeof answer.body === 'string') return sendWhole({ request, response, answer, headers, few }, answer.body);
  const pieces = answer.body[Symbol.asyncIterator]();
  let collected = '';
  for (;;) {
    const { value, done } = await pieces.next();
    if (done === true) return sendWhole({ request, response, answer, headers, few }, collected);
    collected += value;
    if (collected.length > COLLECTED_ANSWER_BYTES) break;
  }
  await sendPieces(response, {
    status: answer.status,
    headers,
    collected,
    rest: { [Symbol.asyncIterator]: () => pieces },
  });
}

interface Sending {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly answer: Answer;
  readonly headers: string[];
  readonly few: boolean;
}

/** With Content-Length, spelled so: the official device library searches for it and takes no chunks (1.3). */
function sendWhole({ request, response, answer, headers, few }: Sending, text: string): void {
  if (answer.cacheable && !few && answer.status === 200) {
    const etag = etagOf(text);
    headers.push('ETag', etag);
    if (request.headers['if-none-match']?.includes(etag)) {
      response.writeHead(304, headers).end();
      return;
    }
  }
  headers.push('Content-Length', String(Buffer.byteLength(text)));
  // a text, not a buffer: Node then puts head and body into one write
  response.writeHead(answer.status, headers).end(text);
}

interface Long {
  readonly status: number;
  readonly headers: string[];
  /** What was read before it was known to be long. */
  readonly collected: string;
  readonly rest: AsyncIterable<string>;
}

/** In chunks, at the reader's pace: no more than a page of a long answer is ever in memory. */
async function sendPieces(response: ServerResponse, { status, headers, collected, rest }: Long): Promise<void> {
  response.writeHead(status, headers);
  response.write(collected);
  const next = (event: string): Promise<unknown> => new Promise((resolve) => response.once(event, resolve));
  const closed = next('close');
  for await (const piece of rest) {
    if (response.writableNeedDrain) await Promise.race([next('drain'), closed]);
    if (response.destroyed) return;
    response.write(piece);
  }
  response.end();
}
