import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

/** A real server on loopback that a test has full command of. */
export interface SmallServer {
  /** `http://127.0.0.1:PORT/channels/9` */
  readonly address: string;
  readonly origin: string;
  readonly requests: Received[];
}

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly key: string | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

export type Handler = (request: Received, response: ServerResponse, raw: IncomingMessage) => unknown;

/** Starts it; it is gone, with all its connections, when the test ends. */
export async function smallServer(t: Pick<TestContext, 'after'>, handle: Handler): Promise<SmallServer> {
  const requests: Received[] = [];
  const listener: RequestListener = (raw, response) => {
    void text(raw)
      .catch(() => '')
      .then((body) => {
        const key = raw.headers['thingspeakapikey'];
        const { method = '', url = '' } = raw;
        const received = {
          method,
          url,
          key: Array.isArray(key) ? key[0] : key,
          type: raw.headers['content-type'],
          body,
        };
        requests.push(received);
        return handle(received, response, raw);
      });
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, address: `${origin}/channels/9`, requests };
}

export function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** An empty feed of channel 9, as ThingSpeak gives it. */
export const EMPTY_FEED: { readonly channel: object; readonly feeds: readonly object[] } = {
  channel: { id: 9, name: 'nine', field1: 'one', field2: 'two', field3: 'three', last_entry_id: null },
  feeds: [],
};
