import type { ChannelErrorOptions } from '../errors.ts';
import { ChannelError } from '../errors.ts';
import type { Connection } from './connection.ts';
import { whereOf } from './connection.ts';
import type { Answer } from './request.ts';

/** Longest piece of a server's own words in an error. */
const DETAIL_CHARACTERS = 200;

/** ThingSpeak's error object (`{"status":"401","error":{"error_code":…,"message":…,"details":…}}`), as one line; '' if it is none. */
function errorDetail(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown; details?: unknown } | null };
    const words = [error?.message, error?.details].filter((word) => typeof word === 'string' && word !== '').join(': ');
    // oxlint-disable-next-line no-control-regex -- a server's words may hold escape sequences
    return words.replaceAll(/[\x00-\x1f\x7f-\x9f]+/g, ' ').slice(0, DETAIL_CHARACTERS);
  } catch {
    return '';
  }
}

/** A web page, or a redirect, where an answer of the API should be. */
export function strangeAnswer(connection: Connection, answer: Answer, posted: boolean): ChannelError {
  const where = whereOf(connection);
  const options: ChannelErrorOptions = {
    stored: posted ? 'unknown' : 'no',
    hint: 'Check the address. In a hotel or on a train: open a web page first and log in to the network.',
  };
  if (answer.status >= 300 && answer.status < 400) {
    const to = answer.location === undefined ? '' : ` to ${answer.location}`;
    return new ChannelError(
      'not-a-channel',
      `${where} sends elsewhere${to}; redirects are not followed, they would take the keys along.`,
      {
        ...options,
        stored: 'no',
        hint: 'If the new address is right, use it.',
      },
    );
  }
  const what = answer.html ? 'answers with a web page' : 'does not answer like a channel';
  return new ChannelError('not-a-channel', `${where} ${what}.`, options);
}

/** What the two kinds of requests have in common. */
function refusal(connection: Connection, answer: Answer, posted: boolean): ChannelError {
  const where = whereOf(connection);
  const { status, retryAfterMs } = answer;
  const detail = errorDetail(answer.text);
  const because = detail === '' ? '' : ` (${detail})`;
  if (status === 404) {
    return new ChannelError('not-found', `There is no channel ${where}.`, {
      hint: 'Check the number at the end of the address.',
    });
  }
  if (status === 429) return rateLimited(connection, retryAfterMs);
  if (status === 402) {
    return new ChannelError('refused', `The yearly allowance of ${where} is used up.`, {
      hint: 'ThingSpeak: see the licence of the account.',
    });
  }
  if (status >= 500 || status === 408) {
    return new ChannelError('unclear', `${where} has a problem: it answered ${status}${because}.`, { retryAfterMs });
  }
  if (status < 400 || answer.html) return strangeAnswer(connection, answer, posted);
  return new ChannelError('refused', `${where} refuses it: ${status}${because}.`);
}

/** Not stored, try later. */
function rateLimited(connection: Connection, retryAfterMs: number | undefined): ChannelError {
  return new ChannelError(
    'rate-limited',
    `${whereOf(connection)} takes nothing now: too much came in too short a time.`,
    {
      retryAfterMs,
      hint: 'ThingSpeak takes one update every 15 seconds.',
    },
  );
}

/** Why a read failed: any answer that is not a feed. */
export function readRefusal(connection: Connection, answer: Answer): ChannelError {
  const denied = answer.status === 401 || answer.status === 403;
  // -1 with 400; an old server says it with 200, in quotes (thingspeak-api 3.8)
  if (denied || (answer.status <= 400 && /^\s*"?-1"?\s*$/.test(answer.text))) {
    const withKey = connection.readKey !== undefined || connection.writeKey !== undefined;
    const why = withKey ? 'the key is not one of its keys' : 'it is private, and no key was given';
    return new ChannelError('unauthorized', `${whereOf(connection)} gives nothing out: ${why}.`, {
      hint: 'Its owner has a read key for you (--read-key-file).',
    });
  }
  return refusal(connection, answer, false);
}

/** Why nothing was stored: any answer that is not a success. */
export function writeRefusal(connection: Connection, answer: Answer, intervalMs: number): ChannelError {
  const zero = answer.text.trim() === '0';
  if (zero && answer.status < 300) return rateLimited(connection, answer.retryAfterMs ?? intervalMs);
  if (answer.status === 401 || answer.status === 403 || (zero && answer.status === 400)) {
    return new ChannelError('unauthorized', `The write key is not one that ${whereOf(connection)} knows.`, {
      hint: 'Its owner has the write key (--write-key-file).',
    });
  }
  return refusal(connection, answer, true);
}
