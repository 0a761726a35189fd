import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Channel, ReadRange, Unreachable } from '@fernspeak/channel';
import { isChannelError } from '@fernspeak/channel';
import { csvFolder, readAll } from './csv-folder.ts';

const TIME = '2026-11-24 06:00:00 UTC';
const LONG = 10 * 1024 * 1024;
const HEADER = 'created_at,entry_id,field1';

const CELLS = {
  'not quoted': { cell: 'x'.repeat(LONG), lineEnd: '\n' },
  'quoted, with line ends': { cell: `"${`${TIME},900,""fake\n`.repeat(LONG / 36)}"`, lineEnd: '\n' },
  'quoted, CRLF': { cell: `"${'a, b '.repeat(LONG / 5)}"`, lineEnd: '\r\n' },
} as const;

async function found(channel: Channel, range: ReadRange): Promise<{ ids: number[]; gaps: Unreachable[] }> {
  const gaps: Unreachable[] = [];
  const entries = await Array.fromAsync(channel.read(range, { onUnreachable: (gap) => gaps.push(gap) }));
  return { ids: entries.map(({ id }) => id), gaps };
}

for (const [name, { cell, lineEnd }] of Object.entries(CELLS)) {
  describe(`a line of 10 MiB in a CSV file, ${name}`, () => {
    const lines = (last: number): string[] => [
      HEADER,
      ...Array.from({ length: last }, (_, at) => `${TIME},${at + 1},${at === 2 ? cell : `entry ${at + 1}`}`),
    ];
    const content = (last: number): string =>
      lines(last)
        .map((line) => line + lineEnd)
        .join('');

    for (const last of [3, 5]) {
      it(`${last === 3 ? 'at the end' : 'in the middle'} is stepped over, and that is told`, async (t) => {
        const { channel, write } = csvFolder(t);
        write(content(last));
        const others = [1, 2, 3, 4, 5].filter((id) => id !== 3 && id <= last);
        for (const after of [0, 1, 2]) {
          const { ids, gaps } = await found(channel, { after });
          assert.deepEqual(
            ids,
            others.filter((id) => id > after),
          );
          assert.deepEqual(gaps, [
            { from: 3, to: 3, reason: 'Entry 3 is left out: its line in the file is longer than 4 MiB.' },
          ]);
        }
        assert.deepEqual((await found(channel, { after: 3 })).gaps, []);
        const { ids, gaps } = await found(channel, { last: 3 });
        assert.deepEqual([ids, gaps.length], [last === 3 ? [1, 2] : [4, 5], 1], 'it counts as one of the last');
        assert.equal((await channel.info()).lastEntryId, last);
      });

      it(`${last === 3 ? 'at the end' : 'in the middle'} stays as it is when entries are appended`, async (t) => {
        const { channel, write, text } = csvFolder(t);
        write(content(last));
        assert.deepEqual(await channel.append([['next']]), [last + 1]);
        const appended = `${TIME},${last + 1},next`;
        assert.ok(text() === `${content(last)}${appended}\n`, 'nothing but the new row has changed');
        assert.deepEqual(await channel.append([['wide', 'r']]), [last + 2]);
        const wider = [...lines(last), appended].map((line, at) => `${line},${at === 0 ? 'field2' : ''}${lineEnd}`);
        assert.ok(text() === `${wider.join('')}${TIME},${last + 2},wide,r\n`, 'every row has one more column');
        assert.deepEqual((await readAll(channel)).map(({ id }) => id).at(-1), last + 2);
      });
    }
  });
}

describe('a line of 10 MiB in a CSV file', () => {
  it('is stepped over where the rows are in disorder', async (t) => {
    const { channel, write } = csvFolder(t);
    write(`${HEADER}\n${[4, 3, 1].map((id) => `${TIME},${id},${id === 3 ? 'x'.repeat(LONG) : id}\n`).join('')}`);
    const { ids, gaps } = await found(channel, { after: 0 });
    assert.deepEqual([ids, gaps.map(({ from, to }) => [from, to])], [[1, 4], [[3, 3]]]);
  });

  it('without an end is not cut off, and nothing is written behind it', async (t) => {
    const { channel, write, text } = csvFolder(t);
    const content = `${HEADER}\n${TIME},1,one\n${TIME},2,${'x'.repeat(LONG)}`;
    write(content);
    await assert.rejects(
      channel.append([['x']]),
      (error) =>
        isChannelError(error, 'damaged') && error.stored === 'no' && /^Line 3 .* does not end/.test(error.message),
    );
    assert.ok(text() === content);
    assert.deepEqual((await found(channel, { after: 0 })).ids, [1]);
    assert.match((await channel.info()).notices.join(), /^Line 3 .* cannot be read\.$/);
  });

  it('costs a reader of the end nothing', { skip: process.platform !== 'linux' }, async (t) => {
    const { channel, write } = csvFolder(t);
    write(`${HEADER}\n${TIME},1,${'x'.repeat(LONG)}\n${TIME},2,${'y'.repeat(100_000)}\n${TIME},3,three\n`);
    const bytesRead = (): number => Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
    const before = bytesRead();
    assert.deepEqual(await found(channel, { last: 1 }), { ids: [3], gaps: [] });
    const cost = bytesRead() - before;
    assert.ok(cost < 1_000_000, `${cost} bytes were read`);
  });

  it('is told once to who follows', async (t) => {
    const { channel, write, text } = csvFolder(t);
    write(`${HEADER}\n${TIME},1,one\n${TIME},2,${'x'.repeat(LONG)}\n`);
    const gaps: number[] = [];
    const ids: number[] = [];
    for await (const { id } of channel.follow(0, { onUnreachable: ({ from }) => gaps.push(from) })) {
      ids.push(id);
      if (id === 4) break;
      await channel.append([['next']]);
    }
    assert.deepEqual([ids, gaps], [[1, 3, 4], [2]]);
    assert.ok(text().endsWith(`,3,next\n${TIME},4,next\n`));
  });
});

describe('quotes in a CSV file', () => {
  it('within a cell that does not begin with one swallow nothing', async (t) => {
    const { channel, write } = csvFolder(t);
    const values = ['one', '5" disk', 'three', 'a""b', '"quoted, ""5""\nlines"'];
    write(`${HEADER}\n${values.map((value, at) => `${TIME},${at + 1},${value}\n`).join('')}`);
    for (const last of [1, 2, 3, 4, 5]) {
      const { ids } = await found(channel, { last });
      assert.deepEqual(ids, [1, 2, 3, 4, 5].slice(-last));
    }
    assert.deepEqual(await channel.append([['six']]), [6]);
    assert.deepEqual(
      (await readAll(channel)).map(({ fields }) => fields[0]),
      ['one', '5" disk', 'three', 'a""b', 'quoted, "5"\nlines', 'six'],
    );
  });

  it('that open a cell and never close are told; nothing behind them is cut off', async (t) => {
    const { channel, write, text } = csvFolder(t);
    const content = `${HEADER}\n${TIME},1,one\n${TIME},2,"two\n${TIME},3,three\n`;
    write(content);
    await assert.rejects(
      channel.append([['x']]),
      (error) => isChannelError(error, 'damaged') && /^Line 3 .* quote/.test(error.message),
    );
    assert.equal(text(), content);
    assert.deepEqual((await channel.info()).notices.length, 1);
    assert.deepEqual(
      (await readAll(channel)).map(({ id }) => id),
      [1],
    );
  });
});
