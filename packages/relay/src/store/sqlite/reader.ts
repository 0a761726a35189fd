import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { MAX_ENTRY, PAGE_BYTES, PAGE_ENTRIES } from '../../limits.ts';
import type { StoredKey } from '../../keys.ts';
import type { Channel, Entry, Selection } from '../store.ts';
import { ChannelRows } from './channel-rows.ts';
import { entryOf, packedId, VALUE_COLUMNS } from './schema.ts';

type Row = [id: number, createdAt: number, ...values: (string | null)[]];
/** A place in the order of time: entries of one second are ordered by number. */
type Position = readonly [createdAt: number, id: number];

const BEFORE_ALL: Position = [Number.MIN_SAFE_INTEGER, 0];
const COLUMNS = `id, created_at, ${VALUE_COLUMNS}`;

/**
 * Reads on a connection of its own, in the thread of the server. Measured: 100 entries take 0.1 ms here and 0.35 ms by
 * way of a worker, and copying them between the threads costs this one as much as reading them. Each page is one short
 * statement, so no read keeps the log of changes from being folded in, and none holds the thread for long.
 */
export class Reader {
  readonly #channels: ChannelRows;
  readonly #entry: StatementSync;
  readonly #lastWith: StatementSync;
  readonly #positionByTime: StatementSync;
  readonly #positionByEntry: StatementSync;
  readonly #newest: StatementSync;
  readonly #sameSecond: StatementSync;
  readonly #laterSeconds: StatementSync;
  readonly #pageByEntry: StatementSync;
  readonly #userKeys: StatementSync;

