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
import { SealedRows, type Row } from './sealed-rows.ts';

/** So many entries that came one by one are put into one row: a long history is opened faster. */
const MERGED = 256;

/** Framed conversations in a profile's database. */
export class SqliteJournal extends SealedRows implements Journal {
  async conversations(): Promise<readonly Kept[]> {
    const rows = this.all('SELECT id, about FROM conversation WHERE about IS NOT NULL ORDER BY id');
    return rows.map(({ id, about }) => ({ id: Number(id), about: this.open(about) }));
  }

  async create(identity: string, about: string): Promise<number> {
    const index = this.profile.vault.index(identity);
    const sql = `INSERT INTO conversation (identity, about) VALUES (?, ?)
      ON CONFLICT DO UPDATE SET about = coalesce(about, excluded.about)`;
    this.run(sql, index, this.seal(about));
    return Number(this.all('SELECT id FROM conversation WHERE identity = ?', index)[0]?.['id']);
  }

  async describe(id: number, about: string): Promise<void> {
    this.run('UPDATE conversation SET about = ? WHERE id = ? AND about IS NOT NULL', this.seal(about), id);
  }

  async forget(id: number, remembered: readonly string[]): Promise<void> {
    this.transaction(() => {
      this.run('DELETE FROM journal WHERE conversation = ?', id);
      this.run('DELETE FROM shown WHERE conversation = ?', id);
      this.run('DELETE FROM outbox WHERE address = ?', this.profile.vault.index(queueOf(id)));
      const nothing = 'about = NULL, checkpoint = NULL, version = version + 1, epoch = epoch + 1, received = 0';
      if (remembered.length > 0) this.run(`UPDATE conversation SET ${nothing} WHERE id = ?`, id);
      else this.run('DELETE FROM conversation WHERE id = ?', id);
      for (const text of remembered) this.#add(id, 0, text);
    });
  }

  async load(id: number, since: Since | null): Promise<News> {
    this.run('BEGIN');
    try {
      return this.#news(id, since);
    } finally {
      this.run('COMMIT');
    }
  }

  async update<T>(id: number, since: Since | null, change: (news: News) => Change<T>): Promise<Updated<T>> {
    return this.transaction(() => {
      const news = this.#news(id, since);
      const { changes, result } = change(news);
      return { result, now: changes ? this.#save(id, changes, news.now) : news.now };
    });
  }

  async shown(id: number, range: ShownRange): Promise<readonly Shown[]> {
    const columns = 'SELECT id, body, loud FROM shown WHERE conversation = ?';
    const rows =
      'loud' in range
        ? this.all(`${columns} AND loud = 1 ORDER BY id`, id)
        : 'last' in range
          ? this.all(`${columns} ORDER BY id DESC LIMIT ?`, id, range.last).reverse()
          : this.all(`${columns} AND id > ? ORDER BY id LIMIT ?`, id, range.after, range.limit);
    return rows.map(({ id, body, loud }) => ({ position: Number(id), text: this.open(body), loud: loud === 1 }));
  }

  async received(id: number): Promise<number> {
    return Number(this.#conversation(id)['received']);
  }

  async saveReceived(id: number, position: number): Promise<void> {
    this.run('UPDATE conversation SET received = max(received, ?) WHERE id = ?', position, id);
  }

  #conversation(id: number): Row {
    const [row] = this.all('SELECT * FROM conversation WHERE id = ? AND about IS NOT NULL', id);
    if (row) return row;
    throw forgotten();
  }

  #news(id: number, since: Since | null): News {
    const row = this.#conversation(id);
    const [epoch, version] = [Number(row['epoch']), Number(row['version'])];
    const anew = since?.epoch !== epoch;
    const from = anew ? 0 : since.entry;
    const sql = 'SELECT id, is_merged, body FROM journal WHERE conversation = ? AND id > ? ORDER BY id';
    const rows = this.all(sql, id, from);
    const checkpoint = row['checkpoint'] === null ? null : () => this.open(row['checkpoint']);
    return {
      now: { epoch, checkpoint: version, entry: Number(rows.at(-1)?.['id'] ?? from) },
      anew,
      checkpoint: !anew && since.checkpoint === version ? undefined : (checkpoint?.() ?? null),
      entries: rows.flatMap((row) => this.#entries(row, from)),
    };
  }

  #save(id: number, changes: Changes, before: Since): Since {
    let { entry, epoch, checkpoint } = before;
    if (changes.anew) {
      epoch += 1;
      this.run('DELETE FROM journal WHERE conversation = ? AND is_read = 1', id);
      this.run('UPDATE conversation SET epoch = ? WHERE id = ?', epoch, id);
    }
    for (const text of changes.made ?? []) entry = this.#add(id, 0, text);
    for (const text of changes.read ?? []) entry = this.#add(id, 1, text);
    this.#merge(id, 0);
    this.#merge(id, 1);
    if (changes.checkpoint !== undefined) {
      checkpoint += 1;
      const sql = 'UPDATE conversation SET checkpoint = ?, version = ? WHERE id = ?';
      this.run(sql, this.seal(changes.checkpoint), checkpoint, id);
    }
    for (const { text, loud } of changes.shown ?? []) {
      this.run('INSERT INTO shown (conversation, loud, body) VALUES (?, ?, ?)', id, Number(loud), this.seal(text));
    }
    for (const { position, text, loud } of changes.reshown ?? []) {
      this.run('UPDATE shown SET loud = ?, body = ? WHERE id = ?', Number(loud), this.seal(text), position);
    }
    this.#saveInOutbox(changes);
    return { entry, epoch, checkpoint };
  }

