import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fit, type Entry } from '@fernspeak/channel';
import { Fernet } from '@fernspeak/fernet';
import { linesOf, type Piece } from '../../src/engine/relay-side/pieces.ts';

const fernet = new Fernet(Fernet.generateKey());

function entry(id: number, fields: Entry['fields'], extras: Entry['extras'] = []): Entry {
  return { id, createdAt: `2026-11-24T06:0${id}:00Z`, fields, extras };
}

function textOf(pieces: readonly Piece[] = []): string {
  return pieces.map(({ text }) => text).join('');
}

test('the line is JSON of exactly what the feed gives', () => {
  const fields = [fernet.encrypt('one'), null, `b'${fernet.encrypt('two')}'`, 'in "clear"\n\\', ''];
  const [line] = linesOf([entry(1, fields, [{ name: 'sta"tus', text: 'home' }])]);
  assert.deepEqual(JSON.parse(textOf(line?.pieces)), {
    created_at: '2026-11-24T06:01:00Z',
    entry_id: 1,
    field1: fields[0],
    field3: fields[2],
    field4: fields[3],
    field5: '',
    'sta"tus': 'home',
  });
});

test('of a token its first 12 characters are readable, and the rest is noise', () => {
  const token = fernet.encrypt('one');
  const [line] = linesOf([entry(1, [token])]);
  const value = line?.pieces.filter(({ of, kind }) => of === 'field1' && kind !== 'frame');
  assert.deepEqual(
    value?.map(({ kind, text }) => [kind, text]),
    [
      ['clear', token.slice(0, 12)],
      ['noise', token.slice(12)],
    ],
  );
});

test('what is not sealed is readable, whole', () => {
  const [line] = linesOf([entry(1, ['21.5'])]);
  assert.equal(line?.pieces.find(({ of, kind }) => of === 'field1' && kind === 'clear')?.text, '21.5');
  assert.equal(
    line?.pieces.some(({ kind }) => kind === 'noise'),
    false,
  );
});

test('what stood in an earlier entry is marked, sizes too; the first of them is not', () => {
  const lines = linesOf([entry(1, ['21.5']), entry(2, ['21.5']), entry(3, ['22'])]);
  const again = lines.map(({ pieces }) => pieces.filter((piece) => piece.again).map(({ text }) => text));
  assert.deepEqual(again, [[], ['21.5'], []]);
  assert.deepEqual(
    lines.map(({ sizeAgain }) => sizeAgain),
    [false, true, false],
  );
});

test('parts of one sending are linked by its id, and are noise but for the marker', () => {
  const limits = { fieldBytes: 200, fieldsPerEntry: 1, entryBytes: 200 };
  const parts = fit(fernet.encrypt('x'.repeat(300)), {
    ...limits,
    bulkEntries: 1,
    minIntervalMs: 0,
    longPoll: false,
    live: false,
    sealed: false,
  });
  const lines = linesOf(parts.map((fields, index) => entry(index + 1, fields)));
  assert.ok(lines.length > 1);
  for (const [index, { pieces }] of lines.entries()) {
    const id = pieces.find(({ of, text }) => of === 'field1' && text.startsWith('~'));
    assert.deepEqual([id?.kind, id?.again], ['clear', index > 0]);
    assert.ok(pieces.some(({ kind }) => kind === 'noise'));
  }
});
