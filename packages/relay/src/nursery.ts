import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Bytes of V8's new space at which it is large enough: with four times as much, requests take as much processor time. */
const ENOUGH_BYTES: number = 16 * 1024 * 1024;

/**
 * Keeps the process from growing with its traffic. V8 doubles the space for new objects again and again, on a large
 * machine to 134 MB, as ever more of them happen to be alive at a collection. Its limit can only be set on Node's
 * command line, which is not ours; but the factor by which it grows is read each time. So once that space is large
 * enough, it stays so, and the writing thread's too: the factor is the whole process's. Returns the way to end the
 * watch.
 */
export function boundNursery(): () => void {
  const watch = new PerformanceObserver(() => {
    const size = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
    if (size < ENOUGH_BYTES) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    watch.disconnect();
  });
  watch.observe({ entryTypes: ['gc'] });
  return () => watch.disconnect();
}
