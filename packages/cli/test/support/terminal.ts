import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

/** util-linux's script: gives a program a terminal of its own. It is on every Debian. */
const SCRIPT = process.platform === 'linux' ? spawnSync('script', ['--version']).status === 0 : false;

/** What a test that needs a terminal says when it is skipped; false where it can run. */
export const NEEDS_TERMINAL: string | false = SCRIPT ? false : "needs util-linux's script";

const COLUMNS = 100;

/** A program in a terminal, and somebody who types. */
export interface TerminalSession {
  /** Waits until `text` appears behind what was waited for before. */
  expect(text: string): Promise<void>;
  type(text: string): void;
  /** Waits for the end. `screen`: all that was written to the terminal. */
  end(): Promise<{ readonly code: number | null; readonly screen: string }>;
}

/** Starts a shell command in a terminal. The test fails when it waits for something that does not come until the end. */
export function openTerminal(
  t: TestContext,
  command: string,
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): TerminalSession {
  const child = spawn('script', ['-qec', `stty cols ${COLUMNS}; ${command}`, '/dev/null'], {
    cwd: options.cwd,
    env: { ...process.env, TERM: 'xterm', SHELL: '/bin/sh', ...options.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  let screen = '';
  let seen = 0;
  const closed = once(child, 'close') as Promise<[number | null]>;
  child.stdout.setEncoding('utf8').on('data', (text: string) => (screen += text));
  child.stdin.on('error', () => {});
  return {
    async expect(text) {
      for (;;) {
        const at = screen.indexOf(text, seen);
        if (at >= 0) return void (seen = at + text.length);
        const ended = closed.then(() => true);
        if (await Promise.race([once(child.stdout, 'data').then(() => false), ended])) {
          if (screen.indexOf(text, seen) >= 0) continue;
          throw new Error(`“${text}” did not appear on\n${screen}`);
        }
      }
    },
    type: (text) => void child.stdin.write(text),
    async end() {
      const [code] = await closed;
      return { code, screen };
    },
  };
}
