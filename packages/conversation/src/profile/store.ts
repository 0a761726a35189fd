import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  TOLD,
  type Accepted,
  type Attempt,
  type Checkpoint,
  type Outcome,
  type OutboxItem,
  type Store,
} from '../store.ts';
import { SqliteJournal } from './journal.ts';
import { lockFile } from './lock-file.ts';
import type { Row } from './sealed-rows.ts';
import { told } from './sqlite.ts';

/** An outcome that was told by another run stays this long for its own, which may only have slept. */
const TOLD_KEPT_MS = 24 * 60 * 60_000;

/** The store in a profile's database; each change is on disk when its promise resolves. */
export class SqliteStore extends SqliteJournal implements Store {
  async accept(address: string, { sealed, attendedUntil, draft = false }: Accepted): Promise<number> {
    const sql = 'INSERT INTO outbox (address, sealed, attended_until, draft) VALUES (?, ?, ?, ?)';
    return Number(this.run(sql, this.#index(address), this.seal(sealed), attendedUntil, Number(draft)).lastInsertRowid);
  }

  async item(id: number): Promise<OutboxItem | null> {
    return this.#itemOf(this.all('SELECT * FROM outbox WHERE id = ?', id)[0]);
  }

  async head(address: string): Promise<OutboxItem | null> {
    const sql = 'SELECT * FROM outbox WHERE address = ? AND outcome IS NULL ORDER BY id LIMIT 1';
    return this.#itemOf(this.all(sql, this.#index(address))[0]);
  }

  async items(address: string): Promise<readonly OutboxItem[]> {
    const rows = this.all('SELECT * FROM outbox WHERE address = ? ORDER BY id', this.#index(address));
    return rows.flatMap((row) => this.#itemOf(row) ?? []);
  }

  async attempt(id: number, attempt: Attempt): Promise<void> {
    this.run('UPDATE outbox SET attempt = ? WHERE id = ?', this.#sealed(attempt), id);
  }

  async settle(id: number, outcome: Outcome): Promise<void> {
    this.run('UPDATE outbox SET outcome = ?, settled_at = ? WHERE id = ?', this.#sealed(outcome), Date.now(), id);
  }

  async attend(id: number, until: number): Promise<void> {
    this.run('UPDATE outbox SET attended_until = ? WHERE id = ?', until, id);
    if (until !== TOLD) return;
    this.run('DELETE FROM outbox WHERE attended_until = ? AND settled_at < ?', TOLD, Date.now() - TOLD_KEPT_MS);
  }

  async remove(id: number): Promise<void> {
    this.run('DELETE FROM outbox WHERE id = ?', id);
  }

  async lock(address: string): Promise<{ release(): void } | null> {
    const { path, directory } = this.profile;
    const folder = join(directory, 'locks');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return told(path, () => lockFile(join(folder, this.#index(address)), 0));
  }

  async checkpoint(address: string): Promise<Checkpoint | null> {
    const [row] = this.all('SELECT version, state FROM checkpoint WHERE address = ?', this.#index(address));
    if (!row) return null;
    const state = JSON.parse(this.open(row['state'])) as Omit<Checkpoint, 'version'>;
    return { ...state, version: Number(row['version']) };
  }

  async saveCheckpoint(address: string, { version, ...state }: Checkpoint): Promise<boolean> {
    const [index, sealed] = [this.#index(address), this.#sealed(state)];
    const { changes } =
      version === 0
        ? this.run('INSERT INTO checkpoint VALUES (?, 1, ?) ON CONFLICT DO NOTHING', index, sealed)
        : this.run(
            'UPDATE checkpoint SET version = version + 1, state = ? WHERE address = ? AND version = ?',
            sealed,
            index,
            version,
          );
    return changes === 1;
  }

  #index(address: string): string {
    return this.profile.vault.index(address);
  }

  #sealed(value: unknown): Uint8Array {
    return this.seal(JSON.stringify(value));
  }

  /** What this store wrote itself. */
  #opened(sealed: unknown): unknown {
    return sealed === null ? null : JSON.parse(this.open(sealed));
  }

  #itemOf(row: Row | undefined): OutboxItem | null {
    if (!row) return null;
    return {
      id: Number(row['id']),
      sealed: this.open(row['sealed']),
      draft: row['draft'] === 1,
      attendedUntil: Number(row['attended_until']),
      attempt: this.#opened(row['attempt']) as Attempt | null,
      outcome: this.#opened(row['outcome']) as Outcome | null,
    };
  }
}
