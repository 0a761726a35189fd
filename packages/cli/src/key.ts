import { closeSync, fstatSync, openSync, readFileSync, readSync, readdirSync, readlinkSync } from 'node:fs';
import { systemCode, usageError } from './errors.ts';

/** A key file holds one short line; anything longer is another file, named by mistake. */
const KEY_FILE_BYTES = 4096;
/** Between two looks into a pipe that is empty. */
const PIPE_POLL_MS = 10;
const STDIN = 0;
const STDERR = 2;

/** Where a secret comes from when it is not typed: a file (`-` is stdin) or an open descriptor. */
export interface SecretSource {
  readonly file?: string | undefined;
  readonly fd?: number | undefined;
  /** The option that named it, for messages: `--key-file`. */
  readonly option: string;
}

/** Whether a source reads stdin, which only one thing can. */
export function readsStdin(source: SecretSource): boolean {
  return source.file === '-' || source.fd === STDIN;
}

/**
 * The secret that a file or descriptor holds, without the white space around it; null when neither was named.
 * Error texts never repeat what was given: it may be the secret itself, written in the wrong place.
 */
export function readSecret(source: SecretSource): string | null {
  const { file, fd, option } = source;
  if (file === undefined && fd === undefined) return null;
  const bytes = file === undefined || file === '-' ? readDescriptor(fd ?? STDIN, option) : readFile(file, option);
  if (bytes.length > KEY_FILE_BYTES)
    throw usageError(
      `What ${option} names is too long for a key (over ${KEY_FILE_BYTES} bytes).`,
      `${option} takes the name of a file with the key in it.`,
    );
  const text = decode(bytes, option).trim();
  if (text === '')
    throw usageError(`What ${option} names is empty.`, 'Put a key (fernspeak key) or a passphrase into it.');
  return text;
}

function readFile(file: string, option: string): Uint8Array {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    throw usageError(
      `The file that ${option} names cannot be read (${systemCode(error) ?? 'unknown'}).`,
      `${option} takes the name of a file with the key in it.`,
    );
  }
  try {
    if (fstatSync(fd).isDirectory())
      throw usageError(`${option} names a folder.`, `${option} takes the name of a file with the key in it.`);
    return readAll(fd);
  } finally {
    closeSync(fd);
  }
}

function readDescriptor(fd: number, option: string): Uint8Array {
  const hint = 'It has to be open for reading: fernspeak receive notes.csv --key-fd 3 3< key';
  let bytes: Uint8Array | null;
  try {
    bytes = isGiven(fd) ? readAll(fd) : null;
  } catch (error) {
    throw usageError(`The descriptor of ${option} cannot be read (${systemCode(error) ?? 'unknown'}).`, hint);
  }
  if (bytes === null)
    throw usageError(`The descriptor of ${option} is no file and no pipe that this command was given.`, hint);
  return bytes;
}

/**
 * Whether a descriptor can be one that this process was started with, and not one of Node's own. By their flags they
 * look the same, so it goes by their kind: Node's are devices, what is no file at all, and pipes to itself, on which
 * a reader would wait for ever. Throws a system error when it is not open.
 */
function isGiven(fd: number): boolean {
  if (fd <= STDERR) return true;
  const about = fstatSync(fd);
  return about.isFIFO() ? !hasWriterHere(fd) : about.isFile() || about.isSocket();
}

/** Whether the other end of a pipe is this process itself; false where the system does not tell. */
function hasWriterHere(fd: number): boolean {
  const WRITE_ONLY = 1;
  const ACCESS = 3;
  const own = '/proc/self/fd';
  try {
    const pipe = readlinkSync(`${own}/${fd}`);
    return readdirSync(own).some((other) => {
      if (other === String(fd) || linkOf(`${own}/${other}`) !== pipe) return false;
      const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${other}`, 'utf8'))?.[1] ?? '';
      return (parseInt(flags, 8) & ACCESS) === WRITE_ONLY;
    });
  } catch {
    return false;
  }
}

/** What a descriptor leads to; null for the one with which the list itself was read. */
function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** Up to one byte more than a key may have. */
function readAll(fd: number): Uint8Array {
  const buffer = new Uint8Array(KEY_FILE_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const read = readSome(fd, buffer.subarray(length));
    if (read === 0) break;
    length += read;
  }
  return buffer.subarray(0, length);
}

/** As `readSync`, but waits for a pipe into which nobody has written yet: once looked at, stdin does not block. */
function readSome(fd: number, into: Uint8Array): number {
  for (;;) {
    try {
      return readSync(fd, into);
    } catch (error) {
      if (systemCode(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PIPE_POLL_MS);
    }
  }
}

function decode(bytes: Uint8Array, option: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw usageError(
      `What ${option} names is not text.`,
      'A key file holds a key (fernspeak key) or a passphrase, in UTF-8.',
    );
  }
}
