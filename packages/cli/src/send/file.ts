import { open, type FileHandle } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { FileSource, FramedConversation, SentFile } from '@fernspeak/conversation';
import { CliError, Interrupted, systemCode, usageError } from '../errors.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import { codeOf, isTold, type Io } from '../io.ts';
import { byteCount } from '../terminal/amount.ts';
import { jsonLine } from '../terminal/json.ts';
import { write } from '../terminal/output.ts';
import { openTransferLine } from '../terminal/transfer.ts';
import { visibleLine } from '../terminal/visible.ts';

/** What others see of a file's type: enough for pictures to be shown. Anything else is a file. */
const TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain',
  '.csv': 'text/csv',
  '.json': 'application/json',
  '.zip': 'application/zip',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
};

interface FileSender {
  readonly io: Io;
  readonly conversation: FramedConversation;
  /** What the conversation is called. */
  readonly named: string;
  /** In seconds. */
  readonly timeout: number;
}

/** A file that is open for reading. */
export interface OpenedFile extends FileSource {
  close(): Promise<void>;
}

/** @throws CliError usage: there is none, or it is no file */
export async function openFile(path: string): Promise<OpenedFile> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    const why = systemCode(error) === 'ENOENT' ? 'There is no such file.' : `It cannot be read (${systemCode(error)}).`;
    throw usageError(`${path}: ${why}`);
  });
  const stat = await handle.stat();
  if (!stat.isFile()) {
    await handle.close();
    throw usageError(`${path} is not a file.`, 'Pack a folder into one first: tar czf folder.tgz folder');
  }
  return {
    name: basename(path).normalize('NFC'),
    type: TYPES[extname(path).toLowerCase()] ?? '',
    size: stat.size,
    read: (from, length) => readAt(handle, from, length),
    close: () => handle.close(),
  };
}

async function readAt(handle: FileHandle, from: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let read = 0; read < length;) {
    const { bytesRead } = await handle.read(bytes, read, length - read, from + read);
    if (bytesRead === 0) return bytes.subarray(0, read);
    read += bytesRead;
  }
  return bytes;
}

/** Sends it, showing how it goes on. Broken off, the same command goes on where it stopped. */
export async function sendOpenedFile(file: OpenedFile, sender: FileSender): Promise<void> {
  const { io, conversation, named, timeout } = sender;
  const line = openTransferLine(io, file);
  let [done, already] = [0, 0];
  try {
    const sent = await conversation.sendFile(file, {
      signal: interruptSignal(),
      timeoutMs: timeout * 1000,
      onSent: (bytes, resumed) => {
        [done, already] = [bytes, resumed];
        line.show(done, already);
      },
    });
    line.clear();
    await report(file, sent, sender);
  } catch (error) {
    line.clear();
    throw brokenOff(error, { file, done, named });
  }
}

async function report({ name, size }: OpenedFile, sent: SentFile, { io, named }: FileSender): Promise<void> {
  const { file, sha256, resumedFrom } = sent;
  if (io.json) return write(jsonLine({ status: 'stored', file, name, size, sha256, resumedFrom }));
  if (io.quiet) return;
  const again = resumedFrom > 0 ? `, ${byteCount(resumedFrom)} of it by an earlier command` : '';
  await write(`${io.style.dim('sent')}  ${visibleLine(name)} (${byteCount(size)}${again}) to ${named}\n`);
}

interface Broken {
  readonly file: OpenedFile;
  readonly done: number;
  readonly named: string;
}

function brokenOff(error: unknown, { file, done, named }: Broken): unknown {
  const { name, size } = file;
  const state = `${byteCount(done)} of ${byteCount(size)} of ${name} are sent.`;
  const hint = 'The same command goes on where this one stopped.';
  if (error instanceof Interrupted) return new Interrupted(error.signal, `${state} ${hint}`);
  if (!isTold(error) || done === 0) return error;
  return new CliError(`${error.message} ${state}`, {
    code: codeOf(error),
    exit: exitCodeOf(error),
    hint: `${hint} Or: fernspeak send ${named} --file … later.`,
    cause: error,
  });
}
