import { setTimeout as after } from 'node:timers/promises';
import { isChannelError, type ChannelErrorCode } from '@fernspeak/channel';
import { isConversationError, type Finding, type Message, type ReadingOptions } from '@fernspeak/conversation';

/** What can be listened to, framed or plain. */
export interface Source<M extends Message> {
  /** What is there already, received or not. */
  earlier(signal: AbortSignal): AsyncIterable<M>;
  /** What this profile has not received, and then what comes. */
  follow(options: ReadingOptions): Following<M>;
  /** Grows from message to message. */
  placeOf(message: M): number;
}

/** Messages as they come; `commit` saves that all that were given were received. */
export interface Following<M extends Message> extends AsyncIterable<M> {
  commit(): Promise<void>;
}

/** A message, and what to do once it was dealt with. */
export interface Incoming<M extends Message> {
  readonly message: M;
  /** Saves that it was received; until then it is given again to the next process. */
  received(): Promise<void>;
}

export interface IncomingOptions {
  readonly signal: AbortSignal;
  /** Begins with what is there already. */
  readonly all?: boolean | undefined;
  readonly onFinding: (finding: Finding) => void;
  /** The channel or the profile cannot be read; it is tried again after `waitMs`. */
  readonly onTrouble: (error: Error, waitMs: number) => void;
}

/** Between two tries, in milliseconds: doubled each time. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
const PASSING: ReadonlySet<ChannelErrorCode> = new Set(['rate-limited', 'unreachable', 'unclear', 'busy']);

/**
 * Messages as they come, each once within this run, until the signal: trouble that can pass is waited for.
 * It begins at the profile's mark when `next` is called first.
 */
export async function* incoming<M extends Message>(
  source: Source<M>,
  { signal, all = false, onFinding, onTrouble }: IncomingOptions,
): AsyncGenerator<Incoming<M>, void, undefined> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let place = 0;
  const find = (finding: Finding): void => {
    // what is there now has new numbers
    if (finding.code === 'rolled-back') place = 0;
    onFinding(finding);
  };
  const begin = (): Running<M> => {
    const unread = source.follow({ signal: either, onFinding: find });
    const messages = unread[Symbol.asyncIterator]();
    const next = messages.next();
    next.catch(() => {}); // looked at below
    return { unread, messages, next };
  };
  try {
    // its mark is read before what is there already: nothing falls in between
    let running = begin();
    if (all) {
      for await (const message of source.earlier(either)) {
        place = source.placeOf(message);
        yield { message, received: async () => {} };
      }
    }
    for (let pause = FIRST_PAUSE_MS; ;) {
      try {
        for (;;) {
          const { value: message, done } = await running.next;
          if (done === true) return;
          pause = FIRST_PAUSE_MS;
          const { unread } = running;
          const here = source.placeOf(message);
          if (here > place) {
            place = here;
            yield { message, received: () => unread.commit() };
          } else if (here === place) await unread.commit();
          running.next = running.messages.next();
        }
      } catch (error) {
        if (either.aborted || !canPass(error)) throw error;
        const wait = pause * (0.5 + Math.random() / 2);
        onTrouble(error, wait);
        await after(wait, null, { signal: either }).catch(() => {});
        if (either.aborted) return;
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        running = begin();
      }
    }
  } finally {
    stop.abort();
  }
}

interface Running<M extends Message> {
  readonly unread: Following<M>;
  readonly messages: AsyncIterator<M>;
  next: Promise<IteratorResult<M, unknown>>;
}

function canPass(error: unknown): error is Error {
  if (isChannelError(error)) return PASSING.has(error.code);
  return isConversationError(error, 'profile-busy');
}
