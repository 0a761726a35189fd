import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ChannelError, MemoryChannel, type Limits } from '@fernspeak/channel';
import fc from 'fast-check';
import { contentOf, memoryStore, plainSeal, textOf, type Clock, type Store } from '../src/index.ts';
import { virtualClock } from './support/clock.ts';
import { Killed, mortal, type Death } from './support/mortal.ts';
import { KEY, person, texts } from './support/people.ts';
import { TroubledChannel, type Trouble } from './support/troubled.ts';

const RUNS = process.env['FERNSPEAK_LONG'] === '1' ? 5000 : 400;
const LIMITS: Partial<Limits> = { fieldBytes: 255, entryBytes: 510, minIntervalMs: 1000 };

/** One command: what it sends, when it is killed, and what the line does meanwhile. */
interface Life {
  readonly long: boolean;
  readonly death: Death | null;
  readonly troubles: readonly Trouble[];
}

const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc.constantFrom<Trouble>('ok', 'lost', 'stored', 'half'),
  fc.constantFrom('rate-limited', 'unreachable', 'busy').map((code) => new ChannelError(code as 'busy', code)),
);
const death: fc.Arbitrary<Death> = fc.record({
  operation: fc.integer({ min: 1, max: 40 }),
  when: fc.constantFrom('before', 'after'),
});
const life: fc.Arbitrary<Life> = fc.record({
  long: fc.boolean(),
  death: fc.option(death, { freq: 4 }),
  troubles: fc.array(trouble, { maxLength: 4 }),
});

interface World {
  readonly channel: TroubledChannel;
  readonly store: Store;
  readonly clock: Clock;
  /** In the order in which the outbox took them. */
  readonly accepted: string[];
}

function world(bulkEntries: number): World {
  const inner = memoryStore();
  const accepted: string[] = [];
  const channel = new TroubledChannel(new MemoryChannel({ limits: { ...LIMITS, bulkEntries } }));
  const store: Store = {
    ...inner,
    accept: async (address, item) => {
      accepted.push(item.sealed);
      return inner.accept(address, item);
    },
  };
  return { channel, store, clock: virtualClock(), accepted };
}

async function live({ long, death }: Life, number: number, { channel, store, clock }: World): Promise<void> {
  const text = `${number}`.padEnd(long ? 1500 : 1, '.');
  const { channel: line, store: own } = mortal(death, { channel, store });
  try {
    await person(line, { store: own, clock }).send(contentOf(text));
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
}

/** Everything that was ever accepted is there once, whole, in its order; nothing else is, and nothing is left over. */
async function assertOnceEach({ channel, store, clock, accepted }: World): Promise<void> {
  channel.troubles.length = 0;
  const heir = person(channel, { store, clock });
  await heir.flush();
  const opened = await plainSeal(KEY).open(accepted);
  assert.deepEqual(
    await texts(heir.history({ after: 0 })),
    opened.map(({ content }) => content && textOf(content)),
  );
  assert.equal(await store.head(channel.address), null);
}

test('killed between any two operations, over a bad line, a message is there once or was never accepted', async () => {
  const property = fc.asyncProperty(
    fc.array(life, { minLength: 1, maxLength: 6 }),
    fc.boolean(),
    async (lives, bulk) => {
      const shared = world(bulk ? 960 : 1);
      for (const [number, life] of lives.entries()) {
        shared.channel.troubles.splice(0, Infinity, ...life.troubles);
        await live(life, number, shared);
      }
      await assertOnceEach(shared);
    },
  );
  await fc.assert(property, { numRuns: RUNS });
});

test('and so it is with several processes at once', async () => {
  const property = fc.asyncProperty(
    fc.array(life, { minLength: 2, maxLength: 6 }),
    fc.boolean(),
    async (lives, bulk) => {
      const shared = world(bulk ? 960 : 1);
      shared.channel.troubles.push(...lives.flatMap(({ troubles }) => troubles));
      await Promise.all(lives.map((life, number) => live(life, number, shared)));
      await assertOnceEach(shared);
    },
  );
  await fc.assert(property, { numRuns: RUNS / 4 });
});

test('every single moment of one sending', async () => {
  for (const when of ['before', 'after'] as const) {
    for (let operation = 1; operation <= 40; operation++) {
      for (const long of [false, true]) {
        const shared = world(1);
        await live({ long, death: { operation, when }, troubles: [] }, 1, shared);
        await assertOnceEach(shared);
      }
    }
  }
});
