import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ChannelError, MemoryChannel, type Channel, type Entry, type ReadOptions } from '@fernspeak/channel';
import { contentOf, memoryStore, plainSeal, type Clock } from '../src/index.ts';
import { KEY, person, text, texts } from './support/people.ts';

const seal = plainSeal(KEY);
const write = async (channel: Channel, message: string): Promise<void> => {
  await channel.append([[await seal.seal(contentOf(message))]]);
};

/** A clock whose waits end when the test says so. */
function heldClock(): Clock & { ring(): void } {
  let ring: (() => void)[] = [];
  return {
    now: () => Date.now(),
    wait: (_, signal) =>
      new Promise((resolve, reject) => {
        ring.push(resolve);
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      }),
    ring: () => {
      for (const resolve of ring.splice(0)) resolve();
    },
  };
}

test('what is there comes first, then each message at once, alone', async () => {
  const channel = new MemoryChannel();
  await write(channel, 'one');
  const stop = new AbortController();
  const shown: (string | null)[] = [];
  for await (const message of person(channel).follow({ signal: stop.signal })) {
    shown.push(text(message));
    if (shown.length === 3) stop.abort();
    // the next one is written only now: a batch that waited for it would wait for ever
    else await write(channel, `answer to ${shown.at(-1)}`);
  }
  assert.deepEqual(shown, ['one', 'answer to one', 'answer to answer to one']);
});

test('an abort ends it quietly, whatever it waits for', async () => {
  const channel = new MemoryChannel();
  const stop = new AbortController();
  const following = texts(person(channel).follow({ signal: stop.signal }));
  setImmediate(() => stop.abort());
  assert.deepEqual(await following, []);
});

test('leaving the loop closes what it waited for', async () => {
  const channel = new MemoryChannel();
  await write(channel, 'one');
  for await (const message of person(channel).follow()) {
    assert.equal(text(message), 'one');
    break;
  }
});

test('a commit after each message moves the cursor past it', async () => {
  const channel = new MemoryChannel();
  const store = memoryStore();
  const unread = person(channel, { store }).follow();
  await write(channel, 'one');
  for await (const message of unread) {
    await unread.commit();
    if (text(message) === 'two') break;
    await write(channel, 'two');
  }
  await write(channel, 'three');
  assert.deepEqual(await texts(person(channel, { store }).unread()), ['three']);
});

/** Goes on from a channel that is cleared as soon as two messages were shown, until the first new one. */
async function followCleared(
  channel: MemoryChannel,
  clock = heldClock(),
): Promise<{ shown: (string | null)[]; codes: string[] }> {
  const codes: string[] = [];
  const shown: (string | null)[] = [];
  await write(channel, 'one');
  await write(channel, 'two');
  for await (const message of person(channel, { clock }).follow({ onFinding: ({ code }) => codes.push(code) })) {
    shown.push(text(message));
    if (shown.at(-1) === 'new') break;
    if (shown.length < 2) continue;
    channel.clear();
    await write(channel, 'new');
    setImmediate(() => clock.ring());
  }
  return { shown, codes };
}

const CLEARED = { shown: ['one', 'two', 'new'], codes: ['rolled-back'] };

test('a channel that is cleared while it is followed is told of, and read anew', async () => {
  assert.deepEqual(await followCleared(new MemoryChannel()), CLEARED);
});

test('also when its carrier does not notice: after a silence it is looked at', async () => {
  class Unnoticing extends MemoryChannel {
    #followed = 0;
    override async *follow(after: number, options: ReadOptions = {}): AsyncGenerator<Entry> {
      this.#followed += 1;
      if (this.#followed > 1) yield* super.follow(after, options);
      else await new Promise((resolve) => options.signal?.addEventListener('abort', resolve));
    }
  }
  assert.deepEqual(await followCleared(new Unnoticing()), CLEARED);
});

test('a silence in which nothing changed changes nothing', async () => {
  const channel = new MemoryChannel();
  const clock = heldClock();
  await write(channel, 'one');
  const shown: (string | null)[] = [];
  const unread = person(channel, { clock }).follow();
  for await (const message of unread) {
    shown.push(text(message));
    if (shown.length === 2) break;
    setImmediate(() => {
      clock.ring();
      setImmediate(() => void write(channel, 'two'));
    });
  }
  assert.deepEqual([shown, unread.findings], [['one', 'two'], []]);
});

/** A channel in trouble: what is in `fails` fails, once each, with an error that can pass. */
class Troubled extends MemoryChannel {
  readonly fails: ('read' | 'follow')[] = [];

  override async *read(...asked: Parameters<MemoryChannel['read']>): AsyncGenerator<Entry, void, undefined> {
    this.#fail('read');
    yield* super.read(...asked);
  }

  override async *follow(...asked: Parameters<MemoryChannel['follow']>): AsyncGenerator<Entry, void, undefined> {
    for await (const entry of super.follow(...asked)) {
      yield entry;
      this.#fail('follow');
    }
  }

  #fail(what: 'read' | 'follow'): void {
    if (this.fails[0] !== what) return;
    this.fails.shift();
    throw new ChannelError('unclear', 'The connection broke.');
  }
}

test('trouble that passes ends nothing once reading has begun, and nothing comes twice', async () => {
  const channel = new Troubled();
  await write(channel, 'one');
  const stop = new AbortController();
  const shown: (string | null)[] = [];
  for await (const message of person(channel).follow({ signal: stop.signal })) {
    shown.push(text(message));
    if (shown.length === 4) stop.abort();
    channel.fails.push('follow', 'read', 'read');
    await write(channel, `answer to ${shown.length}`);
  }
  assert.deepEqual(shown, ['one', 'answer to 1', 'answer to 2', 'answer to 3']);
});

test('a channel that is away at the beginning is an error', async () => {
  const channel = new Troubled();
  channel.fails.push('read');
  await assert.rejects(texts(person(channel).follow()), { code: 'unclear' });
});
