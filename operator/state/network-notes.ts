import type Sqlite from 'better-sqlite3';
import { wordToBytes } from '../../core/hash/word-bytes.ts';
import { AccountId } from '../../core/protocol/account/account-id.ts';
import type { BlockBody } from '../../core/protocol/block/block-body.ts';
import { readNetworkNote } from '../../core/protocol/standards/network-account.ts';
import type { Database } from '../database/database.ts';

/** Where a note is. */
export interface NotePlace {
  readonly block: number;
  readonly batch: number;
  readonly position: number;
}

/** Public notes that name an account which anybody may run, and that nobody has consumed. */
export class NetworkNotes {
  readonly #add: Sqlite.Statement<[Uint8Array, Uint8Array, number, number, number]>;
  readonly #remove: Sqlite.Statement<[Uint8Array]>;
  readonly #accounts: Sqlite.Statement<[], Buffer>;
  readonly #places: Sqlite.Statement<[Uint8Array, number], NotePlace>;

  constructor(database: Database) {
    // A note made twice is consumed once; either of them will do.
    this.#add = database.prepare('INSERT OR REPLACE INTO network_notes VALUES (?, ?, ?, ?, ?)');
    this.#remove = database.prepare('DELETE FROM network_notes WHERE nullifier = ?');
    this.#accounts = database.prepare<[], Buffer>('SELECT DISTINCT account FROM network_notes').pluck();
    this.#places = database.prepare(
      'SELECT block, batch, position FROM network_notes WHERE account = ? ORDER BY block, batch, position LIMIT ?',
    );
  }

  /** Within a transaction of the database. */
  update(block: number, { batches, nullifiers }: BlockBody): void {
    for (const [batch, { notes }] of batches.entries())
      for (const { index, note } of notes) {
        const target = note.kind === 'public' ? readNetworkNote(note.note)?.target : undefined;
        if (note.kind === 'public' && target)
          this.#add.run(wordToBytes(note.note.nullifier), target.toBytes(), block, batch, index);
      }
    for (const nullifier of nullifiers) this.#remove.run(wordToBytes(nullifier));
  }

  /** Accounts that have notes waiting, whether they exist or not. */
  accounts(): AccountId[] {
    return this.#accounts.all().map((bytes) => AccountId.fromBytes(bytes));
  }
  /** The oldest notes for an account. */
  waiting(account: AccountId, limit: number): NotePlace[] {
    return this.#places.all(account.toBytes(), limit);
  }
}
