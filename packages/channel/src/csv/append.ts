import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { Entry } from '../channel.ts';
import { ChannelError } from '../errors.ts';
import type { Fields } from '../format/fields.ts';
import { isoSeconds } from '../format/time.ts';
import { trimFields } from '../limits.ts';
import { fileError } from './errors.ts';
import type { Header } from './header.ts';
import { missingColumns, newHeader, readHeader } from './header.ts';
import { writeRow } from './row.ts';
import { surveyAll, surveyTail, unendedLine } from './tail.ts';
import { syncFolder, widen } from './widen.ts';
import { writeAll } from './write.ts';

export interface AppendRequest {
  readonly path: string;
  readonly entries: readonly Fields[];
  readonly now: Date;
}

/**
 * Appends entries in one write and one sync, and gives their numbers; the caller holds the lock. A half-written last
 * line, which a process that was killed left behind, is cut off first. Throws `damaged` where somebody else's entries
 * could be lost by that.
 */
export async function appendEntries({ path, entries, now }: AppendRequest): Promise<number[]> {
  const { file, created } = await openForAppending(path);
  try {
    const trimmed = entries.map(trimFields);
    const width = Math.max(1, ...trimmed.map((fields) => fields.length));
    const header = await readHeader(file);
    const { end, lastId, size } = header === null ? { end: 0, lastId: 0, size: 0 } : await survey(file, header);
    const createdAt = isoSeconds(now);
    const numbered = trimmed.map((fields, index) => ({ id: lastId + 1 + index, createdAt, fields }));
    const missing = header === null ? [] : missingColumns(header, width);
    if (header !== null && missing.length > 0) {
      await widen({ path, file, header, end, missing, numbered });
    } else {
      await writeRows({ file, header, end, torn: header === null || size > end, width, numbered });
      if (created) await syncFolder(path);
    }
    return numbered.map(({ id }) => id);
  } finally {
    await file.close();
  }
}

async function openForAppending(path: string): Promise<{ file: FileHandle; created: boolean }> {
  try {
    return { file: await open(path, 'r+'), created: false };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // readable for whom the user's umask lets: the file is there to be passed on, and what is in it is sealed
  return { file: await open(path, 'wx+', 0o666), created: true };
}

async function survey(file: FileHandle, header: Header): Promise<{ end: number; lastId: number; size: number }> {
  const { size } = await file.stat();
  // looks at the last row and the one before it, which shows whether the file is in order
  const extent =
    (await surveyTail(file, header, size, { last: 1 })) ?? (await surveyAll(file, header, size, { last: 1 }));
  const unended = await unendedLine(file, extent.end, size);
  if (unended !== null) {
    throw new ChannelError('damaged', `${unended} Nothing was written.`, {
      hint: 'Mend that line in a text editor: end it, or delete it.',
    });
  }
  return { ...extent, size };
}

interface RowsToWrite {
  readonly file: FileHandle;
  /** Null: the file has none yet; it is written together with the rows. */
  readonly header: Header | null;
  readonly end: number;
  /** Something half written follows `end`. */
  readonly torn: boolean;
  readonly width: number;
  readonly numbered: readonly Entry[];
}

async function writeRows({ file, header, end, torn, width, numbered }: RowsToWrite): Promise<void> {
  const fresh = newHeader(width);
  const rows = numbered.map((entry) => writeRow(entry, header ?? fresh.header)).join('');
  if (torn) await file.truncate(end);
  try {
    await writeAll(file, Buffer.from(header === null ? fresh.line + rows : rows), end);
    await file.sync();
  } catch (error) {
    const removed = await file.truncate(end).then(
      () => true,
      () => false,
    );
    throw fileError(error, removed ? 'no' : 'unknown');
  }
}
