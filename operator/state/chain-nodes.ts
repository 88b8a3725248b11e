import type Sqlite from 'better-sqlite3';
import type { Word } from '../../core/hash/word.ts';
import { wordToBytes } from '../../core/hash/word-bytes.ts';
import type { MmrNodes } from '../../core/merkle/mmr.ts';
import type { Database } from '../database/database.ts';
import { storedWord } from './words.ts';

/** Nodes of the mountain range over all blocks, in the database. */
export class ChainNodes implements MmrNodes {
  readonly #get: Sqlite.Statement<[number, number], Buffer>;
  readonly #put: Sqlite.Statement<[number, number, Uint8Array]>;

  constructor(database: Database) {
    this.#get = database
      .prepare<[number, number], Buffer>('SELECT node FROM chain_nodes WHERE height = ? AND position = ?')
      .pluck();
    this.#put = database.prepare('INSERT INTO chain_nodes (height, position, node) VALUES (?, ?, ?)');
  }

  get(height: number, i: number): Word {
    const node = this.#get.get(height, i);
    if (!node) throw new RangeError(`the chain has no node ${i} at height ${height}`);
    return storedWord(node);
  }
  put(height: number, i: number, node: Word): void {
    this.#put.run(height, i, wordToBytes(node));
  }
}
