import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fitted, widthOf, wrapped } from '../src/chat/width.ts';

test('wide characters and emoji take two columns', () => {
  assert.deepEqual(['abc', '漢字', '👍', 'é', 'e\u0301'].map(widthOf), [3, 4, 2, 1, 2]);
});

test('lines break at blanks, words that are too long anywhere', () => {
  assert.deepEqual(wrapped('one two three', 8, 9), ['one two ', 'three']);
  assert.deepEqual(wrapped('abcdefgh ij', 3, 9), ['abc', 'def', 'gh ', 'ij']);
  assert.deepEqual(wrapped('', 8, 9), ['']);
  assert.equal(fitted('too long', 5), 'too …');
});

test('nothing is lost by wrapping, and nothing but blanks is over the edge', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ' ', '漢', '👍🏽', '-', 'e\u0301') }),
      fc.integer({ min: 8, max: 30 }),
      (text, columns) => {
        const pieces = wrapped(text, columns, Infinity);
        assert.equal(pieces.join(''), text);
        for (const piece of pieces) assert.ok(widthOf(piece.trimEnd()) <= columns, JSON.stringify(piece));
      },
    ),
  );
});
