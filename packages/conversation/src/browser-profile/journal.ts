import {
  forgotten,
  queueOf,
  type Change,
  type Changes,
  type Journal,
  type Kept,
  type News,
  type Shown,
  type ShownRange,
  type Since,
  type Updated,
} from '../framed/journal.ts';
import { read, resultOf, write } from './database.ts';
import type { Vault } from './vault.ts';

type Sealed = Uint8Array<ArrayBuffer>;

interface ConversationRow {
  readonly id: number;
  readonly identity: string;
  /** Null: it was forgotten. */
  about: Sealed | null;
  checkpoint: Sealed | null;
  /** Counts the checkpoints that were saved. */
  version: number;
  epoch: number;
  received: number;
  /** The journal's last entry. */
  entry: number;
}

/** What one saving added to a journal: a JSON list of entries. Nobody can have read a part of it. */
interface JournalRow {
  readonly conversation: number;
  readonly entry: number;
  readonly isRead: boolean;
  readonly body: Sealed;
}

interface ShownRow {
  readonly conversation: number;
  readonly position?: number;
  readonly loud: 0 | 1;
  readonly body: Sealed;
}

/** Above every number. */
const END: readonly never[] = [];
/** IndexedDB counts in 32 bits, and refuses more. */
const MOST_ROWS: number = 2 ** 32 - 1;

/** Framed conversations in a browser's profile. */
export class BrowserJournal implements Journal {
  readonly database: IDBDatabase;
  readonly vault: Vault;
  /** What this profile's locks begin with. */
  readonly locks: string;

  constructor({ database, vault, locks }: { database: IDBDatabase; vault: Vault; locks: string }) {
    this.database = database;
    this.vault = vault;
    this.locks = locks;
  }

  async conversations(): Promise<readonly Kept[]> {
    const rows = (await read(this.database, 'conversation', (table) => table.getAll())) as ConversationRow[];
    const known = rows.filter((row): row is ConversationRow & { about: Sealed } => row.about !== null);
    return Promise.all(known.map(async ({ id, about }) => ({ id, about: await this.vault.open(about) })));
  }

  async create(identity: string, about: string): Promise<number> {
    const [index, sealed] = await Promise.all([this.vault.index(identity), this.vault.seal(about)]);
    return write(this.database, ['conversation'], async (table) => {
      const conversations = table('conversation');
      const row = (await resultOf(conversations.index('identity').get(index))) as ConversationRow | undefined;
      if (row?.about) return row.id;
      const empty = { checkpoint: null, version: 0, epoch: 0, received: 0, entry: 0 };
      const next = { ...empty, ...row, identity: index, about: sealed };
      return Number(await resultOf(conversations.put(next)));
    });
  }

  async describe(id: number, about: string): Promise<void> {
    const sealed = await this.vault.seal(about);
    await this.#change(id, (row) => (row.about === null ? row : { ...row, about: sealed }));
  }

