import { EXIT } from './exit-codes.ts';

/** What this package itself fails with: a stable code, a sentence, what to do next, and the exit code of the process. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: string;
  readonly exit: number;
  readonly hint: string | undefined;

  constructor(message: string, options: { code?: string; exit?: number; hint?: string; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = options.code ?? 'failed';
    this.exit = options.exit ?? EXIT.failed;
    this.hint = options.hint;
  }
}

/** The command line asks for something that cannot be: exit code 2. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError(message, { code: 'usage', exit: EXIT.usage, ...(hint === undefined ? {} : { hint }) });
}

/** Somebody ended the command; `message` is empty where nothing needs to be said about it. */
export class Interrupted extends CliError {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals, message = '') {
    super(message, { code: 'interrupted', exit: signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated });
    this.signal = signal;
  }
}

/** Ctrl-D where something was asked. */
export function cancelled(): CliError {
  return new CliError('Cancelled.', { code: 'cancelled' });
}

/** The `code` of a Node system error (`ENOENT`), else undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
