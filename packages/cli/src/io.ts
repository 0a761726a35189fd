import type { GlobalOptions } from './options.ts';
import { jsonLine } from './terminal/json.ts';
import { styleFor, type ColorChoice, type Style } from './terminal/style.ts';
import { visible } from './terminal/visible.ts';

/** What every command needs to speak: the result goes to stdout by `write` (terminal/output.ts), all else through here. */
export interface Io {
  readonly json: boolean;
  readonly quiet: boolean;
  /** stdout is a terminal, and a person reads it. */
  readonly terminal: boolean;
  /** How stdout and stderr look. */
  readonly style: Style;
  /** A sentence that is not the result: stderr, not with `--quiet`. With `--json` an object `{"note": …}`. */
  note(sentence: string): void;
  /** One that must not be missed, also with `--quiet`: `{"warning": {code, message}}` with `--json`. */
  warn(code: string, message: string, hint?: string): void;
}

/** The voice of one command run. */
export function openIo(options: GlobalOptions): Io {
  const choice: ColorChoice = options.color ?? 'auto';
  const loud = styleFor(process.stderr, choice);
  const json = options.json === true;
  const say = (human: string, object: unknown): void => {
    process.stderr.write(json ? jsonLine(object) : `${human}\n`);
  };
  return {
    json,
    quiet: options.quiet === true,
    terminal: process.stdout.isTTY && !json,
    style: styleFor(process.stdout, choice),
    note(sentence) {
      if (options.quiet !== true) say(visible(sentence), { note: sentence });
    },
    warn(code, message, hint) {
      const tail = hint === undefined ? '' : `\n${loud.dim('hint:')} ${visible(hint)}`;
      say(`${loud.yellow('warning:')} ${visible(message)}${tail}`, {
        warning: { code, message, ...(hint ? { hint } : {}) },
      });
    },
  };
}

/** The names of such errors: ours, and those of the packages below. */
const TOLD = new Set(['CliError', 'ChannelError', 'ConversationError', 'RelayError']);

/** Whether an error says what happened in words for users. */
export function isTold(error: unknown): error is Error {
  return error instanceof Error && TOLD.has(error.name);
}

/** What to do about an error, if anybody knows. */
export function hintOf(error: Error): string | undefined {
  if ('hint' in error && typeof error.hint === 'string') return error.hint;
  return isTold(error) ? undefined : 'This should not happen. --debug shows where it did.';
}

/** The stable code of an error. */
export function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : 'failed';
}

/** The last words of a run that failed, in the form that was asked for. */
export function reportError(error: unknown, options: GlobalOptions): void {
  const known = error instanceof Error ? error : new Error(String(error));
  const hint = hintOf(known);
  const code = codeOf(known);
  if (options.debug === true && known.stack !== undefined) process.stderr.write(`${known.stack}\n`);
  if (known.message === '') return;
  if (options.json === true) {
    process.stderr.write(jsonLine({ error: { code, message: known.message, ...(hint ? { hint } : {}) } }));
    return;
  }
  const style = styleFor(process.stderr, options.color ?? 'auto');
  process.stderr.write(`${style.red('error:')} ${visible(known.message)}\n`);
  if (hint !== undefined) process.stderr.write(`${style.dim('hint:')} ${visible(hint)}\n`);
}
