import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEAK_WINDOW, leaksOf } from '../src/outside/index.ts';
import type { Entry } from '../src/channel.ts';

const START = Date.UTC(2026, 10, 24, 6) / 1000;
/** Version 0x80, no time told, and zeros: the shape of a token of a framed conversation. */
const TIMELESS = token(0);
const OVER_HTTP = { requests: true };
const IN_A_FILE = { requests: false };

function token(sealedAt: number, ciphertextBytes = 16): string {
  const bytes = Buffer.alloc(57 + ciphertextBytes);
  bytes[0] = 0x80;
  bytes.writeBigUInt64BE(BigInt(sealedAt), 1);
  const text = bytes.toString('base64url');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

/** Entries at these seconds. */
function at(seconds: readonly number[], fields: (index: number) => Entry['fields'] = () => [TIMELESS]): Entry[] {
  return seconds.map((second, index) => {
    const createdAt = `${new Date((START + second) * 1000).toISOString().slice(0, 19)}Z`;
    return { id: index + 1, createdAt, fields: fields(index) };
  });
}

function every(seconds: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => index * seconds);
}

test('one size is low and 0 bits', () => {
  const { size } = leaksOf(at(every(60, 20)), OVER_HTTP);
  assert.deepEqual(size, { level: 'low', value: 0, bar: 0.05, sizes: 1, usual: 100 });
});

test('two sizes, equally frequent, are 1 bit and medium', () => {
  const { size } = leaksOf(
    at(every(60, 20), (index) => [token(0, index % 2 === 0 ? 16 : 48)]),
    OVER_HTTP,
  );
  assert.deepEqual([size.level, size.value, size.bar, size.sizes], ['medium', 1, 0.25, 2]);
});

test('a size that is rare tells little', () => {
  const { size } = leaksOf(
    at(every(60, 20), (index) => [token(0, index === 7 ? 48 : 16)]),
    OVER_HTTP,
  );
  assert.deepEqual([size.level, size.value], ['low', 0.29]);
});

test('sixteen sizes fill the bar', () => {
  const { size } = leaksOf(
    at(every(60, 32), (index) => [token(0, 16 * (1 + (index % 16)))]),
    OVER_HTTP,
  );
  assert.deepEqual([size.level, size.value, size.bar], ['high', 4, 1]);
});

test('parts of one sending count as one, of their size together', () => {
  const part = (index: number): string => `~AAAAAAAAAA${index < 2 ? 'A' : 'B'}.${(index % 2) + 1}.2~gAAA`;
  const { size, sendings } = leaksOf(
    at(every(1, 4), (index) => [part(index)]),
    OVER_HTTP,
  );
  assert.deepEqual([sendings, size.sizes, size.usual], [2, 1, 2 * part(0).length]);
});

test('a steady beat is low, also with a second more or less', () => {
  const { time } = leaksOf(at(every(300, 50)), OVER_HTTP);
  assert.deepEqual([time.level, time.value, time.beat], ['low', 0, 300]);
  const jittered = every(300, 50).map((second, index) => second + (index % 2));
  assert.equal(leaksOf(at(jittered), OVER_HTTP).time.level, 'low');
});

test('one long break does not hide a beat', () => {
  const broken = every(60, 100).map((second) => (second < 3000 ? second : second + 1200));
  assert.equal(leaksOf(at(broken), OVER_HTTP).time.level, 'medium');
});

test('bursts are high', () => {
  const bursts = every(1, 60).map((second) => second + Math.floor(second / 10) * 3600);
  const { time } = leaksOf(at(bursts), OVER_HTTP);
  assert.equal(time.level, 'high');
  assert.ok((time.value ?? 0) > 0.99);
  assert.equal(leaksOf(at(Array.from({ length: 10 }, () => 0)), OVER_HTTP).time.value, 1);
});

test('events by chance are high, near ln 2', () => {
  // the middle of each of 199 equal shares of an exponential distribution, in a shuffled order
  const gaps = Array.from({ length: 199 }, (_, index) => -Math.log(((index * 83) % 199) / 199 + 0.5 / 199) * 600);
  let second = 0;
  const { time } = leaksOf(at([0, ...gaps.map((gap) => (second += gap))]), OVER_HTTP);
  assert.equal(time.level, 'high');
  assert.ok(Math.abs((time.value ?? 0) - Math.LN2) < 0.02, `${time.value}`);
});

test('entries that look the same: only the requests tell senders apart', () => {
  const entries = at(every(60, 10));
  const over = leaksOf(entries, OVER_HTTP).sender;
  assert.deepEqual([over.level, over.value, over.marks], ['medium', 1, 1]);
  const file = leaksOf(entries, IN_A_FILE).sender;
  assert.deepEqual([file.level, file.value], ['low', 0]);
});

for (const [what, fields] of [
  ['a wrong clock', (index: number, now: number) => [token(index % 2 === 0 ? now : now - 600)]],
  ['a told time', (index: number, now: number) => [token(index % 2 === 0 ? now : 0)]],
  ["the article's b'…'", (index: number) => [index % 2 === 0 ? TIMELESS : `b'${TIMELESS}'`]],
  ['another field', (index: number) => (index % 2 === 0 ? [TIMELESS] : [null, TIMELESS])],
] as const) {
  test(`${what} tells senders apart`, () => {
    const entries = at(every(60, 10), (index) => fields(index, START + index * 60));
    const { sender } = leaksOf(entries, OVER_HTTP);
    assert.deepEqual([sender.level, sender.value, sender.marks], ['high', 2, 2]);
  });
}

test('what stands beside the fields tells senders apart', () => {
  const entries = at(every(60, 10)).map((entry, index) =>
    Object.assign(entry, index % 2 === 0 ? {} : { extras: [{ name: 'status', text: 'at home' }] }),
  );
  assert.equal(leaksOf(entries, IN_A_FILE).sender.value, 1);
});

test('too little is not known, and not low', () => {
  const none = leaksOf([], OVER_HTTP);
  assert.deepEqual([none.size.level, none.time.level, none.sender.level], ['unknown', 'unknown', 'unknown']);
  const few = leaksOf(at(every(60, 5)), OVER_HTTP);
  assert.deepEqual([few.size.level, few.time.level, few.sender.level], ['low', 'unknown', 'medium']);
  assert.equal(few.time.bar, null);
});

test('a time that is none does not count', () => {
  const entries = at(every(60, 10)).map((entry, index) =>
    Object.assign(entry, index === 3 ? { createdAt: 'soon' } : {}),
  );
  assert.equal(leaksOf(entries, OVER_HTTP).time.beat, 60);
});

test('only the newest entries count', () => {
  const entries = at(every(60, LEAK_WINDOW + 50), (index) => [token(0, index < 50 ? 48 : 16)]);
  assert.deepEqual([leaksOf(entries, OVER_HTTP).size.sizes, leaksOf(entries, OVER_HTTP).sendings], [1, LEAK_WINDOW]);
});