  #add(id: number, isRead: 0 | 1, text: string): number {
    const sql = 'INSERT INTO journal (conversation, is_read, body) VALUES (?, ?, ?)';
    return Number(this.run(sql, id, isRead, this.seal(text)).lastInsertRowid);
  }

  /** What stands in a row, behind an entry. */
  #entries({ is_merged: merged, body }: Row, after: number): string[] {
    const text = this.open(body);
    if (merged === 0) return [text];
    return text.split('\n').flatMap((line) => {
      const end = line.indexOf(' ');
      return Number(line.slice(0, end)) > after ? [line.slice(end + 1)] : [];
    });
  }

  /** Entries are JSON, which has no line ends. */
  #merge(conversation: number, isRead: 0 | 1): void {
    const which = 'FROM journal WHERE conversation = ? AND is_read = ? AND is_merged = 0';
    const [count] = this.all(`SELECT count(*) AS n ${which}`, conversation, isRead);
    if (Number(count?.['n']) < MERGED) return;
    const rows = this.all(`SELECT id, body ${which} ORDER BY id`, conversation, isRead);
    const lines = rows.map(({ id, body }) => `${Number(id)} ${this.open(body)}`);
    const last = Number(rows.at(-1)?.['id']);
    this.run(`DELETE ${which} AND id < ?`, conversation, isRead, last);
    this.run('UPDATE journal SET is_merged = 1, body = ? WHERE id = ?', this.seal(lines.join('\n')), last);
  }

  #saveInOutbox({ draft, finished }: Changes): void {
    if (draft) {
      const sql = 'INSERT INTO outbox (address, sealed, attended_until, draft) VALUES (?, ?, ?, 1)';
      this.run(sql, this.profile.vault.index(draft.address), this.seal(draft.sealed), draft.attendedUntil);
    }
    if (finished) {
      const { item, sealed, attempt } = finished;
      const sql = 'UPDATE outbox SET sealed = ?, attempt = ?, draft = 0 WHERE id = ? AND draft = 1';
      const { changes } = this.run(sql, this.seal(sealed), this.seal(JSON.stringify(attempt)), item);
      if (changes !== 1) throw new TypeError(`Item ${item} is no draft in the outbox any more.`);
    }
  }
}
