import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { systemCode, usageError } from './errors.ts';

/** A key file holds one short line; anything longer is another file, named by mistake. */
const KEY_FILE_BYTES = 4096;
const STDIN = 0;

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
  try {
    return readAll(fd);
  } catch (error) {
    throw usageError(
      `The descriptor of ${option} cannot be read (${systemCode(error) ?? 'unknown'}).`,
      'It has to be open for reading: fernspeak receive notes.csv --key-fd 3 3< key',
    );
  }
}

/** Up to one byte more than a key may have. */
function readAll(fd: number): Uint8Array {
  const buffer = new Uint8Array(KEY_FILE_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const read = readSync(fd, buffer, length, buffer.length - length, null);
    if (read === 0) break;
    length += read;
  }
  return buffer.subarray(0, length);
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
