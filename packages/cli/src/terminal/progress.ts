import type { Progress } from '@fernspeak/conversation';
import type { Io } from '../io.ts';
import { visibleLine } from './visible.ts';

/** What is done sooner needs no words. */
const QUIET_MS = 300;

/** A line on stderr that is written over again and again. */
export interface ProgressLine {
  readonly show: (progress: Progress) => void;
  clear(): void;
}

/** Shows how a long sending goes on; nothing where stderr is no terminal, or with `--quiet` or `--json`. */
export function showProgress(io: Io): ProgressLine {
  const shown = process.stderr.isTTY && process.env['TERM'] !== 'dumb' && !io.quiet && !io.json;
  let started: number | null = null;
  let dirty = false;
  let slow: NodeJS.Timeout | undefined;
  const line = (text: string): void => {
    if (!shown) return;
    dirty = true;
    process.stderr.write(`\r\u001b[K${text}`);
  };
  return {
    show(progress) {
      clearTimeout(slow);
      if (progress.kind === 'accepted') {
        slow = setTimeout(() => line('Storing it …'), QUIET_MS);
        return;
      }
      started ??= performance.now();
      if (progress.kind === 'waiting') {
        line(`${visibleLine(progress.reason.message)} Trying again in ${Math.ceil(progress.waitMs / 1000)} s …`);
      } else {
        line(`${progress.stored} of ${progress.total} entries stored${rest(progress, performance.now() - started)}`);
      }
    },
    clear() {
      clearTimeout(slow);
      if (dirty) process.stderr.write('\r\u001b[K');
    },
  };
}

function rest({ stored, total }: { stored: number; total: number }, elapsedMs: number): string {
  if (stored === 0 || stored === total || elapsedMs < 1000) return '';
  return `, about ${Math.ceil(((elapsedMs / stored) * (total - stored)) / 1000)} s left`;
}
