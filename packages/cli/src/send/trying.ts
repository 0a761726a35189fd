import { isChannelError } from '@fernspeak/channel';
import { isConversationError, type SendOptions } from '@fernspeak/conversation';
import { CliError, Interrupted } from '../errors.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import { codeOf, hintOf, isTold, type Io } from '../io.ts';
import type { ChannelOptions } from '../options.ts';
import { keptSentence } from '../sent.ts';
import type { Target } from '../session.ts';
import { showProgress } from '../terminal/progress.ts';

interface Trying {
  readonly io: Io;
  readonly options: ChannelOptions;
  /** Where it goes, in the user's words. */
  readonly target: Pick<Target, 'kind' | 'named'>;
}

/** Sends, showing how it goes on; says after Ctrl-C whether the message is kept, and what a refused key needs. */
export async function trySending<T>(
  send: (how: SendOptions) => Promise<T>,
  { io, options, target }: Trying,
): Promise<T> {
  const progress = showProgress(io);
  let kept = false;
  try {
    return await send({
      timeoutMs: options.timeout * 1000,
      signal: interruptSignal(),
      onProgress: (step) => {
        kept ||= step.kind === 'accepted';
        progress.show(step);
      },
    });
  } catch (error) {
    if (error instanceof Interrupted) {
      throw new Interrupted(error.signal, kept ? keptSentence(target.named) : 'Nothing was sent, and nothing is kept.');
    }
    const isKept = kept && !isChannelError(error) && !isConversationError(error, 'refused');
    throw isKept || !isTold(error) ? error : lost(error, target);
  } finally {
    progress.clear();
  }
}

/** Work after a message was read and before it is accepted: its errors say that the message is gone. */
export async function orLost<T>(target: Trying['target'], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Interrupted || !isTold(error) ? error : lost(error, target);
  }
}

/** The error of a message that is gone: whoever typed it has to know. */
function lost(error: Error, target: Trying['target']): CliError {
  const hint =
    isChannelError(error, 'unauthorized') && target.kind === 'http'
      ? "Give the channel's write API key: --write-key-file FILE. One that is remembered is replaced when the new one works."
      : hintOf(error);
  return new CliError(`${error.message} The message is neither stored nor kept.`, {
    code: codeOf(error),
    exit: exitCodeOf(error),
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}
