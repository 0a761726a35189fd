import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { contentOf, plainSeal } from '@fernspeak/conversation';
import type { Point } from '@fernspeak/conversation/readings';
import { LAUNCHER, temporaryFolder } from '@fernspeak/test';
import fc from 'fast-check';
import { drawing } from '../src/plot/drawing.ts';
import { NEEDS_TERMINAL, openTerminal } from './support/terminal.ts';

const KEY = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=';

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

test(
  'in a terminal it is as wide as that, and a name from outside cannot command it',
  { skip: NEEDS_TERMINAL },
  async (t) => {
    const folder = temporaryFolder(t);
    const sealed = await plainSeal(KEY).seal(contentOf(JSON.stringify({ ['t\u001b[2J']: 1 })));
    writeFileSync(join(folder, 'sensor.csv'), `created_at,entry_id,field1\n2026-11-24 06:00:00 UTC,1,${sealed}\n`);
    writeFileSync(join(folder, 'sensor.key'), KEY);
    const command = `"${process.execPath}" "${LAUNCHER}" receive sensor.csv --key-file sensor.key --plot --color never`;
    const session = openTerminal(t, command, { cwd: folder, env: { FERNSPEAK_HOME: join(folder, 'home') } });
    const { code, screen } = await session.end();
    assert.equal(code, 0, screen);
    const axis = screen.split(/\r?\n/).find((line) => line.includes('└')) ?? '';
    assert.equal(axis.length, 100, screen);
    assert.ok(screen.includes('t\u241b[2J'), screen);
    assert.ok(!screen.includes('\u001b'), screen);
  },
);
