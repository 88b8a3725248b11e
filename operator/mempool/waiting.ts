import type Sqlite from 'better-sqlite3';
import type { Word } from '../../core/hash/word.ts';
import { wordToBytes } from '../../core/hash/word-bytes.ts';
import type { Receipt, TransactionStatus } from '../api.ts';
import { type Database, explained } from '../database/database.ts';
import type { Dropped } from './mempool.ts';

/** How long it can be asked why a transaction was dropped, in blocks. */
const KEPT_BLOCKS = 100_000;

interface DroppedRow {
  readonly kind: string;
  readonly message: string;
  readonly details: string;
}

/** Transactions that were accepted and are in no block yet, on disk; and what became of those that never will be. */
export class Waiting {
  readonly #database: Database;
  readonly #all: Sqlite.Statement<[], Buffer>;
  readonly #acceptedAt: Sqlite.Statement<[Uint8Array], number>;
  readonly #add: Sqlite.Statement<[Uint8Array, number, Uint8Array]>;
  readonly #remove: Sqlite.Statement<[Uint8Array]>;
  readonly #drop: Sqlite.Statement<[Uint8Array, number, string, string, string]>;
  readonly #dropped: Sqlite.Statement<[Uint8Array], DroppedRow>;
  readonly #forget: Sqlite.Statement<[number]>;

  constructor(database: Database) {
    this.#database = database;
    this.#all = database.prepare<[], Buffer>('SELECT bytes FROM waiting ORDER BY position').pluck();
    this.#acceptedAt = database
      .prepare<[Uint8Array], number>('SELECT accepted_at FROM waiting WHERE id = ?')
      .pluck();
    this.#add = database.prepare('INSERT INTO waiting (id, accepted_at, bytes) VALUES (?, ?, ?)');
    this.#remove = database.prepare('DELETE FROM waiting WHERE id = ?');
    this.#drop = database.prepare('INSERT OR REPLACE INTO dropped VALUES (?, ?, ?, ?, ?)');
    this.#dropped = database.prepare('SELECT kind, message, details FROM dropped WHERE id = ?');
    this.#forget = database.prepare('DELETE FROM dropped WHERE block < ?');
  }

  /** As they were submitted, in the order they came. */
  all(): Uint8Array[] {
    return this.#all.all();
  }
  receipt(id: Word): Receipt | undefined {
    const acceptedAt = this.#acceptedAt.get(wordToBytes(id));
    return acceptedAt === undefined ? undefined : { id, acceptedAt };
  }
  dropped(id: Word): Extract<TransactionStatus, { stage: 'dropped' }> | undefined {
    const row = this.#dropped.get(wordToBytes(id));
    return row && { stage: 'dropped', ...row };
  }

  /** On disk, all or none, when it returns. Throws `OperatorError`. */
  add(accepted: readonly { readonly id: Word; readonly bytes: Uint8Array }[], at: number): void {
    explained(() =>
      this.#database.transaction(() => {
        for (const { id, bytes } of accepted) this.#add.run(wordToBytes(id), at, bytes);
      })(),
    );
  }
  /** Within a transaction of the database. */
  remove(id: Word): void {
    this.#remove.run(wordToBytes(id));
  }
  drop(dropped: readonly Dropped[], block: number): void {
    explained(() =>
      this.#database.transaction(() => {
        for (const { id, reason } of dropped) {
          this.remove(id);
          this.#drop.run(wordToBytes(id), block, reason.kind, reason.message, reason.details);
        }
        this.#forget.run(block - KEPT_BLOCKS);
      })(),
    );
  }
}
