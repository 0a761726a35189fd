// The schema, in SQL inside a module: a .sql file read at run time would be missing from the bundled command.

/**
 * Step i brings a database from version i to i + 1 (`PRAGMA user_version`); a step that was released never changes.
 * The primary key of every table begins with the channel: that is how channels can be spread over machines later.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE channels (
    -- AUTOINCREMENT: a deleted channel's number is never given to another, whose readers would take it for theirs
    channel      INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at   INTEGER NOT NULL,            -- Unix seconds
    updated_at   INTEGER NOT NULL,            -- Unix seconds, of the last change of settings; entries do not move it
    name         TEXT,
    description  TEXT,
    latitude     TEXT,
    longitude    TEXT,
    elevation    TEXT,
    labels       TEXT NOT NULL,               -- JSON: eight strings or nulls
    public       INTEGER NOT NULL,            -- 1: anybody reads
    sealed       INTEGER NOT NULL,            -- 1: takes tokens and parts of tokens only
    url          TEXT,
    github_url   TEXT,
    metadata     TEXT,
    tags         TEXT
  ) STRICT;

  -- What every append reads and writes of a channel; apart from its settings, so that the row stays small.
  CREATE TABLE logs (
    channel      INTEGER PRIMARY KEY,
    last_entry   INTEGER NOT NULL DEFAULT 0,  -- 0 = empty
    last_at_ms   INTEGER NOT NULL DEFAULT 0,  -- Unix milliseconds of the last append, by the relay's clock
    clearings    INTEGER NOT NULL DEFAULT 0,
    -- JSON: for field1 … field8 the last entry that has it, or 0: finding it must not walk through the whole log
    last_with    TEXT NOT NULL DEFAULT '[0,0,0,0,0,0,0,0]'
  ) STRICT;

  CREATE TABLE api_keys (
    channel      INTEGER NOT NULL,
    number       INTEGER NOT NULL,            -- 1, 2, … in the order of making
    hash         TEXT NOT NULL,               -- SHA-256 of the key, base64url
    tail         TEXT NOT NULL,               -- the key's last four characters, for its owner
    write        INTEGER NOT NULL,            -- 1: writes and reads, 0: reads
    PRIMARY KEY (channel, number)
  ) STRICT, WITHOUT ROWID;
  -- a write request names no channel: its key alone selects it (ThingSpeak)
  CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (hash);

  CREATE TABLE entries (
    -- channel << 32 | entry: one integer is SQLite's fastest key, and a channel's entries lie side by side
    id           INTEGER PRIMARY KEY,
    channel      INTEGER NOT NULL AS (id >> 32) VIRTUAL,
    created_at   INTEGER NOT NULL,            -- Unix seconds; the writer may have chosen them
    field1 TEXT, field2 TEXT, field3 TEXT, field4 TEXT, field5 TEXT, field6 TEXT, field7 TEXT, field8 TEXT,
    latitude TEXT, longitude TEXT, elevation TEXT, status TEXT
  ) STRICT;
  -- feeds are ordered by time; the index ends in id by itself
  CREATE INDEX entries_by_time ON entries (channel, created_at);

  -- The owner's keys of the whole relay: the one table without a channel.
  CREATE TABLE user_keys (
    hash         TEXT PRIMARY KEY,
    tail         TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Entries up to this number were removed; 0 = none.
  ALTER TABLE logs ADD COLUMN removed_to INTEGER NOT NULL DEFAULT 0;

  -- How old entries are: their own times are the writers'. Entries before \`first\` were stored before this hour began.
  CREATE TABLE hours (
    channel      INTEGER NOT NULL,
    hour         INTEGER NOT NULL,            -- Unix hours, by the relay's clock
    first        INTEGER NOT NULL,            -- the first entry that was stored in it
    PRIMARY KEY (channel, hour)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- How long this channel's entries are kept, chosen when it is made; null = as long as the relay keeps any.
  ALTER TABLE logs ADD COLUMN keep_days INTEGER;
  CREATE INDEX logs_by_keep_days ON logs (keep_days) WHERE keep_days IS NOT NULL;
  `,
];

/** The columns of {@link VALUE_NAMES}, in that order. */
export const VALUE_COLUMNS =
  'field1, field2, field3, field4, field5, field6, field7, field8, latitude, longitude, elevation, status';

const ENTRIES_OF_A_CHANNEL: number = 2 ** 32;

/** The packed key of an entry: channel << 32 | entry, below 2⁵³. */
export function packedId(channel: number, entry: number): number {
  return channel * ENTRIES_OF_A_CHANNEL + entry;
}

/** The entry's number in a packed key. */
export function entryOf(id: number): number {
  return id % ENTRIES_OF_A_CHANNEL;
}
