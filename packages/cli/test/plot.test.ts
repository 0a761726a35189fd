import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Point } from '@fernspeak/conversation/readings';
import fc from 'fast-check';
import { drawing } from '../src/plot/drawing.ts';

const point = fc.record({
  time: fc.integer({ min: 0, max: Date.UTC(2100, 0) }),
  value: fc.double({ noNaN: true, noDefaultInfinity: true }),
  entryId: fc.nat(),
});

test('a plot fits, whatever the values are', () => {
  const all = fc.array(point, { minLength: 1, maxLength: 50 });
  const size = fc.record({ width: fc.integer({ min: 50, max: 200 }), height: fc.integer({ min: 5, max: 60 }) });
  fc.assert(
    fc.property(all, size, (points, { width, height }) => {
      const lines = drawing(
        points.toSorted((a, b) => a.time - b.time),
        { width, height },
      );
      assert.equal(lines.length, height);
      for (const line of lines) assert.ok(line.length <= width, line);
      assert.match(lines.join('\n'), /[\u2801-\u28ff]/, 'something is drawn');
      assert.doesNotMatch(lines.join('\n'), /NaN|Infinity/);
    }),
  );
});

test('one peak in half a million readings is seen', () => {
  const flat = (at: number): Point => ({ time: at * 1000, value: at === 300_000 ? 100 : 1, entryId: at + 1 });
  const lines = drawing(
    Array.from({ length: 500_000 }, (_, at) => flat(at)),
    { width: 80, height: 20 },
  );
  assert.match(lines[0] ?? '', /^ +100 ┤ +[\u2801-\u28ff]{1,2}$/);
});

test('no line leads across a gap', () => {
  const at = (hour: number): Point => ({ time: hour * 3_600_000, value: 5, entryId: hour });
  const lines = drawing([0, 1, 2, 3, 100, 101, 102].map(at), { width: 80, height: 10 });
  const drawn = lines.find((line) => /[\u2801-\u28ff]/.test(line)) ?? '';
  assert.match(drawn, /[\u2801-\u28ff] {40,}[\u2801-\u28ff]/);
});
