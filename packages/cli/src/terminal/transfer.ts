import type { Io } from '../io.ts';
import { byteCount, duration } from './amount.ts';
import { openStatusLine } from './progress.ts';
import { visibleLine } from './visible.ts';

/** Sooner than that nobody can say how long it takes, in milliseconds. */
const SETTLED_MS = 1000;

/** A line on a terminal that says how a file goes on. */
export interface TransferLine {
  /** So many bytes are done; `already`: they were before this run. */
  readonly show: (done: number, already: number) => void;
  clear(): void;
}

export function openTransferLine(
  io: Io,
  { name, size }: { readonly name: string; readonly size: number },
): TransferLine {
  const line = openStatusLine(io);
  const started = performance.now();
  return {
    show(done, already) {
      const elapsedMs = performance.now() - started;
      const rate = (done - already) / (elapsedMs / 1000);
      const left = elapsedMs < SETTLED_MS || rate === 0 ? '' : `, about ${duration((size - done) / rate)} left`;
      line.show(`${visibleLine(name)}  ${byteCount(done)} of ${byteCount(size)}${left}`);
    },
    clear: () => line.clear(),
  };
}
