import type { Schema } from '../database/database.ts';

/** The operator's database. Words are 32 bytes, ids 15, prefixes 8 big-endian. */
export const SCHEMA: Schema = {
  applicationId: 0x4b494c4f, // KILO
  migrations: [
    `
    CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE blocks (
      number INTEGER PRIMARY KEY,
      commitment BLOB NOT NULL UNIQUE,
      header BLOB NOT NULL,
      block BLOB NOT NULL,
      signatures BLOB NOT NULL
    ) STRICT;
    -- Nodes of the mountain range over the blocks' commitments.
    CREATE TABLE chain_nodes (height INTEGER, position INTEGER, node BLOB NOT NULL, PRIMARY KEY (height, position)) STRICT, WITHOUT ROWID;
    CREATE TABLE epochs (epoch INTEGER PRIMARY KEY, commitment BLOB NOT NULL, record BLOB NOT NULL) STRICT;

    -- As transactions were submitted, with their proofs: whoever syncs verifies them again.
    CREATE TABLE transactions (
      id BLOB PRIMARY KEY,
      block INTEGER NOT NULL,
      batch INTEGER NOT NULL,
      position INTEGER NOT NULL,
      bytes BLOB NOT NULL
    ) STRICT;
    CREATE INDEX transactions_by_block ON transactions (block, batch, position);

    CREATE TABLE accounts (
      prefix BLOB PRIMARY KEY,
      id BLOB NOT NULL,
      commitment BLOB NOT NULL,
      block INTEGER NOT NULL,
      -- All of a public account.
      account BLOB
    ) STRICT;
    CREATE INDEX accounts_by_block ON accounts (block);
    CREATE TABLE account_changes (
      block INTEGER NOT NULL,
      prefix BLOB NOT NULL,
      commitment BLOB NOT NULL,
      PRIMARY KEY (prefix, block)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE nullifiers (nullifier BLOB PRIMARY KEY, block INTEGER NOT NULL) STRICT;
    CREATE INDEX nullifiers_by_block ON nullifiers (block);

    CREATE TABLE notes (
      block INTEGER NOT NULL,
      batch INTEGER NOT NULL,
      position INTEGER NOT NULL,
      id BLOB NOT NULL,
      tag INTEGER NOT NULL,
      -- All of a public note, the header of a private one.
      note BLOB NOT NULL,
      PRIMARY KEY (block, batch, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX notes_by_id ON notes (id);
    CREATE INDEX notes_by_tag ON notes (tag, block);

    -- Public notes for accounts that anybody runs, until they are consumed.
    CREATE TABLE network_notes (
      nullifier BLOB PRIMARY KEY,
      account BLOB NOT NULL,
      block INTEGER NOT NULL,
      batch INTEGER NOT NULL,
      position INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX network_notes_by_account ON network_notes (account, block, batch, position);

    -- Accepted, and in no block yet; in the order they came.
    CREATE TABLE waiting (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      id BLOB NOT NULL UNIQUE,
      accepted_at INTEGER NOT NULL,
      bytes BLOB NOT NULL
    ) STRICT;
    -- Accepted, and then overtaken by something that it cannot follow.
    CREATE TABLE dropped (id BLOB PRIMARY KEY, block INTEGER NOT NULL, kind TEXT NOT NULL, message TEXT NOT NULL, details TEXT NOT NULL) STRICT;
    CREATE INDEX dropped_by_block ON dropped (block);

    CREATE TABLE mailbox (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      tag INTEGER NOT NULL,
      received_at INTEGER NOT NULL,
      sealed BLOB NOT NULL
    ) STRICT;
    CREATE INDEX mailbox_by_tag ON mailbox (tag, number);
    CREATE INDEX mailbox_by_time ON mailbox (received_at);
    `,
  ],
};
