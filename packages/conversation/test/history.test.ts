import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MemoryChannel, fit, type Channel, type ReadRange } from '@fernspeak/channel';
import fc from 'fast-check';
import { contentOf, plainSeal, type Finding } from '../src/index.ts';
import { KEY, person, texts } from './support/people.ts';

const seal = plainSeal(KEY);

async function log(
  messages: readonly string[],
  options: { entryBytes?: number; now?: () => Date } = {},
): Promise<MemoryChannel> {
  const { entryBytes = 65_536, now } = options;
  const channel = new MemoryChannel({ limits: { fieldBytes: Math.min(255, entryBytes), entryBytes }, now });
  const { limits } = await channel.info();
  for (const message of messages) {
    for (const part of fit(await seal.seal(contentOf(message)), limits)) await channel.append([part]);
  }
  return channel;
}

function asked(channel: Channel): ReadRange[] {
  const ranges: ReadRange[] = [];
  const read = channel.read.bind(channel);
  channel.read = (range, options) => {
    ranges.push(range);
    return read(range, options);
  };
  return ranges;
}

test('what the channel does not give out is told once, however often the search comes by it', async () => {
  const channel = await log(['one', 'two'.padEnd(2000, '.'), 'three']);
  const read = channel.read.bind(channel);
  channel.read = (range, options) => {
    options?.onUnreachable?.({ from: 9, to: 9, reason: 'Entry 9 is left out.' });
    return read(range, options);
  };
  for (const range of [{ after: 0 }, { last: 2 }, { since: new Date(0) }]) {
    const findings: Finding[] = [];
    await texts(person(channel).history(range, { onFinding: (finding) => findings.push(finding) }));
    assert.deepEqual(findings, [{ code: 'unreachable', sentence: 'Entry 9 is left out.' }]);
  }
});

const last = async (channel: Channel, count: number): Promise<(string | null)[]> =>
  texts(person(channel).history({ last: count }));

test('the last n are messages, however many entries they take', async () => {
  const message = fc
    .tuple(fc.nat(), fc.constantFrom(1, 300, 2000))
    .map(([number, length]) => `${number}`.padEnd(length, '.'));
  const property = fc.asyncProperty(fc.array(message, { maxLength: 12 }), fc.nat(14), async (messages, count) => {
    const channel = await log(messages, { entryBytes: 255 });
    assert.deepEqual(await last(channel, count), count === 0 ? [] : messages.slice(-count));
  });
  await fc.assert(property, { numRuns: 100 });
});

test('they are found behind a long tail of parts that never join', async () => {
  const channel = await log(['one', 'two', 'three']);
  for (let at = 0; at < 3000; at++) {
    const id = `${at}`.padStart(11, 'A');
    await channel.append([[`~${id}.1.2~AAAA`]]);
  }
  assert.deepEqual(await last(channel, 2), ['two', 'three']);
  assert.deepEqual(await last(channel, 5), ['one', 'two', 'three']);
});

test('for short messages the last n ask for n entries', async () => {
  const channel = await log(Array.from({ length: 40 }, (_, at) => `${at}`));
  const ranges = asked(channel);
  assert.deepEqual(await last(channel, 3), ['37', '38', '39']);
  assert.deepEqual(ranges, [{ last: 3 }]);
});

test('an update of several fields is one of the last n', async () => {
  const channel = await log(['before']);
  await channel.append([[await seal.seal(contentOf('21.5')), await seal.seal(contentOf('48'))]]);
  assert.deepEqual(await last(channel, 1), ['21.5', '48']);
});

test('since a moment: by the time at which the channel stored it', async () => {
  let minute = 0;
  const now = (): Date => new Date(Date.UTC(2026, 10, 24, 6, minute++));
  const channel = await log(
    Array.from({ length: 20 }, (_, at) => `${at}`),
    { now },
  );
  const since = (minutes: number): Promise<(string | null)[]> =>
    texts(person(channel).history({ since: new Date(Date.UTC(2026, 10, 24, 6, minutes)) }));
  assert.deepEqual(await since(17), ['17', '18', '19']);
  assert.equal((await since(0)).length, 20);
  assert.deepEqual(await since(99), []);
});

test('since a moment does not read a long log from its beginning', async () => {
  let second = 0;
  const now = (): Date => new Date(Date.UTC(2026, 10, 24, 6, 0, second++));
  const channel = new MemoryChannel({ now });
  const token = await seal.seal(contentOf('x'));
  for (let at = 0; at < 5000; at++) await channel.append([[token]]);
  const ranges = asked(channel);
  const since = new Date(Date.UTC(2026, 10, 24, 6, 0, 4997));
  assert.equal((await texts(person(channel).history({ since }))).length, 3);
  assert.ok(
    ranges.every((range) => ('last' in range ? range.last <= 1024 : range.after > 3900)),
    JSON.stringify(ranges),
  );
});

test('it moves no cursor', async () => {
  const channel = await log(['one']);
  const bob = person(channel);
  await texts(bob.history({ after: 0 }));
  assert.deepEqual(await texts(bob.unread()), ['one']);
});

test('after an entry: what completes behind it, whole', async () => {
  const channel = await log(['one', 'x'.repeat(600), 'three'], { entryBytes: 255 });
  // entry 3 is the middle of the long one
  assert.deepEqual(await texts(person(channel).history({ after: 3 })), ['x'.repeat(600), 'three']);
});
