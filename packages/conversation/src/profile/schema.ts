/**
 * The steps from one version of the database to the next; the first makes it. A step that was ever released is never
 * changed. `PRAGMA user_version` counts the steps that were taken.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- What was accepted and whose fate was not told yet, first in, first out for each channel.
  CREATE TABLE outbox (
    id             INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: it is the order
    address        TEXT    NOT NULL,                  -- the channel's full address
    sealed         TEXT    NOT NULL,                  -- exactly what goes out
    attended_until INTEGER NOT NULL,                  -- ms: its run waits until then; 0: nobody; -1: its outcome was told
    attempt        TEXT,                              -- JSON of Attempt; NULL: nothing of it ever went out
    outcome        TEXT,                              -- JSON of Outcome; NULL: it waits
    settled_at     INTEGER                            -- ms
  ) STRICT;
  CREATE INDEX outbox_address ON outbox (address, id);

  -- Where reading stopped.
  CREATE TABLE checkpoint (
    address TEXT    PRIMARY KEY,
    version INTEGER NOT NULL,                         -- counts the savings
    state   TEXT    NOT NULL                          -- JSON of Checkpoint
  ) STRICT, WITHOUT ROWID;

  -- API keys of channels, as they were given.
  CREATE TABLE channel_key (
    address TEXT PRIMARY KEY,
    write   TEXT,
    read    TEXT
  ) STRICT, WITHOUT ROWID;
  `,
];
