import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { TOLD, type Attempt, type Checkpoint, type Outcome, type OutboxItem, type Store } from '../store.ts';
import { lockFile } from './lock-file.ts';
import { told } from './sqlite.ts';

/** An outcome that was told by another run stays this long for its own, which may only have slept. */
const TOLD_KEPT_MS = 24 * 60 * 60_000;

type Row = Record<string, SQLOutputValue>;

/** The store in a profile's database; each change is on disk when its promise resolves. */
export class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #directory: string;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, { path, directory }: { path: string; directory: string }) {
    this.#database = database;
    this.#path = path;
    this.#directory = directory;
  }

  async accept(address: string, { sealed, attendedUntil }: { sealed: string; attendedUntil: number }): Promise<number> {
    const sql = 'INSERT INTO outbox (address, sealed, attended_until) VALUES (?, ?, ?)';
    return Number(this.#run(sql, address, sealed, attendedUntil).lastInsertRowid);
  }

  async item(id: number): Promise<OutboxItem | null> {
    return itemOf(this.#all('SELECT * FROM outbox WHERE id = ?', id)[0]);
  }

  async head(address: string): Promise<OutboxItem | null> {
    const sql = 'SELECT * FROM outbox WHERE address = ? AND outcome IS NULL ORDER BY id LIMIT 1';
    return itemOf(this.#all(sql, address)[0]);
  }

  async items(address: string): Promise<readonly OutboxItem[]> {
    return this.#all('SELECT * FROM outbox WHERE address = ? ORDER BY id', address).flatMap((row) => itemOf(row) ?? []);
  }

  async attempt(id: number, attempt: Attempt): Promise<void> {
    this.#run('UPDATE outbox SET attempt = ? WHERE id = ?', JSON.stringify(attempt), id);
  }

  async settle(id: number, outcome: Outcome): Promise<void> {
    this.#run('UPDATE outbox SET outcome = ?, settled_at = ? WHERE id = ?', JSON.stringify(outcome), Date.now(), id);
  }

  async attend(id: number, until: number): Promise<void> {
    this.#run('UPDATE outbox SET attended_until = ? WHERE id = ?', until, id);
    if (until !== TOLD) return;
    this.#run('DELETE FROM outbox WHERE attended_until = ? AND settled_at < ?', TOLD, Date.now() - TOLD_KEPT_MS);
  }

  async remove(id: number): Promise<void> {
    this.#run('DELETE FROM outbox WHERE id = ?', id);
  }

  async lock(address: string): Promise<{ release(): void } | null> {
    const folder = join(this.#directory, 'locks');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const name = createHash('sha256').update(address).digest('hex').slice(0, 32);
    return told(this.#path, () => lockFile(join(folder, name), 0));
  }

  async checkpoint(address: string): Promise<Checkpoint | null> {
    const [row] = this.#all('SELECT version, state FROM checkpoint WHERE address = ?', address);
    return row ? { ...(parse(row['state']) as Omit<Checkpoint, 'version'>), version: Number(row['version']) } : null;
  }

  async saveCheckpoint(address: string, { version, ...state }: Checkpoint): Promise<boolean> {
    const text = JSON.stringify(state);
    const { changes } =
      version === 0
        ? this.#run('INSERT INTO checkpoint VALUES (?, 1, ?) ON CONFLICT DO NOTHING', address, text)
        : this.#run(
            'UPDATE checkpoint SET version = version + 1, state = ? WHERE address = ? AND version = ?',
            text,
            address,
            version,
          );
    return changes === 1;
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #run(sql: string, ...values: (string | number)[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return told(this.#path, () => this.#prepare(sql).run(...values));
  }

  #all(sql: string, ...values: (string | number)[]): Row[] {
    return told(this.#path, () => this.#prepare(sql).all(...values));
  }
}

function itemOf(row: Row | undefined): OutboxItem | null {
  if (!row) return null;
  return {
    id: Number(row['id']),
    sealed: String(row['sealed']),
    attendedUntil: Number(row['attended_until']),
    attempt: row['attempt'] === null ? null : (parse(row['attempt']) as Attempt),
    outcome: row['outcome'] === null ? null : (parse(row['outcome']) as Outcome),
  };
}

/** What this store wrote itself. */
function parse(text: SQLOutputValue | undefined): unknown {
  return JSON.parse(String(text));
}
