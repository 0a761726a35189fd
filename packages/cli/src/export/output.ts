import { link, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { CliError, systemCode } from '../errors.ts';
import { write } from '../terminal/output.ts';

/** Where what is exported goes. */
export interface Output {
  write(text: string): Promise<void>;
  /** All of it is there: only now it has its name. */
  finish(): Promise<void>;
  /** Takes back what was written, if it was not finished. */
  discard(): Promise<void>;
}

export const STDOUT: Output = { write, finish: async () => {}, discard: async () => {} };

/** A new file, readable by its owner alone, that appears under its name when it is complete. */
export async function fileOutput(path: string, { replace }: { readonly replace: boolean }): Promise<Output> {
  const unfinished = `${path}.${process.pid}.unfinished`;
  const file: FileHandle = await told(path, () => open(unfinished, 'wx', 0o600));
  return {
    write: (text) => told(path, () => file.writeFile(text)),
    finish: () =>
      told(path, async () => {
        await file.sync();
        if (replace) return rename(unfinished, path);
        await link(unfinished, path); // fails where there is one already
      }),
    async discard() {
      await file.close();
      await rm(unfinished, { force: true });
    },
  };
}

async function told<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = systemCode(error) ?? 'unknown';
    if (code === 'EEXIST') throw alreadyThere(path);
    throw new CliError(`${path} cannot be written (${code}).`, { cause: error });
  }
}

/** Nothing is overwritten unasked. */
export function alreadyThere(path: string): CliError {
  return new CliError(`${path} is there already.`, {
    code: 'exists',
    hint: 'Choose another name, or replace it: --force.',
  });
}
