import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Removal } from '../store.ts';
import { packedId } from './schema.ts';

/** Milliseconds of an hour: how exactly the age of entries is known. */
export const HOUR_MS = 3_600_000;

interface Log {
  readonly channel: number;
  readonly removed_to: number;
  /** Entries up to this number are too old or too many. */
  readonly goal: number;
}

/** After the last hour that began before the moment, entries are younger; a log that rests since then has none. */
const TOO_OLD = `CASE
  WHEN :before IS NULL THEN 0
  WHEN last_at_ms < :before THEN last_entry
  ELSE coalesce((SELECT max(first) - 1 FROM hours WHERE hours.channel = logs.channel AND hour * ${HOUR_MS} <= :before), 0)
END`;

const TOO_MANY = 'CASE WHEN :keep IS NULL THEN 0 ELSE last_entry - :keep END';

/** Removes old entries in steps, so that no update waits for more than one of them. */
export class OldEntries {
  readonly #logs: StatementSync;
  readonly #removeEntries: StatementSync;
  readonly #removeHours: StatementSync;
  readonly #removed: StatementSync;

  constructor(database: DatabaseSync) {
    this.#logs = database.prepare(
      `SELECT channel, removed_to, max(${TOO_OLD}, ${TOO_MANY}) AS goal FROM logs WHERE goal > removed_to`,
    );
    this.#removeEntries = database.prepare('DELETE FROM entries WHERE id BETWEEN ? AND ?');
    // the hour in which the oldest kept entry was stored is still needed
    this.#removeHours = database.prepare(
      'DELETE FROM hours WHERE channel = ?1 AND first < (SELECT max(first) FROM hours WHERE channel = ?1 AND first <= ?2)',
    );
    this.#removed = database.prepare('UPDATE logs SET removed_to = ? WHERE channel = ?');
  }

  /** One step; returns how many entries are gone. */
  remove({ beforeMs, keep, most }: Removal): number {
    let left = most;
    const parameters = { before: beforeMs, keep };
    for (const { channel, removed_to: from, goal } of this.#logs.all(parameters) as unknown as Log[]) {
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
