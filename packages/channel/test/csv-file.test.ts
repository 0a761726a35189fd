import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import type { Channel, ReadRange, Unreachable } from '@fernspeak/channel';
import { ChannelError, isChannelError } from '@fernspeak/channel';
import { openFileChannel } from '@fernspeak/channel/file';
import { csvFolder, readAll } from './csv-folder.ts';

async function read(channel: Channel, range: ReadRange): Promise<{ ids: number[]; gaps: Unreachable[] }> {
  const gaps: Unreachable[] = [];
  const entries = await Array.fromAsync(channel.read(range, { onUnreachable: (gap) => gaps.push(gap) }));
  return { ids: entries.map(({ id }) => id), gaps };
}

const TIME = '2026-11-24 06:00:00 UTC';

describe('a CSV file', () => {
  it("looks like ThingSpeak's feeds.csv", async (t) => {
    const { channel, text, folder } = csvFolder(t);
    await channel.append([['gAAAAABrBSfg']]);
    await channel.append([['two, with "quotes"'], ['']]);
    assert.equal(
      text(),
      `created_at,entry_id,field1\n${TIME},1,gAAAAABrBSfg\n${TIME},2,"two, with ""quotes"""\n${TIME},3,""\n`,
    );
    assert.deepEqual(readdirSync(folder), ['notes.csv', 'notes.csv.lock']);
    assert.equal(statSync(join(folder, 'notes.csv.lock')).size, 0, 'the lock file stays empty');
  });

  it('gets more columns when an entry needs them', async (t) => {
    const { channel, text, folder } = csvFolder(t);
    await channel.append([['one']]);
    await channel.append([['two', null, 'third']]);
    await channel.append([['three']]);
    assert.equal(
      text(),
      `created_at,entry_id,field1,field2,field3\n${TIME},1,one,,\n${TIME},2,two,,third\n${TIME},3,three,,\n`,
    );
    assert.deepEqual(readdirSync(folder), ['notes.csv', 'notes.csv.lock'], 'nothing is left behind');
  });

  it('can be read to the end while it gets more columns', async (t) => {
    const { channel } = csvFolder(t);
    await channel.append([['one'], ['two'], ['three']]);
    const found: (string | null)[] = [];
    for await (const { fields } of channel.read({ after: 0 })) {
      found.push(fields[0] ?? null);
      await channel.append([[`wide ${found.length}`, ...found]]);
    }
    assert.deepEqual(found, ['one', 'two', 'three']);
  });

  it('goes on behind what is there, however it was made', async (t) => {
    const { channel, text, write } = csvFolder(t);
    write(
      `created_at,entry_id,field1,latitude,longitude,elevation,status\n2026-03-21T09:53:25+00:00,41,21.5,0.0,0.0,,\n`,
    );
    assert.deepEqual(await channel.append([['sealed']]), [42]);
    assert.deepEqual(await readAll(channel), [
      { id: 41, createdAt: '2026-03-21T09:53:25Z', fields: ['21.5'] },
      { id: 42, createdAt: '2026-11-24T06:00:00Z', fields: ['sealed'] },
    ]);
    assert.match(text(), /\n2026-11-24 06:00:00 UTC,42,sealed,,,,\n$/);
  });

  it('was saved by a spreadsheet: byte order mark, CRLF, quotes, an empty line', async (t) => {
    const { channel, write } = csvFolder(t);
    write(`\ufeff"created_at","entry_id","field1"\r\n"2016-11-22 07:20:00 -0500","1","a ""b"""\r\n\r\n`);
    assert.deepEqual(await channel.append([['c']]), [2]);
    assert.deepEqual(await channel.append([['d', 'e']]), [3]);
    const entries = await readAll(channel);
    assert.deepEqual(
      entries.map(({ id, fields }) => [id, fields]),
      [
        [1, ['a "b"']],
        [2, ['c']],
        [3, ['d', 'e']],
      ],
    );
    assert.equal(entries[0]?.createdAt, '2016-11-22T12:20:00Z');
  });

  it('has one name, whatever links lead to it', async (t) => {
    const { folder, path } = csvFolder(t);
    mkdirSync(join(folder, 'elsewhere'));
    const link = join(folder, 'elsewhere', 'link.csv');
    symlinkSync('../notes.csv', link);
    symlinkSync(folder, join(folder, 'elsewhere', 'folder'));
    const linked = openFileChannel(link);
    assert.equal(linked.address, `file:${path}`);
    assert.equal(linked.place, 'file:notes.csv');
    assert.equal(openFileChannel(join(folder, 'elsewhere', 'folder', 'notes.csv')).address, `file:${path}`);
    assert.deepEqual(await linked.append([['through the link']]), [1]);
    assert.equal((await openFileChannel(path).info()).lastEntryId, 1);
    assert.deepEqual(readdirSync(join(folder, 'elsewhere')).sort(), ['folder', 'link.csv']);
  });
});

