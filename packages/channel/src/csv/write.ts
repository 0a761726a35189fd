import type { FileHandle } from 'node:fs/promises';

/** Writes all of `bytes` at `position`, however many calls it takes, and gives the position behind them. */
export async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<number> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
  return position + written;
}
