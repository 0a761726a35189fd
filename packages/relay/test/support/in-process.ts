import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { after, type TestContext } from 'node:test';
import { temporaryFolder } from '@fernspeak/test';
import { App } from '../../src/app.ts';
import type { RelayContext, StoredEntry } from '../../src/api/context.ts';
import { headersOf } from '../../src/http/answer.ts';
import { limitsOf, type LimitOptions } from '../../src/limits.ts';
import { LiveReaders } from '../../src/live/live-readers.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';

/** 2026-11-24T06:00:00Z in Unix milliseconds: when every test begins. */
export const SIX: number = Date.UTC(2026, 10, 24, 6);

/** What a request got. */
export interface Reply {
  readonly status: number;
  readonly type: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What of a request is not its method and target. */
export interface Sent {
  readonly headers?: IncomingHttpHeaders;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>> | string;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly body?: Buffer | string;
  /** Where it comes from; default 127.0.0.1. */
  readonly address?: string;
  readonly gone?: AbortSignal;
}

/** A channel that a test may write to and read. */
export interface TestChannel {
  readonly id: number;
  readonly write: string;
  readonly read: string;
}

/** A relay without a port: its requests go straight to the app, on a real store. */
export interface InProcessRelay {
  readonly request: (method: string, target: string, sent?: Sent) => Promise<Reply>;
  readonly get: (target: string, headers?: IncomingHttpHeaders) => Promise<Reply>;
  /** A channel with these settings; public, with field1 and field2, unless said otherwise. */
  readonly channel: (settings?: Readonly<Record<string, string>>) => Promise<TestChannel>;
  /** Appends an entry and gives its number. */
  readonly update: (channel: TestChannel, values: Readonly<Record<string, string>>) => Promise<number>;
  readonly store: Store;
  readonly readers: LiveReaders;
  readonly stored: StoredEntry[];
  readonly stop: AbortController;
  /** The relay's clock: tests set it. */
  readonly clock: { ms: number };
}

/** Options of the relay under test. */
export interface InProcessOptions extends LimitOptions {
  /** Default true: bound to loopback. */
  readonly trustsLoopback?: boolean;
}

const LOCAL_HEADERS: IncomingHttpHeaders = { host: '127.0.0.1:8130' };

/** Opens a relay on a store of its own that ends with the test file: its tests share it, each with channels of its own. */
export async function relayInProcess(options: InProcessOptions = {}): Promise<InProcessRelay> {
  const hooks = { after } as unknown as TestContext;
  const store = await openSqliteStore({ folder: temporaryFolder(hooks) });
  after(() => store.close());
  const clock = { ms: SIX };
  const stop = new AbortController();
  const stored: StoredEntry[] = [];
  const limits = limitsOf(options);
  const onFault = (error: unknown): void => assert.fail(String(error));
  const readers = new LiveReaders({ store, limits, draining: stop.signal, onFault });
  const context: RelayContext = {
    store,
    limits,
    readers,
    now: () => clock.ms,
    trustsLoopback: () => options.trustsLoopback ?? true,
    draining: stop.signal,
    onStored: (entry) => stored.push(entry),
  };
  const app = new App(context);
  const request = async (method: string, target: string, sent: Sent = {}): Promise<Reply> => {
    const { contentType, body } = bodyOf(sent);
    const headers = { ...LOCAL_HEADERS, ...contentType, ...sent.headers };
    const gone = (): AbortSignal => sent.gone ?? new AbortController().signal;
    const { answer, few } = await app.answer({
      method,
      target,
      headers,
      address: sent.address ?? '127.0.0.1',
      body,
      gone,
    });
    let text = '';
    if (typeof answer.body === 'string') text = answer.body;
    else for await (const piece of answer.body) text += piece;
    return replyOf(answer.status, headersOf(answer, few), text);
  };
  const channel = async (settings: Readonly<Record<string, string>> = {}): Promise<TestChannel> => {
    const form = { public_flag: 'true', field1: 'one', field2: 'two', ...settings };
    const made = JSON.parse((await request('POST', '/channels.json', { form })).text) as CreatedChannel;
    const [write, read] = made.api_keys.map((key) => key.api_key);
    return { id: made.id, write: write ?? '', read: read ?? '' };
  };
  const update = async ({ write }: TestChannel, values: Readonly<Record<string, string>>): Promise<number> => {
    const reply = await request('POST', '/update', { form: { api_key: write, ...values } });
    return Number(reply.text);
  };
  const get = (target: string, headers: IncomingHttpHeaders = {}): Promise<Reply> =>
    request('GET', target, { headers });
  return { request, get, channel, update, store, readers, stored, stop, clock };
}

interface CreatedChannel {
  id: number;
  api_keys: { api_key: string; write_flag: boolean }[];
}

function bodyOf({ form, json, body }: Sent): { contentType: IncomingHttpHeaders; body: Buffer } {
  if (form !== undefined) {
    const text = typeof form === 'string' ? form : new URLSearchParams({ ...form }).toString();
    return { contentType: { 'content-type': 'application/x-www-form-urlencoded' }, body: Buffer.from(text) };
  }
  if (json !== undefined) {
    const text = typeof json === 'string' ? json : JSON.stringify(json);
    return { contentType: { 'content-type': 'application/json' }, body: Buffer.from(text) };
  }
  return { contentType: {}, body: Buffer.from(body ?? '') };
}

function replyOf(status: number, flat: readonly string[], text: string): Reply {
  const headers: Record<string, string> = {};
  for (let at = 0; at < flat.length; at += 2) headers[String(flat[at]).toLowerCase()] = String(flat[at + 1]);
  return { status, type: headers['content-type'], headers, text };
}
