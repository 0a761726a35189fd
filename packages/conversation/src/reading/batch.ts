/**
 * Turns of the microtask queue in which a carrier gives what it holds already: a chain of generators takes a few for
 * each item. What has to come over a network or from a disk takes longer than any number of them.
 */
const TURNS = 32;

/**
 * Groups what comes at once, up to `weight` in all, and never waits for more when it holds something: in a feed that is
 * followed, one item is a batch. `weigh` says what an item counts. `stop` is aborted when the consumer leaves: `items` must
 * end then, or nobody could close it while it waits for more.
 */
export async function* batches<T>(
  items: AsyncIterable<T>,
  { weight, weigh, stop }: { weight: number; weigh: (item: T) => number; stop: AbortController },
): AsyncGenerator<T[], void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    let next = arriving(iterator.next());
    for (;;) {
      const first = await next.result;
      if (first.done) return;
      const batch = [first.value];
      let sum = weigh(first.value);
      next = arriving(iterator.next());
      while (sum < weight && (await soon(next))) {
        const item = await next.result;
        if (item.done) break;
        batch.push(item.value);
        sum += weigh(item.value);
        next = arriving(iterator.next());
      }
      yield batch;
    }
  } finally {
    stop.abort();
    await iterator.return?.();
  }
}

interface Arriving<T> {
  readonly result: Promise<IteratorResult<T, unknown>>;
  arrived: boolean;
}

function arriving<T>(result: Promise<IteratorResult<T, unknown>>): Arriving<T> {
  const next: Arriving<T> = { result, arrived: false };
  // a failure is told by `result` itself, after what came before it was given out
  result.then(
    () => (next.arrived = true),
    () => {},
  );
  return next;
}

async function soon(next: Arriving<unknown>): Promise<boolean> {
  for (let turn = 0; turn < TURNS && !next.arrived; turn++) await Promise.resolve();
  return next.arrived;
}