describe('half a line at the end of a CSV file', () => {
  for (const torn of [
    '2',
    `${TIME},2,gAAAA`,
    `${TIME},2,"quoted`,
    `${TIME},2,"quoted\nline`,
    `${TIME},2,"fake\n${TIME},3,row`,
  ]) {
    it(`is cut off by the next append: ${JSON.stringify(torn)}`, async (t) => {
      const { channel, text, write } = csvFolder(t);
      const whole = `created_at,entry_id,field1\n${TIME},1,one\n`;
      write(whole + torn);
      assert.deepEqual(
        (await readAll(channel)).map(({ id }) => id),
        [1],
      );
      assert.deepEqual(await channel.append([['two']]), [2]);
      assert.equal(text(), `${whole}${TIME},2,two\n`);
    });
  }

  for (const torn of ['', 'created_at,ent', 'created_at,entry_id,field1,field2']) {
    it(`can be half a header: ${JSON.stringify(torn)}`, async (t) => {
      const { channel, text, write } = csvFolder(t);
      write(torn);
      assert.deepEqual(await readAll(channel), []);
      assert.equal((await channel.info()).lastEntryId, 0);
      assert.deepEqual(await channel.append([['one']]), [1]);
      assert.equal(text(), `created_at,entry_id,field1\n${TIME},1,one\n`);
    });
  }
});

describe('a file that is no channel', () => {
  for (const [name, content, says] of [
    ['another table', 'name,phone\nAda,1\n', /no column created_at/],
    ['a table without numbers', 'created_at,field1\n', /no column entry_id/],
    ['semicolons', 'created_at;entry_id;field1\n', /not separated by commas/],
    ['a text', 'Dear diary', /no header line/],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), /no column created_at/],
  ] as const) {
    it(`is left as it is: ${name}`, async (t) => {
      const { channel, path, write } = csvFolder(t);
      write(content);
      const before = statSync(path);
      for (const work of [() => channel.append([['x']]), () => readAll(channel), () => channel.info()]) {
        await assert.rejects(work, (error) => isChannelError(error, 'not-a-channel') && says.test(error.message));
      }
      const after = statSync(path);
      assert.deepEqual([after.size, after.mtimeMs, after.ino], [before.size, before.mtimeMs, before.ino]);
    });
  }

  it('is a folder, or nothing, or lies nowhere', async (t) => {
    const { folder, channel } = csvFolder(t);
    await assert.rejects(readAll(channel), (error) => isChannelError(error, 'not-found'));
    assert.equal((await channel.info()).lastEntryId, 0, 'a file that the first append will make');
    mkdirSync(join(folder, 'folder.csv'));
    symlinkSync('/dev/null', join(folder, 'device.csv'));
    for (const name of ['folder.csv', 'device.csv'])
      assert.throws(
        () => openFileChannel(join(folder, name)),
        (error) => isChannelError(error, 'not-a-channel') && /a folder|not a regular file/.test(error.message),
      );
    assert.throws(
      () => openFileChannel(join(folder, 'nowhere', 'notes.csv')),
      (error) => isChannelError(error, 'not-found'),
    );
    symlinkSync('loop.csv', join(folder, 'loop.csv'));
    assert.throws(
      () => openFileChannel(join(folder, 'loop.csv')),
      (error) => isChannelError(error, 'not-a-channel'),
    );
  });

  it('has somebody else’s file in the place of its lock', async (t) => {
    const { channel, path } = csvFolder(t);
    writeFileSync(`${path}.lock`, 'x'.repeat(5000));
    await assert.rejects(
      channel.append([['x']]),
      (error) => isChannelError(error, 'not-a-channel') && /\.lock/.test(error.message),
    );
  });
});

