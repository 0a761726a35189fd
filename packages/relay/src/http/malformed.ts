import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorAnswer, headersOf } from './answer.ts';
import { HttpError, type HttpErrorName } from './errors.ts';

/** Milliseconds that a client gets to read why its request was refused before its connection is cut. */
const LAST_WORDS_MS = 1_000;

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
  const answer = errorAnswer(new HttpError(name, details), 'json');
  const { body } = answer;
  const headers = [
    ...headersOf(answer, false),
    'Content-Length',
    String(Buffer.byteLength(body)),
    'Connection',
    'close',
  ];
  let head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n`;
  for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`;
  // a timer of its own: what the client still sends would keep a socket's timeout from ever coming
  const cut = setTimeout(() => socket.destroy(), LAST_WORDS_MS);
  socket.once('close', () => clearTimeout(cut));
  socket.end(`${head}\r\n${body}`, () => socket.destroy());
}
