import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { makeProfileKey, openVault } from './profile-key.ts';

/** SQL, and what is done with its tables before the transaction ends. */
export interface Migration {
  readonly sql: string;
  readonly convert?: (database: DatabaseSync) => void;
}

/**
 * The steps from one version of the database to the next; the first makes it. A step that was ever released is never
 * changed. `PRAGMA user_version` counts the steps that were taken.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    sql: `
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
  },
  {
    sql: `
  -- The key under which all rows are sealed. salt NULL: as it is, 32 bytes; else a Fernet token under Argon2id of the passphrase.
  CREATE TABLE profile_key (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    salt      BLOB,
    key       BLOB NOT NULL,
    index_key BLOB NOT NULL                           -- for the keyed hashes of addresses; sealed
  ) STRICT;

  -- The device's Ed25519 key, PKCS#8.
  CREATE TABLE device (
    id  INTEGER PRIMARY KEY CHECK (id = 1),
    key BLOB NOT NULL
  ) STRICT;

  -- From here on columns of BLOB are sealed, and an address is a keyed hash (vault.ts).
  ALTER TABLE outbox RENAME TO open_outbox;
  ALTER TABLE checkpoint RENAME TO open_checkpoint;
  ALTER TABLE channel_key RENAME TO open_channel_key;
  DROP INDEX outbox_address;

  CREATE TABLE outbox (
    id             INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: it is the order
    address        TEXT    NOT NULL,                  -- the channel's full address, or a conversation
    sealed         BLOB    NOT NULL,                  -- exactly what goes out; of a draft, what it is made of
    attended_until INTEGER NOT NULL,                  -- ms: its run waits until then; 0: nobody; -1: its outcome was told
    draft          INTEGER NOT NULL DEFAULT 0,        -- 1: it is finished at the head of the outbox
    attempt        BLOB,                              -- JSON of Attempt; NULL: nothing of it ever went out
    outcome        BLOB,                              -- JSON of Outcome; NULL: it waits
    settled_at     INTEGER                            -- ms
  ) STRICT;
  CREATE INDEX outbox_address ON outbox (address, id);

  CREATE TABLE checkpoint (
    address TEXT    PRIMARY KEY,
    version INTEGER NOT NULL,                         -- counts the savings
    state   BLOB    NOT NULL                          -- JSON of Checkpoint
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE channel_key (
    address TEXT PRIMARY KEY,
    keys    BLOB NOT NULL                             -- JSON of ChannelKeys
  ) STRICT, WITHOUT ROWID;

  -- Framed conversations: what framed/journal.ts says.
  CREATE TABLE conversation (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    identity   TEXT    NOT NULL UNIQUE,               -- which one it is, as a keyed hash
    about      BLOB,                                  -- NULL: it was forgotten, all but what the journal still says
    checkpoint BLOB,
    version    INTEGER NOT NULL DEFAULT 0,            -- counts the savings of the checkpoint
    epoch      INTEGER NOT NULL DEFAULT 0,            -- counts how often it was read anew
    received   INTEGER NOT NULL DEFAULT 0             -- up to which id of shown
  ) STRICT;

  CREATE TABLE journal (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL,
    is_read      INTEGER NOT NULL,                    -- 1: follows from the log; 0: was made here
    is_merged    INTEGER NOT NULL DEFAULT 0,          -- 1: several entries, a line each behind its id; id is the last one's
    body         BLOB    NOT NULL
  ) STRICT;
  CREATE INDEX journal_conversation ON journal (conversation, id);
  CREATE INDEX journal_single ON journal (conversation, is_read, id) WHERE is_merged = 0;

  CREATE TABLE shown (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL,
    loud         INTEGER NOT NULL,
    body         BLOB    NOT NULL
  ) STRICT;
  CREATE INDEX shown_conversation ON shown (conversation, id);
  CREATE INDEX shown_loud ON shown (conversation, id) WHERE loud = 1;
  `,
    convert: sealOpenRows,
  },
];

/** Rows of version 1 lay in the clear. */
function sealOpenRows(database: DatabaseSync): void {
  makeProfileKey(database);
  const vault = openVault(database, undefined);
  const sealed = (text: SQLOutputValue = null): Uint8Array | null =>
    typeof text === 'string' ? vault.seal(text) : null;
  const outbox = database.prepare('INSERT INTO outbox VALUES (?, ?, ?, ?, 0, ?, ?, ?)');
  for (const row of database.prepare('SELECT * FROM open_outbox').all()) {
    const { id = 0, address, attended_until: until = 0, attempt, outcome, settled_at: at = null } = row;
    outbox.run(id, vault.index(String(address)), sealed(row['sealed']), until, sealed(attempt), sealed(outcome), at);
  }
  for (const { address, version = 0, state } of database.prepare('SELECT * FROM open_checkpoint').all()) {
    database
      .prepare('INSERT INTO checkpoint VALUES (?, ?, ?)')
      .run(vault.index(String(address)), version, sealed(state));
  }
  for (const { address, write, read } of database.prepare('SELECT * FROM open_channel_key').all()) {
    const keys = JSON.stringify({ ...(write === null ? {} : { write }), ...(read === null ? {} : { read }) });
    database.prepare('INSERT INTO channel_key VALUES (?, ?)').run(vault.index(String(address)), sealed(keys));
  }
  database.exec('DROP TABLE open_outbox; DROP TABLE open_checkpoint; DROP TABLE open_channel_key');
}
