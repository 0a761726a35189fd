import type { FileHandle } from 'node:fs/promises';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Entry } from '../channel.ts';
import type { Header } from './header.ts';
import { widerHeader } from './header.ts';
import { readRowId, writeRow } from './row.ts';
import type { Row } from './rows.ts';
import { CR, readBytes, rowsForward } from './rows.ts';
import { writeAll } from './write.ts';

/** Of a row that is too long so much is copied at a time. */
const COPIED_BYTES: number = 1024 * 1024;

export interface Widening {
  readonly path: string;
  readonly file: FileHandle;
  readonly header: Header;
  /** Behind the last complete row. */
  readonly end: number;
  /** Names of the columns that are to come. */
  readonly missing: readonly string[];
  /** What is appended in the same step. */
  readonly numbered: readonly Entry[];
}

/**
 * Writes the file anew with more columns at the end of every row, as ThingSpeak's has them, and puts it in the old
 * one's place in one step: a reader sees the old file or the new one, whole. The caller holds the lock.
 */
export async function widen(widening: Widening): Promise<void> {
  const { path, file } = widening;
  const temporary = `${path}.tmp`;
  // only the holder of the lock is here, so whatever has this name was left behind by a process that was killed
  await rm(temporary, { force: true });
  const copy = await open(temporary, 'wx');
  try {
    await copy.chmod((await file.stat()).mode & 0o777);
    await writeWider(copy, widening);
    await copy.sync();
    await copy.close();
    // Windows renames nothing over an open file
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await copy.close();
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(path);
}

async function writeWider(copy: FileHandle, { file, header, end, missing, numbered }: Widening): Promise<void> {
  const firstLine = (await readBytes(file, 0, header.end)).toString();
  const lineEnd = firstLine.endsWith('\r\n') ? '\r\n' : '\n';
  const names = missing.map((name) => `,${name}`).join('');
  let at = await writeAll(copy, Buffer.from(firstLine.slice(0, -lineEnd.length) + names + lineEnd), 0);
  const blanks = Buffer.from(','.repeat(missing.length) + lineEnd);
  for await (const rows of rowsForward(file, header.end, end)) {
    // a row that is too long for one read comes first among those of the read in which it ends
    const long = rows.find(({ whole }) => !whole);
    if (long !== undefined) at = await writeAll(copy, blanks, await copyCells(file, long, { to: copy, at }));
    const kept = rows.filter(({ bytes, whole }) => whole && readRowId(bytes, header) !== null);
    at = await writeAll(copy, Buffer.concat(kept.flatMap(({ bytes }) => [bytes, blanks])), at);
  }
  const wider = widerHeader(header, missing);
  await writeAll(copy, Buffer.from(numbered.map((entry) => writeRow(entry, wider)).join('')), at);
}

/** Copies a row without its line end, and gives the position behind it. */
async function copyCells(file: FileHandle, row: Row, { to, at }: { to: FileHandle; at: number }): Promise<number> {
  const end = row.end - ((await readBytes(file, row.end - 2, 1))[0] === CR ? 2 : 1);
  let written = at;
  for (let from = row.start; from < end; from += COPIED_BYTES) {
    written = await writeAll(to, await readBytes(file, from, Math.min(COPIED_BYTES, end - from)), written);
  }
  return written;
}

/** A new name is on disk only when its folder is. Windows cannot sync folders. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
