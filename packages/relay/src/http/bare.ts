import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { headersOf, type Answer } from './answer.ts';

/** Milliseconds that a client gets to read its last answer before its connection is cut. */
const LAST_WORDS_MS = 1_000;

/** Sends an answer on a connection on which Node makes no response; it goes on live, or is closed. */
export async function sendBare(connection: Socket, answer: Answer, few: boolean): Promise<void> {
  if (answer.live !== undefined) {
    connection.setNoDelay(true);
    connection.write(headOf(answer, few, []), 'latin1');
    return answer.live(connection);
  }
  let body = '';
  for await (const piece of answer.body) body += piece;
  sendLast(connection, { ...answer, body }, few);
}

/** Sends an answer on such a connection, and closes it. */
export function sendLast(connection: Duplex, answer: Answer<string>, few: boolean): void {
  const head = headOf(answer, few, ['Content-Length', String(Buffer.byteLength(answer.body))]);
  // a timer of its own: what the client still sends would keep a socket's timeout from ever coming
  const cut = setTimeout(() => connection.destroy(), LAST_WORDS_MS);
  connection.once('close', () => clearTimeout(cut));
  connection.end(head + answer.body, () => connection.destroy());
}

function headOf(answer: Answer, few: boolean, more: readonly string[]): string {
  const headers = [...headersOf(answer, few), ...more, 'Connection', 'close'];
  let head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n`;
  for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return `${head}\r\n`;
}
