import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { placeOfFile } from '../address.ts';
import type {
  CallOptions,
  Channel,
  ChannelInfo,
  Entry,
  Limits,
  ReadOptions,
  ReadRange,
  Unreachable,
} from '../channel.ts';
import { cleared } from '../cleared.ts';
import { ChannelError } from '../errors.ts';
import type { Fields } from '../format/fields.ts';
import { MAX_FIELDS } from '../format/fields.ts';
import { MAX_PARTS } from '../format/part.ts';
import { checkEntries } from '../limits.ts';
import { appendEntries } from './append.ts';
import { fileError } from './errors.ts';
import { FileWatch } from './follow.ts';
import { withFileLock } from './lock.ts';
import { conflictNotices } from './notices.ts';
import { readEntries, takeSnapshot } from './read.ts';
import { strayNotices } from './strays.ts';
import { unendedLine } from './tail.ts';

/** Longest cell of a spreadsheet (Excel); longer ones are cut when the file is opened and saved there. Python's csv takes 128 KiB. */
const CELL_BYTES = 32_767;

const FILE_LIMITS: Limits = {
  fieldBytes: CELL_BYTES,
  fieldsPerEntry: MAX_FIELDS,
  entryBytes: MAX_FIELDS * CELL_BYTES,
  // the longest message there is goes out in one write
  bulkEntries: MAX_PARTS,
  minIntervalMs: 0,
  longPoll: false,
  live: false,
  sealed: false,
};

export interface FileChannelOptions {
  readonly now?: (() => Date) | undefined;
}

/**
 * A channel in a CSV file of ThingSpeak's shape; the file is made by the first append. `path` may lead over symbolic
 * links. Throws ChannelError when they lead in a circle or to something else than a file, or the folder is missing.
 */
export function openFileChannel(path: string, options: FileChannelOptions = {}): Channel {
  try {
    const real = realPath(resolve(path));
    refuseOtherThanFile(real);
    return new FileChannel(real, options.now ?? (() => new Date()));
  } catch (error) {
    throw fileError(error);
  }
}

/** Most symbolic links in a row, as in Linux. */
const MAX_LINKS = 40;

/** The file's one name; the file itself does not have to exist yet, its folder does. */
function realPath(path: string): string {
  let current = path;
  for (let links = 0; links < MAX_LINKS; links++) {
    const full = join(realpathSync(dirname(current)), basename(current));
    const target = lstatSync(full, { throwIfNoEntry: false })?.isSymbolicLink() === true ? readlinkSync(full) : null;
    if (target === null) return full;
    current = resolve(dirname(full), target);
  }
  throw new ChannelError('not-a-channel', 'The symbolic links of the path lead in a circle.');
}

/** Looked at before it is opened: opening a pipe waits for ever, and opening a device can do something. */
function refuseOtherThanFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return;
  const what = found.isDirectory() ? 'a folder, not a file' : 'not a regular file';
  throw new ChannelError('not-a-channel', `${basename(path)} is ${what}.`, {
    hint: 'Name a file that does not exist yet, or one that begins with created_at,entry_id,field1.',
  });
}

class FileChannel implements Channel {
  readonly address: string;
  readonly place: string;
  readonly #path: string;
  readonly #now: () => Date;

  constructor(path: string, now: () => Date) {
    this.#path = path;
    this.#now = now;
    this.address = `file:${path}`;
    this.place = placeOfFile(path);
  }

  async info({ signal }: CallOptions = {}): Promise<ChannelInfo> {
    signal?.throwIfAborted();
    const { lastId, notices } = await this.#end();
    return {
      limits: FILE_LIMITS,
      name: basename(this.#path),
      fieldNames: Array.from({ length: MAX_FIELDS }, () => null),
      lastEntryId: lastId,
      notices: [...notices, ...(await conflictNotices(this.#path))],
    };
  }

  async append(entries: readonly Fields[], { signal }: CallOptions = {}): Promise<number[]> {
    checkEntries(entries, FILE_LIMITS);
    const request = { path: this.#path, entries };
    try {
      return await withFileLock(`${this.#path}.lock`, signal, () => appendEntries({ ...request, now: this.#now() }));
    } catch (error) {
      throw fileError(error);
    }
  }

  async *read(range: ReadRange, options: ReadOptions = {}): AsyncIterable<Entry> {
    options.signal?.throwIfAborted();
    const file = await this.#open();
    try {
      const snapshot = await takeSnapshot(file, range);
      if (snapshot !== null) yield* readEntries(file, snapshot, range, options);
    } catch (error) {
      throw fileError(error);
    } finally {
      await file.close();
    }
  }

  async *follow(after: number, options: ReadOptions = {}): AsyncIterable<Entry> {
    const { signal } = options;
    const stopped = (): boolean => signal?.aborted === true;
    const changes = new FileWatch(this.#path, signal);
    let position = after;
    let seen = '';
    let wasShorter = false;
    // told once, not with each change of the file
    const told = new Set<string>();
    const onUnreachable = (gap: Unreachable): void => {
      if (!told.has(gap.reason)) options.onUnreachable?.(gap);
      told.add(gap.reason);
    };
    try {
      while (!stopped()) {
        const state = await fileState(this.#path);
        if (state !== '' && state !== seen) {
          const { lastId } = await this.#end();
          const shorter = lastId < position;
          // twice in a row: an editor that saves may show a shorter file for a moment
          if (shorter && wasShorter) throw cleared(lastId, position);
          wasShorter = shorter;
          if (!shorter) seen = state;
          for await (const entry of this.read({ after: position }, { ...options, onUnreachable })) {
            position = entry.id;
            yield entry;
          }
        }
        await changes.next();
      }
    } catch (error) {
      if (!stopped()) throw error;
    } finally {
      changes.close();
    }
  }

  async close(): Promise<void> {}

  async #open(): Promise<FileHandle> {
    try {
      return await open(this.#path, 'r');
    } catch (error) {
      throw fileError(error);
    }
  }

  /** The last number (0 when the file is empty or not there yet), and what is wrong with its lines. */
  async #end(): Promise<{ lastId: number; notices: string[] }> {
    if ((await fileState(this.#path)) === '') return { lastId: 0, notices: [] };
    const file = await this.#open();
    try {
      const snapshot = await takeSnapshot(file, { last: 1 });
      if (snapshot === null) return { lastId: 0, notices: [] };
      const { extent, size } = snapshot;
      const unended = await unendedLine(file, extent.end, size);
      return {
        lastId: extent.lastId,
        notices: [...(await strayNotices(file, extent.strays)), ...(unended === null ? [] : [unended])],
      };
    } catch (error) {
      throw fileError(error);
    } finally {
      await file.close();
    }
  }
}

/** Changes whenever the file does; '' while it does not exist. */
async function fileState(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw fileError(error);
  }
}
