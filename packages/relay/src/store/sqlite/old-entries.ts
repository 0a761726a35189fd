import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Removal } from '../store.ts';
import { packedId } from './schema.ts';

/** Milliseconds of an hour: how exactly the age of entries is known. */
export const HOUR_MS = 3_600_000;
const DAY_MS: number = 24 * HOUR_MS;

interface Log {
  readonly channel: number;
  readonly removed_to: number;
  /** Entries up to this number are too old or too many. */
  readonly goal: number;
}

/** What was stored before this moment is to go, by the relay's time or the channel's own, whichever is shorter; 0 = nothing. */
const BEFORE = `max(coalesce(:before, 0), coalesce(:now - keep_days * ${DAY_MS}, 0))`;

/** After the last hour that began before the moment, entries are younger; a log that rests since then has none. */
const TOO_OLD = `CASE
  WHEN ${BEFORE} = 0 THEN 0
  WHEN last_at_ms < ${BEFORE} THEN last_entry
  ELSE coalesce((SELECT max(first) - 1 FROM hours WHERE hours.channel = logs.channel AND hour * ${HOUR_MS} <= ${BEFORE}), 0)
END`;

const TOO_MANY = 'CASE WHEN :keep IS NULL THEN 0 ELSE last_entry - :keep END';

/** Removes old entries in steps, so that no update waits for more than one of them. */
export class OldEntries {
  readonly #logs: StatementSync;
  /** Those with a time of their own: all that is to be looked at where the relay keeps everything. */
  readonly #ownTime: StatementSync;
  readonly #removeEntries: StatementSync;
  readonly #removeHours: StatementSync;
  readonly #removed: StatementSync;

  constructor(database: DatabaseSync) {
    const select = `SELECT channel, removed_to, max(${TOO_OLD}, ${TOO_MANY}) AS goal FROM logs WHERE goal > removed_to`;
    this.#logs = database.prepare(select);
    this.#ownTime = database.prepare(`${select} AND keep_days IS NOT NULL`);
    this.#removeEntries = database.prepare('DELETE FROM entries WHERE id BETWEEN ? AND ?');
    // the hour in which the oldest kept entry was stored is still needed
    this.#removeHours = database.prepare(
      'DELETE FROM hours WHERE channel = ?1 AND first < (SELECT max(first) FROM hours WHERE channel = ?1 AND first <= ?2)',
    );
    this.#removed = database.prepare('UPDATE logs SET removed_to = ? WHERE channel = ?');
  }

  /** One step; returns how many entries are gone. */
  remove({ nowMs, beforeMs, keep, most }: Removal): number {
    let left = most;
    const parameters = { now: nowMs, before: beforeMs, keep };
    const logs = beforeMs === null && keep === null ? this.#ownTime : this.#logs;
    for (const { channel, removed_to: from, goal } of logs.all(parameters) as unknown as Log[]) {
      const to = Math.min(goal, from + left);
      this.#removeEntries.run(packedId(channel, from + 1), packedId(channel, to));
      this.#removeHours.run(channel, to + 1);
      this.#removed.run(to, channel);
      left -= to - from;
      if (left === 0) break;
    }
    return most - left;
  }
}
