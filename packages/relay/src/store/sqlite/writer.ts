import { isSealedEntry } from '@fernspeak/channel/format';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StoredKey } from '../../keys.ts';
import { CHANNEL_KEYS, FIELDS, MAX_CHANNEL, MAX_ENTRY } from '../../limits.ts';
import type { Append, Appended, Channel, ChannelSettings, NewChannel, NewEntry } from '../store.ts';
import { ChannelRows } from './channel-rows.ts';
import type { Batch, Operation, Operations, Outcome } from './operations.ts';
import { HOUR_MS, OldEntries } from './old-entries.ts';
import { packedId, VALUE_COLUMNS } from './schema.ts';

/** A channel's log while a batch runs: read once, written once. */
interface Log {
  readonly channel: number;
  readonly sealed: boolean;
  lastEntry: number;
  lastAtMs: number;
  readonly lastWith: number[];
}

const SETTINGS = 'name, description, latitude, longitude, elevation, labels, public, url, github_url, metadata, tags';

/** The only place that writes to the database. Synchronous: it has a thread to itself. */
export class Writer {
  readonly #database: DatabaseSync;
  readonly #channels: ChannelRows;
  readonly #keyOf: StatementSync;
  readonly #logOf: StatementSync;
  readonly #saveLog: StatementSync;
  readonly #insert: StatementSync;
  readonly #insertHour: StatementSync;
  readonly #oldEntries: OldEntries;
  /** Of the batch that runs; empty between two batches, so that no truth is kept in memory. */
  readonly #logs = new Map<number, Log>();
  readonly #writeKeys = new Map<string, number | null>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#channels = new ChannelRows(database);
    this.#keyOf = database.prepare('SELECT channel FROM api_keys WHERE hash = ? AND write = 1');
    this.#logOf = database.prepare(
      'SELECT sealed, last_entry, last_at_ms, last_with FROM logs JOIN channels USING (channel) WHERE channel = ?',
    );
    this.#saveLog = database.prepare('UPDATE logs SET last_entry = ?, last_at_ms = ?, last_with = ? WHERE channel = ?');
    this.#oldEntries = new OldEntries(database);
    this.#insertHour = database.prepare('INSERT OR IGNORE INTO hours (channel, hour, first) VALUES (?, ?, ?)');
    this.#insert = database.prepare(
      `INSERT INTO entries (id, created_at, ${VALUE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  /**
   * Runs the operations in order in one transaction; when it returns, they are on disk. If one fails, each gets a
   * transaction of its own, so that no operation suffers for another.
   */
  run(batch: Batch): Outcome[] {
    try {
      return this.#transaction(batch);
    } catch (error) {
      // a full disk fails them all; the code (SQLITE_FULL, …) is safe to tell, a message could quote what was stored
      if (batch.length === 1) return [{ failed: sqliteCode(error) }];
      return batch.flatMap((operation) => this.run([operation]));
    }
  }

  #transaction(batch: Batch): Outcome[] {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const outcomes = batch.map((operation) => ({ output: this.#perform(operation) }));
      this.#flushLogs();
      this.#database.exec('COMMIT');
      return outcomes;
    } catch (error) {
      // SQLite itself has already rolled back after some errors
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    } finally {
      this.#logs.clear();
      this.#writeKeys.clear();
    }
  }

  #perform(operation: Operation): Operations[keyof Operations]['output'] {
    if (operation.name === 'append') return this.#append(operation.input);
    // the others read and change the tables themselves
    this.#flushLogs();
    this.#writeKeys.clear();
    switch (operation.name) {
      case 'createChannel':
        return this.#create(operation.input);
      case 'changeChannel':
        return this.#change(operation.input);
      case 'addChannelKey':
        return this.#addChannelKey(operation.input);
      case 'clearChannel':
        return this.#clear(operation.input);
      case 'removeOld':
        return this.#oldEntries.remove(operation.input);
      case 'deleteChannel':
        return this.#delete(operation.input);
      case 'addUserKey':
        return this.#addUserKey(operation.input);
      default:
        throw new TypeError(`no such operation: ${(operation satisfies never as Operation).name}`);
    }
  }

  #append({ keyHash, channel, entries, nowMs, minIntervalMs }: Append): Appended {
    const own = this.#writeKey(keyHash);
    if (own === null || (channel !== null && channel !== own)) return { refused: 'key' };
    const log = this.#log(own);
    const waited = nowMs - log.lastAtMs;
    // a clock that was set back must not close the channel until it has caught up
    if (waited >= 0 && waited < minIntervalMs) return { refused: 'too-soon', retryAfterMs: minIntervalMs - waited };
    if (log.sealed && !entries.every(isSealed)) return { refused: 'not-sealed' };
    if (log.lastEntry + entries.length > MAX_ENTRY) return { refused: 'full' };
    const first = log.lastEntry + 1;
    const hour = Math.floor(nowMs / HOUR_MS);
    if (hour > Math.floor(log.lastAtMs / HOUR_MS)) this.#insertHour.run(own, hour, first);
    for (const entry of entries) this.#store(log, entry);
    log.lastAtMs = nowMs;
    return { refused: null, channel: own, first };
  }

  #store(log: Log, { createdAt, values }: NewEntry): void {
    const number = ++log.lastEntry;
    this.#insert.run(packedId(log.channel, number), createdAt, ...values);
    for (let field = 0; field < FIELDS; field++) if (values[field] !== null) log.lastWith[field] = number;
  }

  #writeKey(hash: string): number | null {
    let channel = this.#writeKeys.get(hash);
    if (channel === undefined) {
      // found by the hash of what was sent: how long that takes says nothing about any key
      channel = (this.#keyOf.get(hash)?.['channel'] as number | undefined) ?? null;
      this.#writeKeys.set(hash, channel);
    }
    return channel;
  }

  #log(channel: number): Log {
    let log = this.#logs.get(channel);
    if (log === undefined) {
      const row = this.#logOf.get(channel) as {
        sealed: number;
        last_entry: number;
        last_at_ms: number;
        last_with: string;
      };
      const lastWith = JSON.parse(row.last_with) as number[];
      log = { channel, sealed: row.sealed === 1, lastEntry: row.last_entry, lastAtMs: row.last_at_ms, lastWith };
      this.#logs.set(channel, log);
    }
    return log;
  }

  #flushLogs(): void {
    for (const { channel, lastEntry, lastAtMs, lastWith } of this.#logs.values()) {
      this.#saveLog.run(lastEntry, lastAtMs, JSON.stringify(lastWith), channel);
    }
    this.#logs.clear();
  }

  #create({ settings, sealed, keepDays, keys, now, most }: NewChannel): Channel | null {
    const count = Number(this.#database.prepare('SELECT count(*) AS count FROM channels').get()?.['count']);
    if (count >= most) return null;
    const insert = this.#database.prepare(
      `INSERT INTO channels (created_at, updated_at, sealed, ${SETTINGS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const id = Number(insert.run(now, now, Number(sealed), ...columnsOf(settings)).lastInsertRowid);
    if (id > MAX_CHANNEL) throw new Error('no channel number is left');
    this.#execute('INSERT INTO logs (channel, keep_days) VALUES (?, ?)', id, keepDays);
    for (const [index, { hash, tail, write }] of keys.entries()) {
      const sql = 'INSERT INTO api_keys (channel, number, hash, tail, write) VALUES (?, ?, ?, ?, ?)';
      this.#execute(sql, id, index + 1, hash, tail, Number(write));
    }
    return this.#channels.find(id);
  }

  #change({ id, settings, now }: Operations['changeChannel']['input']): Channel | null {
    const assignments = SETTINGS.split(', ').map((column) => `${column} = ?`);
    this.#execute(
      `UPDATE channels SET updated_at = ?, ${assignments.join(', ')} WHERE channel = ?`,
      now,
      ...columnsOf(settings),
      id,
    );
    return this.#channels.find(id);
  }

  #addChannelKey({ id, key: { hash, tail, write } }: Operations['addChannelKey']['input']): boolean {
    const keys = this.#channels.find(id)?.keys ?? [];
    if (keys.some((known) => known.hash === hash)) return true;
    if (keys.length === 0 || keys.length >= CHANNEL_KEYS) return false;
    const sql =
      'INSERT INTO api_keys (channel, number, hash, tail, write) VALUES (?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING';
    return this.#database.prepare(sql).run(id, keys.length + 1, hash, tail, Number(write)).changes === 1;
  }

  #clear(id: number): Channel | null {
    this.#removeEntries(id);
    // last_at_ms stays: clearing is no way around the interval
    const reset = `last_entry = 0, removed_to = 0, clearings = clearings + 1, last_with = '[0,0,0,0,0,0,0,0]'`;
    this.#execute(`UPDATE logs SET ${reset} WHERE channel = ?`, id);
    return this.#channels.find(id);
  }

  #delete(id: number): Channel | null {
    const channel = this.#channels.find(id);
    this.#removeEntries(id);
    for (const table of ['api_keys', 'logs', 'channels']) this.#execute(`DELETE FROM ${table} WHERE channel = ?`, id);
    return channel;
  }

  #addUserKey({ hash, tail }: StoredKey): null {
    this.#execute('INSERT OR IGNORE INTO user_keys (hash, tail) VALUES (?, ?)', hash, tail);
    return null;
  }

  #removeEntries(channel: number): void {
    this.#execute('DELETE FROM entries WHERE id BETWEEN ? AND ?', packedId(channel, 0), packedId(channel, MAX_ENTRY));
    this.#execute('DELETE FROM hours WHERE channel = ?', channel);
  }

  #execute(sql: string, ...parameters: (string | number | null)[]): void {
    this.#database.prepare(sql).run(...parameters);
  }
}

/** A sealed channel takes nothing that can be read: no location and no status either. */
function isSealed({ values }: NewEntry): boolean {
  const readable = values.slice(FIELDS).some((value) => value !== null && value !== '');
  return !readable && isSealedEntry(values.slice(0, FIELDS));
}

/** The values of {@link SETTINGS}. */
function columnsOf(settings: ChannelSettings): (string | number | null)[] {
  const { name, description, latitude, longitude, elevation, labels, isPublic, url, githubUrl, metadata, tags } =
    settings;
  const place = [latitude, longitude, elevation];
  return [name, description, ...place, JSON.stringify(labels), Number(isPublic), url, githubUrl, metadata, tags];
}

function sqliteCode(error: unknown): string {
  const { errcode, errstr } = error as { errcode?: number; errstr?: string };
  return errcode === undefined ? (error as Error).name : `SQLite ${errcode}: ${errstr}`;
}
