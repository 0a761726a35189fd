import { REMOVED_AT_ONCE, RETENTION_CHECK_MS, type Limits } from './limits.ts';
import type { Store } from './store/store.ts';

/** What retention needs of the relay. */
export interface RetentionParts {
  readonly store: Store;
  readonly limits: Limits;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly onFault: (error: unknown) => void;
}

/** Removes what is older or more than the relay, or a channel's own choice, keeps, now and again; returns the way to end it. */
export function startRetention(parts: RetentionParts): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout;
  const step = async (): Promise<void> => {
    const removed = await removeOnce(parts).catch((error: unknown) => {
      if (!stopped) parts.onFault(error);
      return 0;
    });
    // the next step at once while there is more to do; what waits for the store goes first
    if (!stopped) timer = setTimeout(() => void step(), removed > 0 ? 0 : RETENTION_CHECK_MS);
  };
  timer = setTimeout(() => void step(), 0);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** One step; returns how many entries are gone. */
function removeOnce({ store, limits, now }: Omit<RetentionParts, 'onFault'>): Promise<number> {
  const { keepMs, keepEntries } = limits;
  const nowMs = now();
  return store.removeOld({
    nowMs,
    beforeMs: keepMs === 0 ? null : nowMs - keepMs,
    keep: keepEntries === 0 ? null : keepEntries,
    most: REMOVED_AT_ONCE,
  });
}