  async forget(id: number, remembered: readonly string[]): Promise<void> {
    const [queue, body] = await Promise.all([
      this.vault.index(queueOf(id)),
      this.vault.seal(JSON.stringify(remembered)),
    ]);
    await this.#alone(id, () =>
      write(this.database, ['conversation', 'journal', 'shown', 'outbox'], async (table) => {
        const row = (await resultOf(table('conversation').get(id))) as ConversationRow | undefined;
        table('journal').delete(IDBKeyRange.bound([id], [id, END]));
        await deleteBy(table('shown').index('place'), IDBKeyRange.bound([id], [id, END]));
        await deleteBy(table('outbox').index('address'), IDBKeyRange.bound([queue], [queue, END]));
        if (!row || remembered.length === 0) {
          table('conversation').delete(id);
          return;
        }
        const entry = row.entry + remembered.length;
        const nothing = { about: null, checkpoint: null, version: row.version + 1, epoch: row.epoch + 1, received: 0 };
        table('conversation').put({ ...row, ...nothing, entry });
        table('journal').put({ conversation: id, entry, isRead: false, body } satisfies JournalRow);
      }),
    );
  }

  load(id: number, since: Since | null): Promise<News> {
    return this.#news(id, since);
  }

  update<T>(id: number, since: Since | null, change: (news: News) => Change<T>): Promise<Updated<T>> {
    return this.#alone(id, async () => {
      const news = await this.#news(id, since);
      const { changes, result } = change(news);
      return { result, now: changes ? await this.#save(id, changes, news.now) : news.now };
    });
  }

  async shown(id: number, range: ShownRange): Promise<readonly Shown[]> {
    const rows = await this.#shownRows(id, range);
    const open = async ({ position = 0, body, loud }: ShownRow): Promise<Shown> => ({
      position,
      text: await this.vault.open(body),
      loud: loud === 1,
    });
    return Promise.all(rows.map(open));
  }

  async received(id: number): Promise<number> {
    return (await this.#conversation(id)).received;
  }

  async saveReceived(id: number, position: number): Promise<void> {
    await this.#change(id, (row) => ({ ...row, received: Math.max(row.received, position) }));
  }

  /** One writer at a time among all tabs: sealing takes longer than a transaction of the database may wait. */
  async #alone<T>(id: number, work: () => Promise<T>): Promise<T> {
    return (await navigator.locks.request(`${this.locks}:journal:${id}`, work)) as T;
  }

  #change(id: number, next: (row: ConversationRow) => ConversationRow): Promise<void> {
    return write(this.database, ['conversation'], async (table) => {
      const row = (await resultOf(table('conversation').get(id))) as ConversationRow | undefined;
      if (row) table('conversation').put(next(row));
    });
  }

  async #conversation(id: number): Promise<ConversationRow> {
    const row = (await read(this.database, 'conversation', (table) => table.get(id))) as ConversationRow | undefined;
    if (!row?.about) throw forgotten();
    return row;
  }

  async #news(id: number, since: Since | null): Promise<News> {
    const { row, rows } = await this.#rowsSince(id, since);
    const anew = since?.epoch !== row.epoch;
    const texts = await Promise.all(rows.map(({ body }) => this.vault.open(body)));
    const same = !anew && since.checkpoint === row.version;
    return {
      now: { epoch: row.epoch, checkpoint: row.version, entry: row.entry },
      anew,
      checkpoint: same ? undefined : row.checkpoint === null ? null : await this.vault.open(row.checkpoint),
      entries: texts.flatMap((text) => JSON.parse(text) as string[]),
    };
  }

  /** Both of one moment. */
  async #rowsSince(id: number, since: Since | null): Promise<{ row: ConversationRow; rows: JournalRow[] }> {
    const transaction = this.database.transaction(['conversation', 'journal'], 'readonly');
    const row = (await resultOf(transaction.objectStore('conversation').get(id))) as ConversationRow | undefined;
    if (!row?.about) throw forgotten();
    const from = since?.epoch === row.epoch ? since.entry : 0;
    const range = IDBKeyRange.bound([id, from], [id, END], true);
    return { row, rows: (await resultOf(transaction.objectStore('journal').getAll(range))) as JournalRow[] };
  }

  async #shownRows(id: number, range: ShownRange): Promise<ShownRow[]> {
    const all = (index: string, bounds: IDBKeyRange, count: number = MOST_ROWS): Promise<ShownRow[]> =>
      read(this.database, 'shown', (table) => table.index(index).getAll(bounds, Math.min(count, MOST_ROWS)));
    if ('loud' in range) return all('loud', IDBKeyRange.bound([id, 1], [id, 1, END]));
    if ('after' in range) return all('place', IDBKeyRange.bound([id, range.after], [id, END], true), range.limit);
    return this.#lastShown(id, range.last);
  }

  /** From the end backwards: a long history is not read for its last messages. */
  #lastShown(id: number, count: number): Promise<ShownRow[]> {
    const index = this.database.transaction('shown', 'readonly').objectStore('shown').index('place');
    const request = index.openCursor(IDBKeyRange.bound([id], [id, END]), 'prev');
    const rows: ShownRow[] = [];
    return new Promise((resolve, reject) => {
      request.onerror = () => reject(request.error ?? new DOMException('The request failed.'));
      request.onsuccess = () => {
        const cursor = request.result;
        if (cursor === null || rows.length >= count) return resolve(rows.reverse());
        rows.push(cursor.value as ShownRow);
        cursor.continue();
      };
    });
  }

  async #save(id: number, changes: Changes, before: Since): Promise<Since> {
    const sealed = await this.#sealed(changes);
    const now = { ...before };
    await write(this.database, ['conversation', 'journal', 'shown', 'outbox'], async (table) => {
      const row = (await resultOf(table('conversation').get(id))) as ConversationRow;
      if (changes.anew) {
        now.epoch += 1;
        await deleteRead(table('journal'), id);
      }
      for (const { isRead, body, count } of sealed.journal) {
        now.entry += count;
        table('journal').put({ conversation: id, entry: now.entry, isRead, body } satisfies JournalRow);
      }
      if (sealed.checkpoint) now.checkpoint += 1;
      for (const [at, body] of sealed.shown.entries()) {
        const loud = changes.shown?.[at]?.loud === true ? 1 : 0;
        table('shown').add({ conversation: id, loud, body } satisfies ShownRow);
      }
      for (const [at, body] of sealed.reshown.entries()) {
        const { position = 0, loud = false } = changes.reshown?.[at] ?? {};
        table('shown').put({ conversation: id, position, loud: loud ? 1 : 0, body } satisfies ShownRow);
      }
      const checkpoint = sealed.checkpoint ?? row.checkpoint;
      table('conversation').put({ ...row, epoch: now.epoch, entry: now.entry, version: now.checkpoint, checkpoint });
      await putInOutbox(table('outbox'), changes, sealed);
    });
    return now;
  }

  async #sealed(changes: Changes): Promise<SealedChanges> {
    const { made = [], read: taken = [], shown = [], reshown = [], checkpoint, draft, finished } = changes;
    const seal = (text: string): Promise<Sealed> => this.vault.seal(text);
    const list = async (isRead: boolean, texts: readonly string[]): Promise<SealedChanges['journal']> =>
      texts.length === 0 ? [] : [{ isRead, body: await seal(JSON.stringify(texts)), count: texts.length }];
    return {
      journal: [...(await list(false, made)), ...(await list(true, taken))],
      shown: await Promise.all(shown.map(({ text }) => seal(text))),
      reshown: await Promise.all(reshown.map(({ text }) => seal(text))),
      checkpoint: checkpoint === undefined ? null : await seal(checkpoint),
      draft: draft ? { address: await this.vault.index(draft.address), sealed: await seal(draft.sealed) } : null,
      finished: finished
        ? { sealed: await seal(finished.sealed), attempt: await seal(JSON.stringify(finished.attempt)) }
        : null,
    };
  }
}

