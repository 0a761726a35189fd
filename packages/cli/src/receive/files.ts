import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { constants, copyFile, link, lstat, mkdir, open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  fileName,
  isComplete,
  isConversationError,
  numbered,
  type FramedConversation,
  type KnownFile,
} from '@fernspeak/conversation';
import { CliError, systemCode, usageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { byteCount } from '../terminal/amount.ts';
import { jsonLine } from '../terminal/json.ts';
import { write } from '../terminal/output.ts';
import { openTransferLine } from '../terminal/transfer.ts';
import { visibleLine } from '../terminal/visible.ts';

/** So many files of one name are looked at. */
const MOST_OF_A_NAME = 1000;
// Windows has no O_NOFOLLOW: undefined counts as 0 there
const { O_CREAT, O_NOFOLLOW, O_RDWR } = constants;

interface SavingParts {
  readonly conversation: FramedConversation;
  readonly io: Io;
  readonly signal: AbortSignal;
  /** This device's key: what it sent itself is not fetched. */
  readonly me: string;
}

/**
 * Puts the files that others sent into a folder: under harmless names, each complete and checked before it has its name,
 * nothing overwritten. What the folder has already is left alone; what was broken off goes on.
 */
export class FolderOfFiles {
  readonly #folder: string;
  readonly #parts: SavingParts;
  /** What is known to be in the folder, or was told of. */
  readonly #done = new Set<string>();

  constructor(folder: string, parts: SavingParts) {
    this.#folder = folder;
    this.#parts = parts;
  }

  /** @throws CliError usage: it cannot be a folder */
  async prepare(): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true });
    } catch (error) {
      throw usageError(`${this.#folder} cannot be used as a folder (${systemCode(error)}).`);
    }
  }

  /** All that are complete by now. Gives how many were saved. A file that cannot be had does not keep the others. */
  async save(): Promise<number> {
    const { conversation, io, me } = this.#parts;
    let saved = 0;
    for (const file of await conversation.files()) {
      if (file.from === me || this.#done.has(keyOf(file)) || !isComplete(file)) continue;
      try {
        if (await this.#save(file)) saved += 1;
      } catch (error) {
        if (!isConversationError(error)) throw error;
        io.warn(error.code, error.message, error.hint);
      }
      this.#done.add(keyOf(file));
    }
    return saved;
  }

  /** Says of what has not come whole yet; at the end of a run. */
  async tellIncomplete(): Promise<void> {
    const { conversation, io, me } = this.#parts;
    for (const file of await conversation.files()) {
      if (file.from === me || isComplete(file)) continue;
      const { offer, chunks } = file;
      io.note(`${fileName(offer.name)}: ${chunks.size} of ${offer.chunks} parts have come so far.`);
    }
  }

  /** False: the folder has it. */
  async #save(file: KnownFile): Promise<boolean> {
    const free = await this.#freeName(file);
    if (free === null) return false;
    const part = join(this.#folder, `.${file.offer.file}.part`);
    const handle = await inFolder(this.#folder, () => open(part, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600));
    try {
      await this.#fill(handle, file);
      await inFolder(this.#folder, () => handle.sync());
    } catch (error) {
      if (isConversationError(error, 'file-altered')) await unlink(part);
      throw error;
    } finally {
      await handle.close();
    }
    const name = await inFolder(this.#folder, () => this.#give(part, free));
    await this.#tell(file, name);
    return true;
  }

  async #fill(handle: FileHandle, file: KnownFile): Promise<void> {
    const { conversation, io, signal } = this.#parts;
    const { size, name } = file.offer;
    const line = openTransferLine(io, { name: fileName(name), size });
    const have = async (from: number, length: number): Promise<Uint8Array | null> => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await handle.read(bytes, 0, length, from);
      return bytesRead === length ? bytes : null;
    };
    let [done, already] = [0, 0];
    try {
      for await (const { from, bytes, isNew } of conversation.readFile(file, { signal, have })) {
        if (isNew) await inFolder(this.#folder, () => writeAll(handle, bytes, from));
        else already += bytes.length;
        done += bytes.length;
        line.show(done, already);
      }
      await handle.truncate(size);
    } finally {
      line.clear();
    }
  }

  /** The first name that is free; null: one of those before it is this very file. */
  async #freeName({ offer, end }: KnownFile): Promise<string | null> {
    const name = fileName(offer.name);
    for (let number = 1; number <= MOST_OF_A_NAME; number++) {
      const candidate = number === 1 ? name : numbered(name, number);
      const path = join(this.#folder, candidate);
      const stat = await lstat(path).catch(() => null);
      if (stat === null) return candidate;
      if (stat.isFile() && stat.size === offer.size && (await sha256Of(path)) === end?.sha256) return null;
    }
    throw new CliError(`${this.#folder} has too many files called ${name}.`, { hint: 'Choose another folder.' });
  }

  /** Gives the finished file its name, or the next one that is free: nothing is overwritten, whoever else writes there. */
  async #give(part: string, name: string): Promise<string> {
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : numbered(name, number);
      try {
        await linkOrCopy(part, join(this.#folder, candidate));
        await unlink(part);
        return candidate;
      } catch (error) {
        if (systemCode(error) !== 'EEXIST' || number === MOST_OF_A_NAME) throw error;
      }
    }
  }

  async #tell({ offer, from }: KnownFile, name: string): Promise<void> {
    const { io } = this.#parts;
    const path = join(this.#folder, name);
    const { file, type, size } = offer;
    if (io.json) return write(jsonLine({ type: 'file', file, from, name: offer.name, mediaType: type, size, path }));
    if (!io.quiet) await write(`${io.style.dim('saved')}  ${visibleLine(path)} (${byteCount(size)})\n`);
  }
}

function keyOf({ from, offer }: KnownFile): string {
  return `${from} ${offer.file}`;
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, from: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await handle.write(bytes, written, bytes.length - written, from + written)).bytesWritten;
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('base64url');
}

/** A link makes the name appear with all of the file; some file systems have none. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (systemCode(error) === 'EEXIST' || systemCode(error) === 'ENOENT') throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
}

/** What the disk refuses, in words. */
async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    const why =
      code === 'ENOSPC'
        ? 'the disk is full'
        : code === 'EACCES' || code === 'EROFS'
          ? 'writing there is not allowed'
          : code;
    throw new CliError(`Nothing can be written into ${folder}: ${why}.`, {
      code: 'folder',
      hint: 'What has come so far stays there; the same command goes on.',
      cause: error,
    });
  }
}
