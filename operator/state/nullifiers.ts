import type Sqlite from 'better-sqlite3';
import type { Word } from '../../core/hash/word.ts';
import { wordToBytes } from '../../core/hash/word-bytes.ts';
import type { SmtEntry } from '../../core/merkle/smt-leaf.ts';
import type { Database } from '../database/database.ts';
import type { TreeLeaves } from './persistent-tree.ts';
import { storedWord } from './words.ts';

interface Row {
  readonly nullifier: Buffer;
  readonly block: number;
}

/** What the tree holds of a note consumed in this block; no block 0 consumes any, so that is never the empty word. */
export const nullifierValue = (block: number): Word => [BigInt(block), 0n, 0n, 0n];
const entryOf = ({ nullifier, block }: Row): SmtEntry => [storedWord(nullifier), nullifierValue(block)];

/** Nullifiers of notes consumed, and the blocks they were consumed in. */
export class Nullifiers implements TreeLeaves {
  readonly #get: Sqlite.Statement<[Uint8Array], number>;
  readonly #all: Sqlite.Statement<[], Row>;
  readonly #after: Sqlite.Statement<[number], Row>;
  readonly #between: Sqlite.Statement<[number, number], Row>;
  readonly #add: Sqlite.Statement<[Uint8Array, number]>;

  constructor(database: Database) {
    this.#get = database
      .prepare<[Uint8Array], number>('SELECT block FROM nullifiers WHERE nullifier = ?')
      .pluck();
    this.#all = database.prepare('SELECT nullifier, block FROM nullifiers');
    this.#after = database.prepare('SELECT nullifier, block FROM nullifiers WHERE block > ?');
    this.#between = database.prepare(
      'SELECT nullifier, block FROM nullifiers WHERE block BETWEEN ? AND ? ORDER BY block, rowid',
    );
    this.#add = database.prepare('INSERT INTO nullifiers VALUES (?, ?)');
  }

  /** The block that consumed the note. */
  block(nullifier: Word): number | undefined {
    return this.#get.get(wordToBytes(nullifier));
  }
  /** Of the notes that these blocks consumed. */
  *between(from: number, to: number): Generator<{ nullifier: Word; block: number }> {
    for (const { nullifier, block } of this.#between.iterate(from, to))
      yield { nullifier: storedWord(nullifier), block };
  }
  add(nullifier: Word, block: number): void {
    this.#add.run(wordToBytes(nullifier), block);
  }

  *all(): Generator<SmtEntry> {
    for (const row of this.#all.iterate()) yield entryOf(row);
  }
  *after(block: number): Generator<SmtEntry> {
    for (const row of this.#after.iterate(block)) yield entryOf(row);
  }
}
