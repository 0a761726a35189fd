import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { told } from './sqlite.ts';
import type { Vault } from './vault.ts';

export type Row = Record<string, SQLOutputValue>;

/** A profile's database as its stores use it: statements prepared once, errors in our words, rows sealed. */
export interface OpenProfile {
  readonly database: DatabaseSync;
  readonly path: string;
  readonly directory: string;
  readonly vault: Vault;
}

export class SealedRows {
  protected readonly profile: OpenProfile;
  readonly #statements = new Map<string, StatementSync>();

  constructor(profile: OpenProfile) {
    this.profile = profile;
  }

  protected run(
    sql: string,
    ...values: SQLInputValue[]
  ): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return told(this.profile.path, () => this.#prepare(sql).run(...values));
  }

  protected all(sql: string, ...values: SQLInputValue[]): Row[] {
    return told(this.profile.path, () => this.#prepare(sql).all(...values));
  }

  /** All or nothing; nobody else writes meanwhile. */
  protected transaction<T>(work: () => T): T {
    this.run('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.run('COMMIT');
      return result;
    } catch (error) {
      if (this.profile.database.isTransaction) this.run('ROLLBACK');
      throw error;
    }
  }

  protected seal(text: string): Uint8Array {
    return this.profile.vault.seal(text);
  }

  protected open(sealed: unknown): string {
    return this.profile.vault.open(sealed);
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.profile.database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
