import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** An entry as `feeds.json` has it. */
interface FeedEntry {
  entry_id: number;
}

/**
 * A relay that lies to whoever comes to it: what it has it takes from an honest one, but it leaves entries out and changes
 * their order, and numbers what is left so that no gap shows.
 */
export class Liar {
  readonly #relay: string;
  readonly #server: Server;
  readonly #hidden = new Set<number>();
  readonly #swapped = new Set<number>();

  constructor(relay: string) {
    this.#relay = relay;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** Begins; gives its address. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Leaves out the honest relay's entry of this number. */
  hide(entry: number): void {
    this.#hidden.add(entry);
  }

  /** Shows the entry of this number after the one that follows it. */
  swap(entry: number): void {
    this.#swapped.add(entry);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.#relay);
    const { method = 'GET' } = request;
    const key = request.headers['thingspeakapikey'];
    const headers: Record<string, string> = typeof key === 'string' ? { thingspeakapikey: key } : {};
    const answer = async (path: string, init: RequestInit = { headers }): Promise<Record<string, unknown>> =>
      (await (await fetch(this.#relay + path, init)).json()) as Record<string, unknown>;
    let told: Record<string, unknown>;
    if (method === 'POST') {
      const type = request.headers['content-type'] ?? '';
      const body = new Uint8Array(await buffer(request));
      told = await answer(pathname, { method, headers: { ...headers, 'content-type': type }, body });
    } else if (pathname.endsWith('/feeds.json')) {
      told = this.#feed(searchParams, await answer(`${pathname}?after=0`));
    } else {
      told = await answer(pathname);
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(told));
  }

  /** The part of the lying view that was asked for. */
  #feed(asked: URLSearchParams, { channel, feeds }: Record<string, unknown>): Record<string, unknown> {
    const view = this.#view(feeds as FeedEntry[]);
    const results = Number(asked.get('results') ?? view.length);
    const after = asked.get('after');
    const newest = after === null ? view.slice(view.length - results) : [];
    const next = view.filter((entry) => entry.entry_id > Number(after ?? Infinity)).slice(0, results);
    return { channel: { ...(channel as object), last_entry_id: view.length }, feeds: [...newest, ...next] };
  }

  #view(entries: readonly FeedEntry[]): FeedEntry[] {
    const shown = entries.filter(({ entry_id: entry }) => !this.#hidden.has(entry));
    for (const swapped of this.#swapped) {
      const at = shown.findIndex(({ entry_id: entry }) => entry === swapped);
      if (at >= 0) shown.splice(at, 2, ...shown.slice(at, at + 2).toReversed());
    }
    for (const [at, entry] of shown.entries()) entry.entry_id = at + 1;
    return shown;
  }
}
