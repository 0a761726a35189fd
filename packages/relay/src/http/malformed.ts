import type { Duplex } from 'node:stream';
import { errorAnswer } from './answer.ts';
import { sendLast } from './bare.ts';
import { HttpError, type HttpErrorName } from './errors.ts';

const ERRORS: Readonly<Record<string, readonly [HttpErrorName, string]>> = {
  HPE_HEADER_OVERFLOW: ['headersTooLarge', 'The first line and the headers are too long.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['tooLarge', 'The chunk extensions are too long.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['timeout', 'The request took too long to arrive.'],
};

/** Answers what is not HTTP (Node's `clientError`) and closes the connection. */
export function answerMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [name, details] = ERRORS[error.code ?? ''] ?? ['badRequest', 'This is not a well-formed HTTP request.'];
  sendLast(socket, errorAnswer(new HttpError(name, details), 'json'), false);
}
