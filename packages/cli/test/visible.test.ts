import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { visible, visibleLine } from '../src/terminal/visible.ts';

const CASES: Record<string, [given: string, shown: string]> = {
  'an escape sequence': ['a\u001b[2Jb', 'a␛[2Jb'],
  'a carriage return that would overwrite the line': ['evil\rgood', 'evil␍good'],
  'a bell, a backspace and a null': ['\u0007\b\0', '␇␈␀'],
  delete: ['a\u007fb', 'a␡b'],
  'a C1 control sequence introducer': ['\u009b2J', '<U+009B>2J'],
  'a right-to-left override': ['exe.\u202efdp', 'exe.<U+202E>fdp'],
  'what has no width': ['Ada\u200b\ufeff', 'Ada<U+200B><U+FEFF>'],
  isolates: ['\u2066x\u2069', '<U+2066>x<U+2069>'],
  'line and paragraph separators': ['a\u2028b\u2029c', 'a<U+2028>b<U+2029>c'],
};

for (const [what, [given, shown]] of Object.entries(CASES)) {
  test(`shows ${what}`, () => assert.equal(visible(given), shown));
}

test('leaves lines, tabs, emoji with joiners and right-to-left text alone', () => {
  const text = 'a\tb\r\nc\n👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 שלום مرحبا é';
  assert.equal(visible(text), text);
});

test('keeps a line on one line', () => assert.equal(visibleLine('a\nb\r\nc\td'), 'a␊b␍␊c␉d'));

test('nothing that a terminal obeys is left of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // oxlint-disable-next-line no-control-regex -- the point of the test
      const obeyed = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;
      assert.doesNotMatch(visible(text).replaceAll('\r\n', '\n'), obeyed);
    }),
  );
});

test('ten megabytes of escape characters take no noticeable time', { timeout: 10_000 }, () => {
  assert.equal(visible('\u001b'.repeat(10_000_000)).length, 10_000_000);
});
