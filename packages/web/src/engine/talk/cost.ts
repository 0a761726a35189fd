import { fit, isChannelError, type Limits } from '@fernspeak/channel';

/** What sending a message takes. */
export interface Cost {
  /** Characters that the relay will see. */
  readonly size: number;
  readonly entries: number;
  /** Until all of it has gone out, with what waits before it; null: no time to speak of. */
  readonly seconds: number | null;
  /** Why the channel will not take it; null: it will. */
  readonly refused: string | null;
}

/**
 * @param waiting how many messages go out before it, each for itself
 * @param limits of the channel; null: they are not known yet
 */
export function costOf(size: number, limits: Limits | null, waiting: number): Cost {
  if (limits === null) return { size, entries: 1, seconds: null, refused: null };
  try {
    const entries = fit('A'.repeat(size), limits).length;
    const writes = waiting + Math.ceil(entries / limits.bulkEntries);
    const seconds = limits.minIntervalMs === 0 ? null : Math.ceil((writes * limits.minIntervalMs) / 1000);
    return { size, entries, seconds, refused: null };
  } catch (error) {
    if (!isChannelError(error)) throw error;
    return { size, entries: 1, seconds: null, refused: error.message };
  }
}
