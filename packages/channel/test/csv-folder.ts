import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Channel, Entry } from '@fernspeak/channel';
import { openFileChannel } from '@fernspeak/channel/file';

/** A CSV file in a folder of its own, which is gone when the test ends. */
export interface CsvFolder {
  readonly folder: string;
  readonly path: string;
  readonly channel: Channel;
  readonly text: () => string;
  readonly write: (content: string | Uint8Array) => void;
}

const NOW: Date = new Date('2026-11-24T06:00:00Z');

export function csvFolder(t: Pick<TestContext, 'after'>): CsvFolder {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fernspeak-')));
  t.after(() => rmSync(folder, { recursive: true, maxRetries: 5 }));
  const path = join(folder, 'notes.csv');
  return {
    folder,
    path,
    channel: openFileChannel(path, { now: () => NOW }),
    text: () => readFileSync(path, 'utf8'),
    write: (content) => writeFileSync(path, content),
  };
}

export async function readAll(channel: Channel): Promise<Entry[]> {
  return Array.fromAsync(channel.read({ after: 0 }));
}
