import { once, setMaxListeners } from 'node:events';
import type { AddressInfo } from 'node:net';
import { openLog } from './access-log.ts';
import { App } from './app.ts';
import type { RelayContext } from './api/context.ts';
import { isLoopback } from './http/rates.ts';
import { HttpServer } from './http/server.ts';
import { LiveReaders } from './live/live-readers.ts';
import { makeKey } from './keys.ts';
import { limitsOf } from './limits.ts';
import { boundNursery } from './nursery.ts';
import type { RelayOptions } from './options.ts';
import { RelayError } from './relay-error.ts';
import { startRetention } from './retention.ts';
import { WebApp } from './web/web-app.ts';
import { openSqliteStore } from './store/sqlite/sqlite-store.ts';
import type { Store } from './store/store.ts';

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 8130;
const DEFAULT_DATA = 'data';

/** A relay that runs. */
export interface Relay {
  /** `http://127.0.0.1:8130`, without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** A user key that was made by this start, to be shown once; null when none was. */
  readonly firstUserKey: string | null;
  /** Lets running requests finish (10 s at most), then closes everything. May be called more than once. */
  close(): Promise<void>;
}

/**
 * Starts a relay on SQLite; returns when it answers.
 * @throws {RelayError} `web-unusable`, `data-in-use`, `data-unusable`, `data-newer`, `address-in-use`, `address-unusable`
 */
export function startRelay(options: RelayOptions = {}): Promise<Relay> {
  return startRelayOn(() => openSqliteStore({ folder: options.data ?? DEFAULT_DATA }), options);
}

/** The same on any store; the relay closes it. */
export async function startRelayOn(openStore: () => Promise<Store>, options: RelayOptions): Promise<Relay> {
  const { host = DEFAULT_HOST, port = DEFAULT_PORT, now = Date.now, onStored = null } = options;
  const log = await openLog({ format: options.logFormat ?? 'none', level: options.logLevel ?? 'info' });
  const web = webAppOf(options);
  const store = await openStore();
  const stopping = new AbortController();
  const draining = stopping.signal;
  setMaxListeners(0, draining); // one for each reader who waits
  const limits = limitsOf(options);
  let local = false;
  const onFault = (error: unknown): void => log.fault(error);
  const readers = new LiveReaders({ store, limits, draining, onFault });
  const context: RelayContext = { store, limits, readers, now, trustsLoopback: () => local, draining, onStored };
  const http = new HttpServer({ app: new App(context), web, limits, log, draining });
  try {
    const bound = await listen(http, host, port);
    local = isLoopback(bound.address) && options.publicUrl === undefined;
    const firstUserKey = await userKeyFor(store, !local, options.newUserKey ?? false);
    const stopRetention = startRetention({ store, limits, now, onFault });
    const releaseNursery = boundNursery();
    let closing: Promise<void> | null = null;
    const close = async (): Promise<void> => {
      releaseNursery();
      stopping.abort();
      stopRetention();
      await http.drain();
      await store.close();
      log.close();
    };
    return { url: urlOf(bound), port: bound.port, firstUserKey, close: () => (closing ??= close()) };
  } catch (error) {
    http.server.close();
    await store.close();
    throw error;
  }
}

/** Before anything is opened: a folder without an app is a mistake of the owner's. */
function webAppOf({ web, connect, publicUrl }: RelayOptions): WebApp | null {
  if (web === undefined || web === 'none') return null;
  return new WebApp({ folder: web, connect, https: publicUrl?.startsWith('https:') ?? false });
}

/** Makes a user key where one is needed and none exists, or a further one where that is asked for. */
async function userKeyFor(store: Store, needed: boolean, another: boolean): Promise<string | null> {
  if (!another && (!needed || (await store.userKeys()).length > 0)) return null;
  const { key, hash, tail, write } = makeKey(true);
  await store.addUserKey({ hash, tail, write });
  return key;
}

async function listen({ server }: HttpServer, host: string, port: number): Promise<AddressInfo> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new RelayError('address-in-use', `Port ${port} is in use.`, 'Choose another one: --port PORT', {
        cause: error,
      });
    }
    const message = `The relay cannot listen on ${host}, port ${port} (${code}).`;
    throw new RelayError('address-unusable', message, 'Choose another address: --host ADDRESS --port PORT', {
      cause: error,
    });
  }
  return server.address() as AddressInfo;
}

/** An address for people of this computer, also where the relay listens on all of its addresses. */
function urlOf({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${port}`;
  return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`;
}
