import type { Progress } from '@fernspeak/conversation';
import type { Io } from '../io.ts';
import { visibleLine } from './visible.ts';

/** What is done sooner needs no words, in milliseconds. */
export const QUIET_MS = 300;

/** A line on stderr that is written over again and again. */
interface StatusLine<T> {
  readonly show: (what: T) => void;
  clear(): void;
}

/** An empty one; it stays so where stderr is no terminal, or with `--quiet` or `--json`. */
export function openStatusLine(io: Io): StatusLine<string> {
  const shown = process.stderr.isTTY && process.env['TERM'] !== 'dumb' && !io.quiet && !io.json;
  let dirty = false;
  return {
    show(text) {
      if (!shown) return;
      dirty = true;
      process.stderr.write(`\r\u001b[K${text}`);
    },
    clear() {
      if (dirty) process.stderr.write('\r\u001b[K');
      dirty = false;
    },
  };
}

/** Shows how a long sending goes on. */
export function showProgress(io: Io): StatusLine<Progress> {
  const line = openStatusLine(io);
  let started: number | null = null;
  let slow: NodeJS.Timeout | undefined;
  return {
    show(progress) {
      clearTimeout(slow);
      if (progress.kind === 'accepted') {
        slow = setTimeout(() => line.show('Storing it …'), QUIET_MS);
        return;
      }
      started ??= performance.now();
      if (progress.kind === 'waiting') {
        line.show(`${visibleLine(progress.reason.message)} Trying again in ${Math.ceil(progress.waitMs / 1000)} s …`);
      } else {
        line.show(
          `${progress.stored} of ${progress.total} entries stored${rest(progress, performance.now() - started)}`,
        );
      }
    },
    clear() {
      clearTimeout(slow);
      line.clear();
    },
  };
}

function rest({ stored, total }: { stored: number; total: number }, elapsedMs: number): string {
  if (stored === 0 || stored === total || elapsedMs < 1000) return '';
  return `, about ${Math.ceil(((elapsedMs / stored) * (total - stored)) / 1000)} s left`;
}
