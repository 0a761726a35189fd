import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { fileName, numbered } from '../../src/files/name.ts';

const cases: readonly (readonly [string, string])[] = [
  ['photo.jpg', 'photo.jpg'],
  ['Übersicht 2026.pdf', 'Übersicht 2026.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Windows\\evil.dll', 'evil.dll'],
  ['/', 'file'],
  ['..', 'file'],
  ['.bashrc', 'bashrc'],
  ['a/.ssh', 'ssh'],
  ['NUL', '_NUL'],
  ['con.txt', '_con.txt'],
  ['console.txt', 'console.txt'],
  ['a\u0000b\u001b[31m.txt', 'ab[31m.txt'],
  ['gpj.\u202egnp.exe', 'gpj.gnp.exe'],
  ['a:b|c?.txt', 'a_b_c_.txt'],
  ['notes.txt. . ', 'notes.txt'],
  ['\u200b', 'file'],
  [`${'ä'.repeat(300)}.jpeg`, `${'ä'.repeat(97)}.jpeg`],
];
for (const [given, expected] of cases) {
  test(`${JSON.stringify(given).slice(0, 40)} is kept as ${expected.slice(0, 40)}`, () => {
    assert.equal(fileName(given), expected);
  });
}

test('whatever somebody calls a file, it is a harmless name, and the same again', () => {
  const words = ['..', '/', '\\', 'con', '.', ' ', 'nul.', '\u202e', '\ud800', 'a', '😀', 'com1', '\u0000'];
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...words)).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(texts, (given) => {
      const name = fileName(given);
      assert.ok(name !== '' && !/[/\\\0]/.test(name) && !/^\.|[. ]$/.test(name) && name.isWellFormed());
      assert.ok(Buffer.byteLength(name) <= 200);
      assert.doesNotMatch(name, /^(?:con|nul|com1)(?:\.|$)/i);
      assert.equal(fileName(name), name);
    }),
    { numRuns: 2000 },
  );
});

test('a number stands before the extension', () => {
  assert.deepEqual([numbered('photo.jpg', 2), numbered('Makefile', 3)], ['photo (2).jpg', 'Makefile (3)']);
});
