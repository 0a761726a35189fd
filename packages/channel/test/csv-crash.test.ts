import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { csvFolder, readAll } from './csv-folder.ts';

const PROGRAM = fileURLToPath(new URL('programs/append.ts', import.meta.url));
const LONG = process.env['FERNSPEAK_LONG'] === '1';

describe('processes that append to one CSV file', () => {
  it('lose nothing: twelve at once', async (t) => {
    const { path, channel } = csvFolder(t);
    const printed = await Promise.all(
      Array.from({ length: 12 }, (_, index) => {
        const child = spawn(process.execPath, [PROGRAM, path, `process ${index}`, '3', String(1 + (index % 3))], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        return text(child.stdout);
      }),
    );
    const ids = printed.flatMap((lines) => lines.trim().split('\n').map(Number));
    assert.deepEqual(
      ids.toSorted((a, b) => a - b),
      Array.from({ length: 36 }, (_, index) => index + 1),
    );
    const entries = await readAll(channel);
    assert.deepEqual(
      entries.map(({ id }) => id),
      Array.from({ length: 36 }, (_, index) => index + 1),
    );
    const values = new Set(entries.map(({ fields }) => fields[0]));
    for (let index = 0; index < 12; index++)
      for (let done = 0; done < 3; done++) assert.ok(values.has(`process ${index} ${done}`));
  });

  it('free their lock when they are killed, and what they have answered is there', async (t) => {
    const { path, channel } = csvFolder(t);
    const answered: string[] = [];
    for (let round = 0; round < (LONG ? 100 : 8); round++) {
      // every other one makes the file wider each time: it is killed in the middle of replacing it
      const child = spawn(process.execPath, [
        PROGRAM,
        path,
        `${'long '.repeat(2000)}${round}`,
        '10000',
        String((round % 8) + 1),
      ]);
      let printed = '';
      child.stdout.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        if (printed.split('\n').length > 3 + round) child.kill('SIGKILL');
      });
      await once(child, 'close');
      answered.push(...printed.split('\n').slice(0, -1));
      // and the next one is not kept waiting
      const after = await channel.append([[`after round ${round}`]]);
      answered.push(String(after[0]));
    }
    const entries = await readAll(channel);
    assert.deepEqual(
      entries.map(({ id }) => id),
      entries.map((_, index) => index + 1),
      'contiguous',
    );
    for (const { id, fields } of entries) {
      assert.match(fields[0] ?? '', /^(?:(?:long ){2000}\d+ \d+|after round \d+)$/, `entry ${id} is whole`);
      assert.equal(new Set(fields).size, 1, `all fields of entry ${id} are there`);
    }
    assert.ok(Math.max(...answered.map(Number)) <= entries.length);
    assert.equal(new Set(answered).size, answered.length, 'no number was answered twice');
  });
});

const STRACE = spawnSync('strace', ['-V']).status === 0;

describe('an answer of a CSV file', () => {
  it('comes after a sync to disk', { skip: STRACE ? false : 'needs strace (apt-get install strace)' }, (t) => {
    const { path, folder } = csvFolder(t);
    for (const [name, fields] of [
      ['a new file', 1],
      ['one that is there', 1],
      ['a wider one', 3],
    ] as const) {
      const log = join(folder, 'strace.log');
      const arguments_ = ['-f', '-y', '-o', log, '-e', 'trace=fsync,fdatasync,rename,write,pwrite64,writev,pwritev'];
      const { status, stderr } = spawnSync(
        'strace',
        [...arguments_, process.execPath, PROGRAM, path, 'x', '1', String(fields)],
        {
          encoding: 'utf8',
        },
      );
      assert.equal(status, 0, stderr);
      const calls = readFileSync(log, 'utf8').split('\n');
      const answer = calls.findIndex((call) => /\bwrite\(1</.test(call));
      const lastOf = (pattern: RegExp): number => calls.slice(0, answer).findLastIndex((call) => pattern.test(call));
      const written = lastOf(/write(?:64|v)?\(\d+<[^>]*notes\.csv/);
      const synced = lastOf(/f(?:data)?sync\(\d+<[^>]*notes\.csv/);
      assert.ok(
        written >= 0 && written < synced && synced < answer,
        `${name}: written ${written}, synced ${synced}, answered ${answer}`,
      );
      // a new name is synced with its folder
      if (name !== 'one that is there')
        assert.ok(lastOf(new RegExp(`fsync\\(\\d+<${folder}>`)) > synced, `${name}: its folder`);
    }
  });
});
