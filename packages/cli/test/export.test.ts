import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvCell } from '../src/export/csv.ts';

const CELLS: readonly (readonly [text: string, cell: string])[] = [
  ['hello', 'hello'],
  ['', ''],
  ['a, b', '"a, b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  ['=1+1', "'=1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['+cmd', "'+cmd"],
  ['-cmd', "'-cmd"],
  ['  =1+1', "'  =1+1"],
  ['\t=1+1', `"'\t'=1+1"`],
  ['\r=1+1', `"'\r=1+1"`],
  ['\uff1d1+1', "'\uff1d1+1"],
  ['a;=1+1', `"a;'=1+1"`],
  ['-21.5', '-21.5'],
  ['+1e6', '+1e6'],
  ['-1+cmd', "'-1+cmd"],
];

for (const [text, cell] of CELLS) {
  test(`the cell of ${JSON.stringify(text)}`, () => {
    assert.equal(csvCell(text), cell);
  });
}