interface SealedChanges {
  readonly journal: readonly { readonly isRead: boolean; readonly body: Sealed; readonly count: number }[];
  readonly shown: readonly Sealed[];
  readonly reshown: readonly Sealed[];
  readonly checkpoint: Sealed | null;
  readonly draft: { readonly address: string; readonly sealed: Sealed } | null;
  readonly finished: { readonly sealed: Sealed; readonly attempt: Sealed } | null;
}

async function putInOutbox(outbox: IDBObjectStore, changes: Changes, sealed: SealedChanges): Promise<void> {
  if (sealed.draft) {
    const { attendedUntil = 0 } = changes.draft ?? {};
    outbox.add({ ...sealed.draft, draft: true, attendedUntil, attempt: null, outcome: null, settledAt: 0 });
  }
  if (!sealed.finished) return;
  const { item = 0 } = changes.finished ?? {};
  const row = (await resultOf(outbox.get(item))) as { draft: boolean } | undefined;
  if (row?.draft !== true) throw new TypeError(`Item ${item} is no draft in the outbox any more.`);
  outbox.put({ ...row, ...sealed.finished, draft: false });
}

/** What earlier readings brought. */
async function deleteRead(journal: IDBObjectStore, id: number): Promise<void> {
  const rows = (await resultOf(journal.getAll(IDBKeyRange.bound([id], [id, END])))) as JournalRow[];
  for (const { entry, isRead } of rows) if (isRead) journal.delete([id, entry]);
}

async function deleteBy(index: IDBIndex, range: IDBKeyRange): Promise<void> {
  for (const key of await resultOf(index.getAllKeys(range))) index.objectStore.delete(key);
}

export type { Sealed };
