import { batches } from './batch.ts';
import type { Step } from './log.ts';
import { BATCH_WEIGHT, weigh, type OpenedMessage, type Opening } from './opening.ts';

/** A step of the log, and the messages that it brings, opened. */
export interface Brought {
  readonly step: Step;
  readonly messages: readonly OpenedMessage[];
}

/**
 * Opens what a log brings, a batch while the one before is taken: signatures are verified in other threads. A batch is
 * given when it is opened, whether or not more comes. `stop` as in {@link batches}.
 */
export async function* openAhead(
  steps: AsyncIterable<Step>,
  { opening, stop }: { opening: Opening; stop: AbortController },
): AsyncGenerator<readonly Brought[], void, undefined> {
  const arriving = batches(steps, { weight: BATCH_WEIGHT, weigh: (step) => weigh(arrivalOf(step)), stop });
  const open = async (batch: readonly Step[]): Promise<readonly Brought[]> => {
    const messages = await opening.open(batch.map(arrivalOf));
    return batch.map((step, at) => ({ step, messages: messages[at] ?? [] }));
  };
  const begin = (): Promise<{ opened: Promise<readonly Brought[]> } | null> =>
    told(arriving.next().then(({ done, value }) => (done ? null : { opened: told(open(value)) })));
  try {
    for (let next = begin(); ;) {
      const batch = await next;
      if (batch === null) return;
      next = begin();
      yield await batch.opened;
    }
  } finally {
    stop.abort();
    await arriving.return();
  }
}

function arrivalOf(step: Step): Parameters<typeof weigh>[0] {
  return 'arrival' in step ? step.arrival : null;
}

/** A failure is told when its turn comes, if it comes. */
function told<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
