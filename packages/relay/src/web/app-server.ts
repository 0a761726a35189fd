import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RelayError } from '../relay-error.ts';
import { WebApp } from './web-app.ts';

/** Where the served app says who serves it; a relay has nothing there. */
const SERVED_BY = '/served-by.json';
const LOOPBACK = '127.0.0.1';

export interface AppServerOptions {
  /** The folder of the built app. */
  readonly folder: string;
  /** Fixed: another port is another origin to a browser, with an empty profile. 0 only in tests. */
  readonly port: number;
  /** The relay on which the app makes channels: `https://relay.example`. */
  readonly relay: string;
}

/** The app, served from one's own machine. */
export interface AppServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the app, and nothing else, to this computer alone; from there it may reach any relay.
 *
 * @throws RelayError `web-unusable`, `address-in-use`, `address-unusable`
 */
export async function startAppServer({ folder, port, relay }: AppServerOptions): Promise<AppServer> {
  const app = new WebApp({ folder, connect: 'http: https:' });
  const server = createServer((request, response) => {
    if (app.answer(request, response)) return;
    if (request.url === SERVED_BY) {
      response.writeHead(200, { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' });
      response.end(JSON.stringify({ own: true, relay }));
    } else response.writeHead(404, { 'Content-Type': 'text/plain' }).end('There is nothing at this path.\n');
  });
  server.listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE') {
      throw new RelayError(
        'address-unusable',
        `The app cannot be served on port ${port} (${code}).`,
        'Choose another one: --port PORT',
        { cause },
      );
    }
    const hint =
      'Is it served already? Another port is another place to the browser, where your conversations are not: --port PORT';
    throw new RelayError('address-in-use', `Port ${port} is in use.`, hint, { cause });
  }
  const { port: bound } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://${LOOPBACK}:${bound}`, close };
}
