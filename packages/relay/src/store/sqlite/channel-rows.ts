import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StoredKey } from '../../keys.ts';
import type { Channel, ChannelSettings } from '../store.ts';

interface ChannelRow {
  channel: number;
  created_at: number;
  updated_at: number;
  name: string | null;
  description: string | null;
  latitude: string | null;
  longitude: string | null;
  elevation: string | null;
  labels: string;
  public: number;
  sealed: number;
  url: string | null;
  github_url: string | null;
  metadata: string | null;
  tags: string | null;
  last_entry: number;
  last_with: string;
  clearings: number;
  keep_days: number | null;
}

const SELECT = 'SELECT channels.*, last_entry, last_with, clearings, keep_days FROM channels JOIN logs USING (channel)';

/** Reads channels with their keys; both the writing and the reading connection need it. */
export class ChannelRows {
  readonly #one: StatementSync;
  readonly #all: StatementSync;
  readonly #keys: StatementSync;

  constructor(database: DatabaseSync) {
    this.#one = database.prepare(`${SELECT} WHERE channel = ?`);
    this.#all = database.prepare(`${SELECT} ORDER BY channel`);
    this.#keys = database.prepare('SELECT hash, tail, write FROM api_keys WHERE channel = ? ORDER BY number');
  }

  /** Null when there is no such channel. */
  find(id: number): Channel | null {
    const row = this.#one.get(id) as ChannelRow | undefined;
    return row === undefined ? null : this.#channel(row);
  }

  /** All of them, by number. */
  all(): Channel[] {
    return (this.#all.all() as unknown as ChannelRow[]).map((row) => this.#channel(row));
  }

  #channel(row: ChannelRow): Channel {
    const { channel, name, description, latitude, longitude, elevation, url, metadata, tags } = row;
    const labels = JSON.parse(row.labels) as (string | null)[];
    const lastWith = JSON.parse(row.last_with) as number[];
    const about = { name, description, url, githubUrl: row.github_url, metadata, tags };
    const settings: ChannelSettings = { ...about, latitude, longitude, elevation, labels, isPublic: row.public === 1 };
    return {
      ...settings,
      id: channel,
      fieldsOn: labels.map((label, index) => label !== null || (lastWith[index] ?? 0) > 0),
      sealed: row.sealed === 1,
      keepDays: row.keep_days,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      lastEntry: row.last_entry,
      clearings: row.clearings,
      keys: this.#keys.all(channel).map((key) => storedKeyOf(key as unknown as KeyRow)),
    };
  }
}

interface KeyRow {
  hash: string;
  tail: string;
  write: number;
}

function storedKeyOf({ hash, tail, write }: KeyRow): StoredKey {
  return { hash, tail, write: write === 1 };
}
