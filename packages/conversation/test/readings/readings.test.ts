import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { contentOf, type Message } from '../../src/index.ts';
import {
  MAX_SERIES,
  Series,
  isReadings,
  readingsCsv,
  readingsOf,
  statistics,
  thinned,
  within,
} from '../../src/readings.ts';
import type { Point } from '../../src/readings.ts';

const STORED = '2026-12-01T10:00:00.000Z';

function message(text: string, options: Partial<Message> = {}): Message {
  return {
    entryId: 7,
    entries: [7],
    storedAt: STORED,
    sealedAt: null,
    field: null,
    content: contentOf(text),
    readable: false,
    findings: [],
    ...options,
  };
}

const values = (text: string, options?: Partial<Message>): (string | number)[][] =>
  readingsOf(message(text, options)).map(({ name, value }) => [name, value]);

test('a number, a field of its own, and flat JSON are readings', () => {
  assert.deepEqual(values('21.4\n'), [['value', 21.4]]);
  assert.deepEqual(values('-3', { field: { index: 2, name: null } }), [['field2', -3]]);
  assert.deepEqual(values('-3', { field: { index: 2, name: 'cellar' } }), [['cellar', -3]]);
  assert.deepEqual(values('{"t":1,"place":"x","h":0.5,"deep":{"a":1}}'), [
    ['t', 1],
    ['h', 0.5],
  ]);
});

test('what others may invent is no reading', () => {
  for (const text of ['', 'NaN', 'Infinity', '1e309', '0x10', '1 2', '{"a":1e309}', '{', '[1]', '"1"', 'null', '١'])
    assert.deepEqual(values(text), [], text);
  assert.deepEqual(values('1', { readable: true }), []);
  assert.deepEqual(values('1', { content: null }), []);
  assert.deepEqual(values('{"__proto__":1,"constructor":2}'), [
    ['__proto__', 1],
    ['constructor', 2],
  ]);
});

test("the token's own time counts, else the channel's", () => {
  const sealedAt = new Date('2026-11-30T00:00:00Z');
  assert.equal(readingsOf(message('1', { sealedAt }))[0]?.time, sealedAt.getTime());
  assert.equal(readingsOf(message('1'))[0]?.time, Date.parse(STORED));
});

test('a thousand names are a bounded number of series, and a sentence', () => {
  const series = new Series();
  series.add(message(JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`k${at}`, at])))));
  const { series: kept, omitted } = series.take();
  assert.equal(kept.size, MAX_SERIES);
  assert.match(omitted ?? '', /984 values/);
});

test('a chat with a number in it is no sensor', () => {
  assert.equal(isReadings([message('6'), message('at six?'), message('yes')]), false);
  assert.equal(isReadings([message('6'), message('7')]), true);
  assert.equal(isReadings([message('6')]), false);
});

const points = fc
  .array(
    fc.record({ time: fc.integer({ min: 0, max: 5000 }), value: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
  )
  .map((all): Point[] => all.map((one, entryId) => ({ ...one, entryId })).toSorted((a, b) => a.time - b.time));

test('statistics lie where they must, and a span is what lies in it', () => {
  fc.assert(
    fc.property(points, fc.integer({ max: 5000 }), fc.integer({ max: 5000 }), (all, from, to) => {
      const chosen = within(all, { from, to });
      assert.deepEqual(
        chosen,
        all.filter(({ time }) => time >= from && time <= to),
      );
      const found = statistics(chosen);
      if (found === null) return assert.equal(chosen.length, 0);
      assert.equal(found.count, chosen.length);
      assert.equal(found.min, Math.min(...chosen.map(({ value }) => value)) + 0);
      assert.equal(found.max, Math.max(...chosen.map(({ value }) => value)) + 0);
      assert.ok(found.min <= found.mean && found.mean <= found.max);
      assert.ok(found.min <= found.median && found.median <= found.max);
    }),
  );
  const of = (...numbers: number[]): unknown =>
    statistics(numbers.map((value, time) => ({ time, value, entryId: time })));
  assert.deepEqual(of(4, 1, 3, 2), { count: 4, min: 1, mean: 2.5, max: 4, median: 2.5, sum: 10 });
});

test('thinning keeps the extremes, the order, and the bound', () => {
  fc.assert(
    fc.property(points, fc.integer({ min: 4, max: 40 }), (all, count) => {
      const kept = thinned(all, count);
      assert.ok(kept.length <= Math.max(count, 4));
      assert.deepEqual(
        kept,
        all.filter((point) => kept.includes(point)),
      );
      const [before, after] = [statistics(all), statistics(kept)];
      assert.deepEqual([after?.min, after?.max], [before?.min, before?.max]);
    }),
  );
});

test('CSV is what a spreadsheet takes, and runs nothing', () => {
  const at = Date.parse(STORED);
  const csv = readingsCsv(
    new Map([
      ['=cmd()', [{ time: at, entryId: 1, value: -1.5 }]],
      [
        'a,"b"',
        [
          { time: at, entryId: 1, value: 2 },
          { time: at + 1000, entryId: 2, value: 3 },
        ],
      ],
    ]),
  );
  assert.equal(csv, `time,entry_id,'=cmd(),"a,""b"""\r\n${STORED},1,-1.5,2\r\n2026-12-01T10:00:01.000Z,2,,3\r\n`);
});
