import { parseAddress } from '@fernspeak/channel';
import { CliError, usageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';

/** Where `npm start` and `fernspeak relay` listen unless they are told otherwise. */
export const DEFAULT_RELAY = 'http://127.0.0.1:8130';
/** Nobody waits longer to learn that no relay is there. */
const LOOK_MS = 2000;

/** What only the owner of a relay may do: make channels and change them. */
export interface Owner {
  /** `https://relay.example`, no path. */
  readonly origin: string;
  /** Null: straight from the relay's own computer none is needed. */
  readonly userKey: string | null;
  /** Longest wait for an answer, in milliseconds. */
  readonly timeoutMs: number;
}

/** A channel that was just made, with its keys. */
export interface MadeChannel {
  readonly address: string;
  readonly writeKey: string;
  readonly readKey: string;
}

/** The relay wants its user key, or another one than was given. */
export class NeedsUserKey extends CliError {}

/** Origin of a relay from what somebody wrote after `--relay`; a usage error for what is none. */
export function relayOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url.origin;
  throw usageError('--relay takes the address of a relay.', `Like this: --relay ${DEFAULT_RELAY}`);
}

/** Whether a fernspeak relay answers there. */
export async function answers(origin: string): Promise<boolean> {
  try {
    const answer = await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(LOOK_MS), redirect: 'error' });
    return answer.ok && (await answer.text()).includes('"ok"');
  } catch {
    return false;
  }
}

/**
 * Makes a private channel that takes nothing readable.
 *
 * @param keepDays after so many days the relay removes an entry; undefined: when it removes any
 * @throws NeedsUserKey
 */
export async function makeChannel(owner: Owner, keepDays?: string): Promise<MadeChannel> {
  const form = { sealed: 'true', public_flag: 'false', ...(keepDays === undefined ? {} : { keep_days: keepDays }) };
  const made = await ask(owner, 'POST', '/channels.json', form);
  const { id, api_keys: keys } = made as { id?: unknown; api_keys?: unknown };
  const [writeKey, readKey] = [keyIn(keys, true), keyIn(keys, false)];
  if (typeof id !== 'number' || writeKey === null || readKey === null) throw strange(owner.origin);
  // what a server says is checked before it becomes part of an address
  return { address: parseAddress(`${owner.origin}/channels/${id}`).address, writeKey, readKey };
}

/** Gives a channel a write key of our choice; false where the relay does not do that. @throws NeedsUserKey */
export async function setWriteKey(owner: Owner, { address, writeKey }: Omit<MadeChannel, 'readKey'>): Promise<boolean> {
  const { pathname } = new URL(address);
  const changed = await ask(owner, 'PUT', `${pathname}.json`, { write_api_key: writeKey });
  const { api_keys: keys } = changed as { api_keys?: unknown };
  // keys are masked but for their end
  return Array.isArray(keys) && keys.some((key) => tailOf(key) === writeKey.slice(-4));
}

function tailOf(key: unknown): string | null {
  const { api_key: text, write_flag: write } = key as { api_key?: unknown; write_flag?: unknown };
  return write === true && typeof text === 'string' ? text.slice(-4) : null;
}

function keyIn(keys: unknown, write: boolean): string | null {
  if (!Array.isArray(keys)) return null;
  const found = (keys as { api_key?: unknown; write_flag?: unknown }[]).find((key) => key.write_flag === write);
  return typeof found?.api_key === 'string' && /^[A-Z0-9]{16}$/.test(found.api_key) ? found.api_key : null;
}

async function ask(
  { origin, userKey, timeoutMs }: Owner,
  method: string,
  path: string,
  form: Readonly<Record<string, string>>,
): Promise<unknown> {
  const body = new URLSearchParams({ ...form, ...(userKey === null ? {} : { api_key: userKey }) });
  const signal = AbortSignal.timeout(timeoutMs);
  let answer: Response;
  let text: string;
  try {
    // a redirect would take the key along
    answer = await fetch(origin + path, { method, body, signal, redirect: 'manual' });
    text = await answer.text();
  } catch (error) {
    const message = signal.aborted
      ? `${origin} did not answer within ${timeoutMs / 1000} seconds.`
      : `${origin} cannot be reached.`;
    throw new CliError(message, { code: 'unreachable', exit: EXIT.network, hint: RUN_ONE, cause: error });
  }
  if (answer.status === 401) {
    const given = userKey === null ? 'wants the user key of its owner' : 'does not take this user key';
    throw new NeedsUserKey(`${origin} ${given}.`, {
      code: 'unauthorized',
      exit: EXIT.network,
      hint: 'The first start of the relay shows it: --user-key-file FILE with it in there. Or name a channel that you have.',
    });
  }
  if (!answer.ok) throw refused(origin, answer.status);
  try {
    return JSON.parse(text);
  } catch {
    throw strange(origin);
  }
}

const RUN_ONE =
  'fernspeak relay runs one; --relay URL names another; a CSV file needs none: fernspeak new NAME notes.csv';

function refused(origin: string, status: number): CliError {
  return new CliError(`${origin} makes no channel (it answered ${status}).`, {
    code: 'refused',
    exit: status === 429 ? EXIT.rateLimited : EXIT.network,
    hint: 'Name a channel that is there already, with its write key: fernspeak new NAME CHANNEL --write-key-file FILE',
  });
}

function strange(origin: string): CliError {
  return new CliError(`${origin} does not answer as a fernspeak relay.`, {
    code: 'not-a-channel',
    exit: EXIT.network,
    hint: RUN_ONE,
  });
}

/** Nothing was named, and none runs on this computer. */
export function noRelay(): CliError {
  return new CliError(`No relay answers on ${DEFAULT_RELAY}, and none was named.`, {
    code: 'unreachable',
    exit: EXIT.network,
    hint: RUN_ONE,
  });
}
