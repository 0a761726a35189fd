import { CliError, systemCode } from '../errors.ts';

/** The reader of our stdout is gone (`fernspeak receive … | head -1`): a quiet end. */
export class BrokenPipe extends Error {
  override readonly name = 'BrokenPipe';
}

/**
 * Writes to stdout and resolves when the operating system has all of it, so that what follows (a saved cursor) is only
 * done for what was really written. Rejects with {@link BrokenPipe} when nobody reads any more.
 */
export function write(data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(data, (error) => {
      if (error) reject(writeError(error));
      else resolve();
    });
  });
}

function writeError(error: Error): Error {
  const code = systemCode(error);
  if (code === 'EPIPE') return new BrokenPipe();
  const message = `The output could not be written (${code ?? 'unknown'}).`;
  return new CliError(message, { hint: 'Make room, or let it go elsewhere.', cause: error });
}

/** Errors of both streams arrive through {@link write}; without a listener they would end the process with a stack. */
export function keepStreamErrorsQuiet(): void {
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
}
