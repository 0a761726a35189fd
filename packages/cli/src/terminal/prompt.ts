import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { Interrupted, cancelled } from '../errors.ts';
import type { GlobalOptions } from '../options.ts';
import { readHidden } from './hidden.ts';

/** Somebody who can be asked. Every question appears on stderr; Ctrl-C and Ctrl-D end it with an error. */
export interface Prompter {
  /** A line that may be seen. */
  line(question: string): Promise<string>;
  /** A line that is echoed as stars. */
  hidden(question: string): Promise<string>;
  /** Yes or no; no when just Enter is pressed. */
  confirm(question: string): Promise<boolean>;
  /** Gives the terminal back; the process can end. */
  close(): void;
}

/**
 * The terminal of whoever runs this command, or null when nobody is there: stdin is a terminal, or stderr is one and
 * stdin is used for something else (`backup | fernspeak send …`), so that the controlling terminal answers.
 */
export function openPrompter(options: GlobalOptions): Prompter | null {
  if (options.input === false) return null;
  const input = openTerminal();
  if (input === null) return null;
  const line = (question: string): Promise<string> => readLine(input, question);
  return {
    line,
    hidden: (question) => readHidden(input, question),
    confirm: async (question) => /^y(es)?$/i.test((await line(`${question} [y/N] `)).trim()),
    close() {
      if (input === process.stdin) input.pause().unref();
      else input.destroy();
    },
  };
}

function openTerminal(): ReadStream | null {
  if (process.stdin.isTTY) return process.stdin;
  if (!process.stderr.isTTY || process.platform === 'win32') return null;
  try {
    return new ReadStream(openSync('/dev/tty', 'r'));
  } catch {
    return null; // no controlling terminal: cron, a service
  }
}

async function readLine(input: ReadStream, question: string): Promise<string> {
  const { createInterface } = await import('node:readline');
  const editor = createInterface({ input, output: process.stderr, terminal: true, historySize: 0 });
  return new Promise((resolve, reject) => {
    let answer: string | null = null;
    editor.once('line', (line) => {
      answer = line;
      editor.close();
    });
    editor.once('SIGINT', () => {
      process.stderr.write('\n');
      reject(new Interrupted('SIGINT'));
      editor.close();
    });
    editor.once('close', () => {
      if (answer !== null) return resolve(answer);
      process.stderr.write('\n');
      reject(cancelled());
    });
    editor.setPrompt(question);
    editor.prompt();
  });
}
