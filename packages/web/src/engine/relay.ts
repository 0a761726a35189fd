import { parseAddress } from '@fernspeak/channel';
import { Problem } from './problem.ts';

/** Nobody waits longer for an answer, in milliseconds. */
const TIMEOUT_MS = 20_000;
const WRITE_KEY = /^[A-Z0-9]{16}$/;

/** Where channels are made, and with which right. */
export interface Owner {
  /** `https://relay.example` */
  readonly origin: string;
  /** Null: none is needed, or none is known. */
  readonly userKey: string | null;
}

/** A channel that was just made, with its keys. */
export interface MadeChannel {
  readonly address: string;
  readonly writeKey: string;
  readonly readKey: string;
}

/** The relay on which this page makes channels: the one that serves it, or the one that `fernspeak web` names. */
export async function homeRelay(origin: string): Promise<{ readonly origin: string; readonly own: boolean }> {
  try {
    const answer = await fetch('/served-by.json', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { relay } = (await answer.json()) as { relay?: unknown };
    if (answer.ok && typeof relay === 'string') return { origin: new URL(relay).origin, own: true };
  } catch {
    // a relay has nothing there
  }
  return { origin, own: false };
}

/** Whether channels may be made there. Null: it cannot be reached. */
export async function mayCreate(owner: Owner): Promise<boolean | null> {
  try {
    return (await ask(owner, 'GET', '/channels.json', {})).ok;
  } catch {
    return null;
  }
}

/**
 * Makes a private channel that takes nothing readable.
 *
 * @param keepDays how long its entries are kept; null: as long as the relay keeps any
 * @throws Problem `not-allowed`, `unreachable`, `refused`
 */
export async function makeChannel(owner: Owner, keepDays: number | null): Promise<MadeChannel> {
  const { id, api_keys: keys } = (await changed(owner, 'POST', '/channels.json', {
    sealed: 'true',
    public_flag: 'false',
    ...(keepDays === null ? {} : { keep_days: String(keepDays) }),
  })) as { id?: unknown; api_keys?: unknown };
  const [writeKey, readKey] = [keyIn(keys, true), keyIn(keys, false)];
  if (typeof id !== 'number' || writeKey === null || readKey === null) throw strange(owner);
  // what a server says is checked before it becomes part of an address
  return { address: parseAddress(`${owner.origin}/channels/${id}`).address, writeKey, readKey };
}

/** Gives a channel a further write key of our choice. @throws Problem */
export async function setWriteKey(owner: Owner, address: string, writeKey: string): Promise<void> {
  await changed(owner, 'PUT', `${new URL(address).pathname}.json`, { write_api_key: writeKey });
}

function keyIn(keys: unknown, write: boolean): string | null {
  if (!Array.isArray(keys)) return null;
  const found = (keys as { api_key?: unknown; write_flag?: unknown }[]).find((key) => key.write_flag === write);
  return typeof found?.api_key === 'string' && WRITE_KEY.test(found.api_key) ? found.api_key : null;
}

async function changed(
  owner: Owner,
  method: 'POST' | 'PUT',
  path: string,
  form: Readonly<Record<string, string>>,
): Promise<unknown> {
  const answer = await ask(owner, method, path, form).catch((cause: unknown) => {
    throw new Problem('unreachable', `${owner.origin} cannot be reached.`, { hint: 'Try again in a moment.', cause });
  });
  if (answer.status === 401) {
    throw new Problem('not-allowed', 'This relay lets only its owner make conversations.', {
      hint: 'Ask whoever runs it for an owner’s link, or for an invite.',
    });
  }
  if (!answer.ok) throw new Problem('refused', `The relay makes no channel (it answered ${answer.status}).`);
  try {
    return await answer.json();
  } catch (cause) {
    throw strange(owner, cause);
  }
}

/** The key goes in a header: addresses are logged on many ways. */
function ask(
  { origin, userKey }: Owner,
  method: string,
  path: string,
  form: Record<string, string>,
): Promise<Response> {
  return fetch(origin + path, {
    method,
    headers: userKey === null ? {} : { 'X-THINGSPEAKAPIKEY': userKey },
    ...(method === 'GET' ? {} : { body: new URLSearchParams(form) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
  });
}

function strange({ origin }: Owner, cause?: unknown): Problem {
  return new Problem('not-a-relay', `${origin} does not answer as a fernspeak relay.`, { cause });
}
