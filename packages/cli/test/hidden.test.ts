import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typed } from '../src/terminal/hidden.ts';

const CASES: Record<string, [input: string, text: string, ended: string | null]> = {
  'a line': ['secret\r', 'secret', 'enter'],
  'a pasted line with a line feed': ['secret\n', 'secret', 'enter'],
  'nothing yet': ['sec', 'sec', null],
  'a correction': ['secx\u007fret\r', 'secret', 'enter'],
  'a correction of an emoji': ['a😀\u007fb\r', 'ab', 'enter'],
  'backspaces at the beginning': ['\u007f\u007fa\r', 'a', 'enter'],
  'a fresh start': ['wrong\u0015right\r', 'right', 'enter'],
  'arrow keys, which are no part of it': ['a\u001b[Db\u001bOCc\r', 'abc', 'enter'],
  'a bracketed paste': ['\u001b[200~secret\u001b[201~\r', 'secret', 'enter'],
  'Ctrl-C': ['secret\u0003', '', 'interrupt'],
  'Ctrl-D': ['secret\u0004', '', 'cancel'],
};

for (const [what, [input, text, ended]] of Object.entries(CASES)) {
  test(`hidden input: ${what}`, () => assert.deepEqual(typed('', input), { text, ended }));
}

test('hidden input goes on where it stopped', () => {
  assert.deepEqual(typed(typed('', 'sec').text, 'ret\r'), { text: 'secret', ended: 'enter' });
});