  constructor(database: DatabaseSync) {
    this.#channels = new ChannelRows(database);
    const prepare = (sql: string): StatementSync => {
      const statement = database.prepare(sql);
      statement.setReturnArrays(true);
      return statement;
    };
    const inTime = 'FROM entries WHERE channel = ? AND created_at BETWEEN ? AND ? ORDER BY created_at DESC, id DESC';
    this.#entry = prepare(`SELECT ${COLUMNS} FROM entries WHERE id = ?`);
    this.#lastWith = prepare('SELECT last_with FROM logs WHERE channel = ?');
    this.#newest = prepare(`SELECT ${COLUMNS} ${inTime} LIMIT ?`);
    this.#positionByTime = prepare(`SELECT created_at, id ${inTime} LIMIT 1 OFFSET ?`);
    this.#positionByEntry = prepare(
      'SELECT id FROM entries WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1 OFFSET ?',
    );
    // two statements: (created_at, id) >= (?, ?) would walk through all of a second, which may hold a million entries
    this.#sameSecond = prepare(
      `SELECT ${COLUMNS} FROM entries WHERE channel = ? AND created_at = ? AND id >= ? ORDER BY id`,
    );
    this.#laterSeconds = prepare(
      `SELECT ${COLUMNS} FROM entries WHERE channel = ? AND created_at > ? AND created_at <= ? ORDER BY created_at, id`,
    );
    this.#pageByEntry = prepare(`SELECT ${COLUMNS} FROM entries WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?`);
    this.#userKeys = database.prepare('SELECT hash, tail FROM user_keys');
  }

  channel(id: number): Channel | null {
    return this.#channels.find(id);
  }

  channels(): Channel[] {
    return this.#channels.all();
  }

  userKeys(): StoredKey[] {
    return this.#userKeys.all().map((row) => ({ hash: String(row['hash']), tail: String(row['tail']), write: true }));
  }

  entry(channel: number, entry: number): Entry | null {
    const row = this.#entry.get(packedId(channel, entry)) as Row | undefined;
    return row === undefined ? null : entryFrom(row);
  }

  lastWithField(channel: number, field: number): Entry | null {
    const row = this.#lastWith.get(channel) as [string] | undefined;
    const last = row === undefined ? 0 : ((JSON.parse(row[0]) as number[])[field - 1] ?? 0);
    return last === 0 ? null : this.entry(channel, last);
  }

  /** The pages of a selection; the bounds are fixed when the first one is asked for. */
  entries(channel: number, selection: Selection): Generator<readonly Entry[]> {
    if (selection.by === 'time') return this.#byTime(channel, selection);
    if (selection.by === 'entry') {
      const range = [packedId(channel, selection.from), packedId(channel, selection.to)] as const;
      // where fewer than the limit match, all of them do
      const first = this.#positionByEntry.get(...range, selection.limit - 1) as [number] | undefined;
      return this.#byEntry(first?.[0] ?? range[0], range[1], selection.limit);
    }
    return this.#byEntry(packedId(channel, selection.after + 1), packedId(channel, MAX_ENTRY), selection.limit);
  }

  *#byTime(channel: number, { from, to, limit }: Selection & { by: 'time' }): Generator<readonly Entry[]> {
    const range = [channel, from ?? Number.MIN_SAFE_INTEGER, to ?? Number.MAX_SAFE_INTEGER] as const;
    if (limit <= PAGE_ENTRIES) {
      const { entries, whole } = takePage(this.#newest.iterate(...range, limit), limit);
      if (whole) {
        yield entries.toReversed();
        return;
      }
    }
    const last = this.#positionByTime.get(...range, 0) as Position | undefined;
    if (last === undefined) return;
    let next = (this.#positionByTime.get(...range, limit - 1) as Position | undefined) ?? [range[1], 0];
    for (let left = limit; left > 0;) {
      const page = takePage(this.#rowsByTime(channel, next, last), Math.min(left, PAGE_ENTRIES));
      yield page.entries;
      if (page.whole) return;
      left -= page.entries.length;
      next = [page.createdAt, page.id + 1];
    }
  }

  /** Rows from one position to another, oldest first, read as they are taken. */
  *#rowsByTime(channel: number, [createdAt, id]: Position, last: Position): Generator<Row> {
    const until =
      last[0] === createdAt ? [] : (this.#laterSeconds.iterate(channel, createdAt, last[0]) as Iterable<Row>);
    for (const rows of [this.#sameSecond.iterate(channel, createdAt, id) as Iterable<Row>, until]) {
      for (const row of rows) {
        if (row[1] === last[0] && row[0] > last[1]) return; // written since the first page
        yield row;
      }
    }
  }

  *#byEntry(from: number, to: number, limit: number): Generator<readonly Entry[]> {
    let next = from;
    for (let left = limit; left > 0;) {
      const page = takePage(this.#pageByEntry.iterate(next, to, left), Math.min(left, PAGE_ENTRIES));
      yield page.entries;
      if (page.whole) return;
      left -= page.entries.length;
      next = page.id + 1;
    }
  }
}

interface Page {
  readonly entries: readonly Entry[];
  /** Where it ends. */
  readonly createdAt: number;
  readonly id: number;
  /** True: there were no more rows. */
  readonly whole: boolean;
}

/** Takes so many rows, or fewer when they have enough bytes; the first one always. */
function takePage(rows: Iterable<unknown>, most: number): Page {
  const entries: Entry[] = [];
  let [createdAt, id] = BEFORE_ALL;
  let bytes = 0;
  for (const row of rows as Iterable<Row>) {
    // that there is one more shows that the page was not all
    if (entries.length === most || bytes >= PAGE_BYTES) return { entries, createdAt, id, whole: false };
    [id, createdAt] = row;
    entries.push(entryFrom(row));
    for (let column = 2; column < row.length; column++) bytes += (row[column] as string | null)?.length ?? 0;
  }
  return { entries, createdAt, id, whole: true };
}

function entryFrom(row: Row): Entry {
  // sliced, not taken apart: this runs for each entry of each answer
  return { entry: entryOf(row[0]), createdAt: row[1], values: row.slice(2) as (string | null)[] };
}