describe('the rows of a CSV file', () => {
  const fake = `a cell\n${TIME},900,fake\n${TIME},901,fake\n`;

  it('are told from those that stand inside of a quoted cell', async (t) => {
    const { channel } = csvFolder(t);
    await channel.append([['one'], [fake], [`${fake}"`], ['four']]);
    for (const range of [{ after: 0 }, { after: 1 }, { after: 2 }, { last: 2 }, { last: 3 }]) {
      const entries = await Array.fromAsync(channel.read(range));
      const expected = 'after' in range ? [1, 2, 3, 4].slice(range.after) : [1, 2, 3, 4].slice(-range.last);
      assert.deepEqual(
        entries.map(({ id }) => id),
        expected,
      );
    }
    assert.deepEqual(await channel.append([['five']]), [5]);
  });

  it('are read in the order of their numbers, though somebody sorted them', async (t) => {
    const { channel, write } = csvFolder(t);
    write(`created_at,entry_id,field1\n${[3, 1, 5, 2, 4].map((id) => `${TIME},${id},entry ${id}\n`).join('')}`);
    assert.deepEqual(
      (await readAll(channel)).map(({ fields }) => fields[0]),
      [1, 2, 3, 4, 5].map((id) => `entry ${id}`),
    );
    assert.deepEqual(
      (await Array.fromAsync(channel.read({ last: 2 }))).map(({ id }) => id),
      [4, 5],
    );
    assert.deepEqual(
      (await Array.fromAsync(channel.read({ after: 3 }))).map(({ id }) => id),
      [4, 5],
    );
    assert.deepEqual(await channel.append([['six']]), [6]);
  });

  it('are told when one number stands twice', async (t) => {
    const { channel, write } = csvFolder(t);
    write(`created_at,entry_id,field1\n${[1, 2, 1, 2, 3].map((id, at) => `${TIME},${id},row ${at}\n`).join('')}`);
    const gaps: number[] = [];
    const entries = await Array.fromAsync(
      channel.read({ after: 0 }, { onUnreachable: ({ from, to }) => gaps.push(from, to) }),
    );
    assert.deepEqual(
      entries.map(({ id, fields }) => [id, fields[0]]),
      [
        [1, 'row 0'],
        [2, 'row 1'],
        [3, 'row 4'],
      ],
    );
    assert.deepEqual(gaps, [1, 1, 2, 2]);
  });

  const noEntry = (line: number, why: string): string =>
    `Line ${line} of the file is not an entry: its ${why}; it is left out.`;

  for (const [row, why] of [
    ['a note', 'entry_id is not a number'],
    ['xx,yy,zz', 'entry_id is not a number'],
    [`${TIME},-1,x`, 'entry_id is not a number'],
    ['yesterday,2,x', 'created_at is not a time'],
    ['24/11/2026 06:00,2,x', 'created_at is not a time'],
    ['2026-02-31 06:00:00 PST,2,x', 'created_at is not a time'],
  ] as const) {
    it(`are read around a line that is none, which is told: ${row}`, async (t) => {
      const { channel, text, write } = csvFolder(t);
      write(`created_at,entry_id,field1\n${TIME},1,one\n${row}\n${TIME},3,three\n`);
      const gap = { from: 2, to: 2, reason: noEntry(3, why) };
      for (const range of [{ after: 0 }, { after: 1 }, { last: 2 }])
        assert.deepEqual(await read(channel, range), {
          ids: [1, 3].slice('after' in range ? range.after : 0),
          gaps: [gap],
        });
      assert.deepEqual(await read(channel, { after: 3 }), { ids: [], gaps: [] });
      const { notices, lastEntryId } = await channel.info();
      assert.deepEqual([notices, lastEntryId], [[gap.reason], 3]);
      assert.deepEqual(await channel.append([['four', 'wide']]), [4]);
      assert.ok(text().includes(`\n${row},\n`), 'the line stays');
    });
  }

  it('leave their number to a line at the end that may have been one of them', async (t) => {
    const { channel, write } = csvFolder(t);
    write(`created_at,entry_id,field1\n${TIME},1,one\n${TIME},"2?",two\n`);
    const gap = { from: 2, to: 2, reason: noEntry(3, 'entry_id is not a number') };
    assert.deepEqual(await read(channel, { after: 0 }), { ids: [1], gaps: [gap] });
    assert.equal((await channel.info()).lastEntryId, 2);
    assert.deepEqual(await channel.append([['three']]), [3]);
    assert.deepEqual(await read(channel, { after: 1 }), { ids: [3], gaps: [gap] });
  });

  it('are told in one sentence when a spreadsheet has rewritten them all, in three when every second one', async (t) => {
    const { channel, write } = csvFolder(t);
    const rows = Array.from({ length: 1000 }, (_, at) => at + 1);
    write(`created_at,entry_id,field1\n${rows.map((id) => `24/11/2026 06:00,${id},x\n`).join('')}`);
    const reason =
      'Lines 2 to 1001 of the file are not entries (line 2: its created_at is not a time); they are left out.';
    assert.deepEqual(await read(channel, { after: 0 }), { ids: [], gaps: [{ from: 1, to: 1000, reason }] });
    assert.deepEqual((await channel.info()).notices, [reason]);
    assert.deepEqual(await channel.append([['x']]), [1001]);
    write(`created_at,entry_id,field1\n${rows.map((id) => `${TIME},${id % 2 ? id : 'x'},x\n`).join('')}`);
    const { notices } = await channel.info();
    assert.deepEqual([notices.length, notices.at(-1)], [4, 'More lines of the file are not entries.']);
    assert.equal((await read(channel, { after: 0 })).gaps.length, 500);
  });

  it('in disorder are read around a line that is none', async (t) => {
    const { channel, write } = csvFolder(t);
    write(`created_at,entry_id,field1\n${TIME},3,three\na note\n${TIME},1,one\n`);
    const { ids, gaps } = await read(channel, { after: 0 });
    assert.deepEqual([ids, gaps.map(({ reason }) => reason)], [[1, 3], [noEntry(3, 'entry_id is not a number')]]);
  });

  it('come with what stands in other columns, where it is asked for', async (t) => {
    const { channel, write } = csvFolder(t);
    write(`created_at,entry_id,field1,latitude,status\n${TIME},1,one,51.5,at home,more\n${TIME},2,two,,\n`);
    const [one, two] = await Array.fromAsync(channel.read({ after: 0 }, { extras: true }));
    assert.deepEqual(one?.extras, [
      { name: 'latitude', text: '51.5' },
      { name: 'status', text: 'at home' },
      { name: 'column 6', text: 'more' },
    ]);
    assert.ok(two !== undefined && !('extras' in two));
    assert.ok((await readAll(channel)).every((entry) => !('extras' in entry)));
  });

  it(
    'cost the same to read from the end of a short and of a long file',
    { skip: process.platform !== 'linux' },
    async (t) => {
      const { channel, write } = csvFolder(t);
      const { readFileSync } = await import('node:fs');
      const bytesRead = (): number => Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
      const rows = Array.from({ length: 100_000 }, (_, index) => `${TIME},${index + 1},${'x'.repeat(100)}\n`);
      const cost = async (length: number): Promise<number> => {
        write(`created_at,entry_id,field1\n${rows.slice(0, length).join('')}`);
        const before = bytesRead();
        for (const range of [{ last: 10 }, { after: length - 10 }]) {
          assert.equal((await Array.fromAsync(channel.read(range))).length, 10);
        }
        assert.deepEqual(await channel.append([['next']]), [length + 1]);
        return bytesRead() - before;
      };
      await cost(10);
      const short = await cost(1_000);
      const long = await cost(100_000);
      assert.ok(Math.abs(long - short) < 10_000, `${short} bytes read of a short file, ${long} of a long one`);
    },
  );
});

