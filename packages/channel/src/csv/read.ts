import type { FileHandle } from 'node:fs/promises';
import type { Entry, ReadOptions, ReadRange } from '../channel.ts';
import type { Header } from './header.ts';
import { readHeader } from './header.ts';
import { readRow } from './row.ts';
import type { Extent } from './tail.ts';
import { eachRow, surveyAll, surveyTail } from './tail.ts';
import { LineNumbers, MAX_ROW_BYTES, readBytes } from './rows.ts';
import type { StrayLines } from './strays.ts';
import { straySentence, withStray } from './strays.ts';

/** A file as it was at one moment; what is appended later is not part of it. */
export interface Snapshot {
  readonly header: Header;
  readonly extent: Extent;
  readonly size: number;
}

/** Looks at a file once. Null when nothing is in it yet. */
export async function takeSnapshot(file: FileHandle, wanted: ReadRange): Promise<Snapshot | null> {
  const header = await readHeader(file);
  if (header === null) return null;
  const { size } = await file.stat();
  // everything is wanted: then the order can be checked on the way, exactly
  const all = 'after' in wanted && wanted.after === 0;
  const extent = all ? null : await surveyTail(file, header, size, wanted);
  return { header, size, extent: extent ?? (await surveyAll(file, header, size, wanted)) };
}

/** The wanted entries of a snapshot, in ascending order of their numbers, each once. */
export async function* readEntries(
  file: FileHandle,
  snapshot: Snapshot,
  wanted: ReadRange,
  options: ReadOptions,
): AsyncGenerator<Entry> {
  const { header, extent } = snapshot;
  const { signal, onUnreachable } = options;
  if (!extent.ordered) {
    yield* readDisordered({ ...snapshot, ...options, file, wanted });
    return;
  }
  const after = 'after' in wanted ? wanted.after : 0;
  const numbers = new LineNumbers(file);
  let strays: StrayLines | null = null;
  let previous = extent.from === header.end ? 0 : null;
  for await (const row of eachRow(file, extent.from, extent.end)) {
    signal?.throwIfAborted();
    const entry = readRow(row.bytes, header, options.extras);
    if (entry === null) continue;
    if ('stray' in entry) {
      strays = withStray(strays, row, entry);
      continue;
    }
    if (strays !== null && entry.id > after) {
      const from = Math.max(previous ?? entry.id - 1, after) + 1;
      onUnreachable?.({ from, to: entry.id - 1, reason: await straySentence(strays, numbers) });
    }
    strays = null;
    previous = entry.id;
    if (entry.id <= after) continue;
    if (row.whole) yield entry;
    else onUnreachable?.({ from: entry.id, to: entry.id, reason: tooLong(entry.id) });
  }
  if (strays === null) return;
  const from = Math.max(previous ?? extent.lastId, after) + 1;
  onUnreachable?.({ from, to: extent.lastId, reason: await straySentence(strays, numbers) });
}

interface DisorderedRead extends ReadOptions, Snapshot {
  readonly file: FileHandle;
  readonly wanted: ReadRange;
}

/** Only positions are kept in memory, so that a long file can be put in order as well. */
async function* readDisordered({
  file,
  header,
  extent,
  wanted,
  signal,
  onUnreachable,
  extras,
}: DisorderedRead): AsyncGenerator<Entry> {
  const rows: { id: number; start: number; length: number; whole: boolean }[] = [];
  const numbers = new LineNumbers(file);
  let strays: StrayLines | null = null;
  const tellStrays = async (): Promise<void> => {
    // in disorder nobody knows which number such a line had
    if (strays !== null) onUnreachable?.({ from: 1, to: 0, reason: await straySentence(strays, numbers) });
    strays = null;
  };
  for await (const row of eachRow(file, header.end, extent.end)) {
    const { bytes, start, whole } = row;
    const entry = readRow(bytes, header);
    if (entry === null) continue;
    if ('stray' in entry) {
      strays = withStray(strays, row, entry);
      continue;
    }
    await tellStrays();
    rows.push({ id: entry.id, start, length: bytes.length, whole });
  }
  await tellStrays();
  // the sort is stable: of two rows with one number the first in the file wins
  rows.sort((a, b) => a.id - b.id);
  const single = rows.filter(({ id }, index) => rows[index - 1]?.id !== id);
  const twice = new Set(rows.filter(({ id }, index) => rows[index - 1]?.id === id).map(({ id }) => id));
  const chosen =
    'after' in wanted
      ? single.filter(({ id }) => id > wanted.after)
      : single.slice(Math.max(0, single.length - wanted.last));
  for (const { id, start, length, whole } of chosen) {
    signal?.throwIfAborted();
    const entry = readRow(await readBytes(file, start, length), header, extras);
    if (twice.has(id)) onUnreachable?.({ from: id, to: id, reason: sameNumber(id) });
    if (!whole) onUnreachable?.({ from: id, to: id, reason: tooLong(id) });
    else if (entry !== null && !('stray' in entry)) yield entry;
  }
}

function tooLong(id: number): string {
  return `Entry ${id} is left out: its line in the file is longer than ${MAX_ROW_BYTES / 1024 / 1024} MiB.`;
}

function sameNumber(id: number): string {
  return `Entry ${id} stands more than once in the file; only the first one is read. Two copies of it were put together.`;
}
