import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { fromHex } from '../../src/bytes.ts';
import { chainNext, chainStart, NOTHING } from '../../src/continuity/chain.ts';
import { judge } from '../../src/continuity/judge.ts';
import type { Notice } from '../../src/continuity/notice.ts';
import { apply, nextNumber, restore, seenOf, type GivenRow } from '../../src/continuity/state.ts';
import { findingOf, isLoud } from '../../src/finding.ts';
import { vectors } from '../support/vectors.ts';
import { CONVERSATION } from './reader.ts';
import { play, receivedOf, type ChainVectors } from './stories.ts';

const { conversationId, chain, stories } = vectors('chain.json') as ChainVectors;

test('the chain', () => {
  const [start, ...links] = chain;
  assert.deepEqual(start, { t: NOTHING, h: chainStart(fromHex(conversationId)) });
  let h = start?.h ?? '';
  for (const link of links) assert.equal((h = chainNext(h, link.t)), link.h);
});

for (const { comment, events, seen, received, ...reader } of stories) {
  for (const restarts of [false, true]) {
    test(`${comment}${restarts ? ', with all restored from its rows after each step' : ''}`, () => {
      const { events: played, state } = play({ ...reader, events }, conversationId, { restarts });
      assert.deepEqual(played, events);
      assert.deepEqual(seenOf(state), seen);
      assert.deepEqual(receivedOf(state, Object.keys(received)), received);
    });
  }
}

const frame = { t: 'a1'.repeat(16), from: 'ada', n: 1, seen: null };
const options = { conversationId: CONVERSATION, me: 'vic', checked: true };

test('judging changes nothing', () => {
  const state = restore(options);
  const before = structuredClone(state);
  const once = judge(state, frame);
  assert.deepEqual(state, before);
  assert.deepEqual(judge(state, frame), once);
  apply(state, once.write);
  assert.equal(state.log.length, 2);
});

test('what is kept of a message is small', () => {
  const [given] = judge(restore(options), { ...frame, from: 'a'.repeat(43) }).write;
  assert.ok(JSON.stringify(given).length < 220, JSON.stringify(given));
});

test('the next number is above all that this key has used, here or in a copy', () => {
  const state = restore(options);
  assert.equal(nextNumber(state), 1);
  apply(state, [{ row: 'own', t: 'b2'.repeat(16), n: 4, entry: null }]);
  assert.equal(nextNumber(state), 5);
  apply(state, judge(state, { ...frame, from: 'vic', n: 9 }).write);
  assert.equal(nextNumber(state), 10);
});

test('a number that is left out is told, unless it is an own one that was answered as stored', () => {
  const state = restore(options);
  apply(state, [{ row: 'own', t: 'b2'.repeat(16), n: 1, entry: 5 }]);
  const codes = (from: string, t: string): string[] =>
    judge(state, { t, from, n: 2, seen: null }).notices.map(({ code }) => code);
  assert.deepEqual(codes('ada', 'a1'.repeat(16)), ['missing']);
  apply(state, [{ row: 'own', t: 'c3'.repeat(16), n: 2, entry: null }]);
  assert.deepEqual(codes('vic', 'c3'.repeat(16)), []);
  apply(state, [{ row: 'own', t: 'b2'.repeat(16), n: 1, entry: null }]);
  assert.deepEqual(codes('vic', 'c3'.repeat(16)), ['missing']);
});

test('a saved history with a gap is refused', () => {
  const row = (place: number): GivenRow => ({
    row: 'given',
    t: `${place}`.repeat(32),
    from: 'ada',
    n: place,
    place,
    h: NOTHING,
  });
  assert.equal(restore(options, [row(2), row(1)]).log.length, 3);
  assert.throws(() => restore(options, [row(2)]), /gap/);
  assert.throws(() => restore(options, [row(1), { ...row(1), t: 'b2'.repeat(16) }]), /gap/);
});

test('each notice has one sentence, with its names', () => {
  const names = (from: string): string => (from === 'ada' ? 'Ada' : 'you');
  const about = { from: 'ada', n: 4, t: frame.t };
  const notices: [Notice, RegExp][] = [
    [
      { code: 'missing', why: 'number', from: 'ada', first: 4, last: 4 },
      /^A message from Ada \(number 4\) never reached you: the relay/,
    ],
    [{ code: 'missing', why: 'number', from: 'ada', first: 4, last: 6 }, /^Messages from Ada \(numbers 4 to 6\) never/],
    [{ code: 'missing', why: 'seen', from: 'ada', t: frame.t }, /^Ada has seen a message .* relay .* or Ada's device/],
    [{ code: 'missing', why: 'own', from: 'vic', n: 4, t: frame.t }, /^Your message number 4 .* relay/],
    [{ code: 'reordered', why: 'number', ...about }, /^A message from Ada \(number 4\) .* relay .* Ada's device/],
    [{ code: 'reordered', why: 'seen', from: 'ada', t: frame.t }, /^Ada has seen .* relay .* Ada's device/],
    [
      { code: 'forked', from: 'ada', t: frame.t },
      /^You and Ada were shown different histories: the relay .* Ada's device/,
    ],
    [{ code: 'cloned', own: true, ...about }, /your own key \(number 4\).*copy.*somebody has your key.*new key/],
    [{ code: 'cloned', own: false, ...about }, /^Two devices write with Ada's key .*number 4.*copy.*somebody/],
    [{ code: 'replayed', ...about }, /Ada \(number 4\) came again.*sent twice.*somebody/],
    [{ code: 'unchecked', ...about }, /beginning of the log/],
  ];
  for (const [notice, sentence] of notices) {
    const finding = findingOf(notice, names);
    assert.equal(finding.code, notice.code);
    assert.match(finding.sentence, sentence);
  }
  const loud = notices.filter(([{ code }]) => isLoud(code)).map(([{ code }]) => code);
  assert.deepEqual([...new Set(loud)], ['missing', 'reordered', 'forked', 'cloned']);
});