describe('around a CSV file', () => {
  it('conflict copies are told', async (t) => {
    const { channel, folder } = csvFolder(t);
    await channel.append([['x']]);
    assert.deepEqual((await channel.info()).notices, []);
    const copies = ["notes (Ada's conflicted copy 2026-11-24).csv", 'notes.sync-conflict-20261124-060000-ABCDEFG.csv'];
    for (const name of [...copies, 'notes (holiday).csv', 'notes2.csv', 'other (conflicted copy).csv'])
      writeFileSync(join(folder, name), '');
    const { notices } = await channel.info();
    assert.equal(notices.length, 2);
    for (const name of copies)
      assert.ok(
        notices.some((notice) => notice.includes(name)),
        name,
      );
  });

  it('an append that waits for the lock can be stopped', async (t) => {
    const { channel, path } = csvFolder(t);
    const other = new DatabaseSync(`${path}.lock`);
    other.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    t.after(() => other.close());
    const controller = new AbortController();
    const waiting = channel.append([['x']], { signal: controller.signal });
    setImmediate(() => controller.abort(new Error('Ctrl-C')));
    await assert.rejects(waiting, /Ctrl-C/);
  });

  it('an append goes on when the lock is free again', async (t) => {
    const { channel, path } = csvFolder(t);
    const other = new DatabaseSync(`${path}.lock`);
    other.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    const waiting = channel.append([['x']]);
    setImmediate(() => other.close());
    assert.deepEqual(await waiting, [1]);
  });

  it('a follower is told once of a line that is no entry', async (t) => {
    const { channel, write, text } = csvFolder(t);
    await channel.append([['x']]);
    write(`${text()}a note\n`);
    const found: number[] = [];
    const told: string[] = [];
    for await (const { id } of channel.follow(0, { onUnreachable: ({ reason }) => told.push(reason) })) {
      found.push(id);
      if (id === 4) break;
      await channel.append([['x']]);
    }
    assert.deepEqual(found, [1, 3, 4]);
    assert.equal(told.length, 1);
  });

  it('a follower survives that the file is put in place anew', async (t) => {
    const { channel } = csvFolder(t);
    await channel.append([['x']]);
    const found: number[] = [];
    for await (const { id } of channel.follow(0)) {
      found.push(id);
      if (id === 5) break;
      // a wider entry each time: each one replaces the file
      await channel.append([Array.from({ length: id + 1 }, () => 'x')]);
    }
    assert.deepEqual(found, [1, 2, 3, 4, 5]);
  });
});

describe('errors of the file system', () => {
  it('are typed', () => {
    assert.throws(
      () => openFileChannel('/nowhere/at/all/notes.csv'),
      (error) => error instanceof ChannelError && error.hint !== undefined,
    );
  });
});
