import {
  TOLD,
  type Accepted,
  type Attempt,
  type Checkpoint,
  type Lock,
  type Outcome,
  type OutboxItem,
  type Store,
} from '../store.ts';
import { read, resultOf, write } from './database.ts';
import { BrowserJournal, type Sealed } from './journal.ts';

/** An outcome that was told by another tab stays this long for its own, which may only have slept. */
const TOLD_KEPT_MS = 24 * 60 * 60_000;

interface OutboxRow {
  readonly id?: number;
  readonly address: string;
  readonly sealed: Sealed;
  readonly draft: boolean;
  readonly attendedUntil: number;
  readonly attempt: Sealed | null;
  readonly outcome: Sealed | null;
  /** Milliseconds of the epoch; 0: it waits. */
  readonly settledAt: number;
}

interface CheckpointRow {
  readonly address: string;
  readonly version: number;
  readonly state: Sealed;
}

/** The store in a browser's profile. */
export class BrowserStore extends BrowserJournal implements Store {
  async accept(address: string, { sealed, attendedUntil, draft = false }: Accepted): Promise<number> {
    const [index, body] = await Promise.all([this.vault.index(address), this.vault.seal(sealed)]);
    const waiting = { attempt: null, outcome: null, settledAt: 0 };
    const row: OutboxRow = { address: index, sealed: body, draft, attendedUntil, ...waiting };
    return write(this.database, ['outbox'], async (table) => Number(await resultOf(table('outbox').add(row))));
  }

  async item(id: number): Promise<OutboxItem | null> {
    const row = (await read(this.database, 'outbox', (table) => table.get(id))) as OutboxRow | undefined;
    return row ? this.#itemOf(row) : null;
  }

  async head(address: string): Promise<OutboxItem | null> {
    const first = (await this.#rows(address)).find(({ outcome }) => outcome === null);
    return first ? this.#itemOf(first) : null;
  }

  async items(address: string): Promise<readonly OutboxItem[]> {
    return Promise.all((await this.#rows(address)).map((row) => this.#itemOf(row)));
  }

  async attempt(id: number, attempt: Attempt): Promise<void> {
    const sealed = await this.vault.seal(JSON.stringify(attempt));
    await this.#changeItem(id, (row) => ({ ...row, attempt: sealed }));
  }

  async settle(id: number, outcome: Outcome): Promise<void> {
    const sealed = await this.vault.seal(JSON.stringify(outcome));
    await this.#changeItem(id, (row) => ({ ...row, outcome: sealed, settledAt: Date.now() }));
  }

  async attend(id: number, until: number): Promise<void> {
    await this.#changeItem(id, (row) => ({ ...row, attendedUntil: until }));
    if (until !== TOLD) return;
    await write(this.database, ['outbox'], async (table) => {
      const rows = (await resultOf(table('outbox').getAll())) as OutboxRow[];
      const old = Date.now() - TOLD_KEPT_MS;
      for (const row of rows) {
        if (row.attendedUntil === TOLD && row.settledAt > 0 && row.settledAt < old) table('outbox').delete(row.id ?? 0);
      }
    });
  }

  async remove(id: number): Promise<void> {
    await write(this.database, ['outbox'], (table) => void table('outbox').delete(id));
  }

  /** A Web Lock: it ends with its tab. */
  async lock(address: string): Promise<Lock | null> {
    const name = `${this.locks}:channel:${await this.vault.index(address)}`;
    return new Promise((resolve, reject) => {
      const held = navigator.locks.request(name, { ifAvailable: true }, (lock) => {
        if (lock) return new Promise<void>((release) => resolve({ release }));
        resolve(null);
        return null;
      });
      held.catch(reject);
    });
  }

  async checkpoint(address: string): Promise<Checkpoint | null> {
    const index = await this.vault.index(address);
    const row = (await read(this.database, 'checkpoint', (table) => table.get(index))) as CheckpointRow | undefined;
    if (!row) return null;
    return { ...(JSON.parse(await this.vault.open(row.state)) as Omit<Checkpoint, 'version'>), version: row.version };
  }

  async saveCheckpoint(address: string, { version, ...state }: Checkpoint): Promise<boolean> {
    const [index, sealed] = await Promise.all([this.vault.index(address), this.vault.seal(JSON.stringify(state))]);
    return write(this.database, ['checkpoint'], async (table) => {
      const row = (await resultOf(table('checkpoint').get(index))) as CheckpointRow | undefined;
      if ((row?.version ?? 0) !== version) return false;
      table('checkpoint').put({ address: index, version: version + 1, state: sealed } satisfies CheckpointRow);
      return true;
    });
  }

  async #rows(address: string): Promise<OutboxRow[]> {
    const index = await this.vault.index(address);
    const range = IDBKeyRange.bound([index], [index, []]);
    return (await read(this.database, 'outbox', (table) => table.index('address').getAll(range))) as OutboxRow[];
  }

  #changeItem(id: number, next: (row: OutboxRow) => OutboxRow): Promise<void> {
    return write(this.database, ['outbox'], async (table) => {
      const row = (await resultOf(table('outbox').get(id))) as OutboxRow | undefined;
      if (row) table('outbox').put(next(row));
    });
  }

  async #itemOf({ id = 0, sealed, draft, attendedUntil, attempt, outcome }: OutboxRow): Promise<OutboxItem> {
    const opened = async (value: Sealed | null): Promise<unknown> =>
      value === null ? null : JSON.parse(await this.vault.open(value));
    return {
      id,
      sealed: await this.vault.open(sealed),
      draft,
      attendedUntil,
      attempt: (await opened(attempt)) as Attempt | null,
      outcome: (await opened(outcome)) as Outcome | null,
    };
  }
}
