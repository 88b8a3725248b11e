import type Sqlite from 'better-sqlite3';
import type { Word } from '../../core/hash/word.ts';
import { wordToBytes } from '../../core/hash/word-bytes.ts';
import type { Block } from '../../core/protocol/block/block.ts';
import {
  type BlockHeader,
  blockHeaderFromBytes,
  blockHeaderToBytes,
} from '../../core/protocol/block/block-header.ts';
import {
  type EpochRecord,
  epochCommitment,
  epochFromBytes,
  epochToBytes,
} from '../../core/protocol/block/epoch.ts';
import type { Database } from '../database/database.ts';
import { storedWord } from './words.ts';

/** A block as it goes to other nodes, and the validators' signatures of it. */
export interface StoredBlock {
  readonly block: Uint8Array;
  readonly signatures: Uint8Array;
}

/** Blocks, their transactions and the epochs they close. */
export class Blocks {
  readonly #header: Sqlite.Statement<[number], Buffer>;
  readonly #commitment: Sqlite.Statement<[number], Buffer>;
  readonly #block: Sqlite.Statement<[number], StoredBlock>;
  readonly #count: Sqlite.Statement<[], number>;
  readonly #add: Sqlite.Statement<[number, Uint8Array, Uint8Array, Uint8Array, Uint8Array]>;
  readonly #transactions: Sqlite.Statement<[number], Buffer>;
  readonly #transaction: Sqlite.Statement<[Uint8Array], { block: number; bytes: Buffer }>;
  readonly #addTransaction: Sqlite.Statement<[Uint8Array, number, number, number, Uint8Array]>;
  readonly #epoch: Sqlite.Statement<[number], Buffer>;
  readonly #epochCommitment: Sqlite.Statement<[number], Buffer>;
  readonly #addEpoch: Sqlite.Statement<[number, Uint8Array, Uint8Array]>;

  constructor(database: Database) {
    this.#header = database.prepare<[number], Buffer>('SELECT header FROM blocks WHERE number = ?').pluck();
    this.#commitment = database
      .prepare<[number], Buffer>('SELECT commitment FROM blocks WHERE number = ?')
      .pluck();
    this.#block = database.prepare('SELECT block, signatures FROM blocks WHERE number = ?');
    this.#count = database.prepare<[], number>('SELECT count(*) FROM blocks').pluck();
    this.#add = database.prepare('INSERT INTO blocks VALUES (?, ?, ?, ?, ?)');
    this.#transactions = database
      .prepare<[number], Buffer>('SELECT bytes FROM transactions WHERE block = ? ORDER BY batch, position')
      .pluck();
    this.#transaction = database.prepare('SELECT block, bytes FROM transactions WHERE id = ?');
    this.#addTransaction = database.prepare('INSERT INTO transactions VALUES (?, ?, ?, ?, ?)');
    this.#epoch = database.prepare<[number], Buffer>('SELECT record FROM epochs WHERE epoch = ?').pluck();
    this.#epochCommitment = database
      .prepare<[number], Buffer>('SELECT commitment FROM epochs WHERE epoch = ?')
      .pluck();
    this.#addEpoch = database.prepare('INSERT INTO epochs VALUES (?, ?, ?)');
  }

  get count(): number {
    return this.#count.get()!;
  }
  header(number: number): BlockHeader | undefined {
    const bytes = this.#header.get(number);
    return bytes && blockHeaderFromBytes(bytes);
  }
  commitment(number: number): Word | undefined {
    const bytes = this.#commitment.get(number);
    return bytes && storedWord(bytes);
  }
  block(number: number): StoredBlock | undefined {
    return this.#block.get(number);
  }
  add(block: Block, signatures: Uint8Array): void {
    const { header, commitment } = block;
    const bytes = [wordToBytes(commitment), blockHeaderToBytes(header), block.toBytes()] as const;
    this.#add.run(header.number, ...bytes, signatures);
  }

  /** Of a block, as they were submitted, in the order in which they took effect. */
  transactions(block: number): Uint8Array[] {
    return this.#transactions.all(block);
  }
  transaction(id: Word): { readonly block: number; readonly bytes: Uint8Array } | undefined {
    return this.#transaction.get(wordToBytes(id));
  }
  addTransaction(
    id: Word,
    place: { block: number; batch: number; position: number },
    bytes: Uint8Array,
  ): void {
    this.#addTransaction.run(wordToBytes(id), place.block, place.batch, place.position, bytes);
  }

  epoch(epoch: number): EpochRecord | undefined {
    const bytes = this.#epoch.get(epoch);
    return bytes && epochFromBytes(bytes);
  }
  epochCommitment(epoch: number): Word | undefined {
    const bytes = this.#epochCommitment.get(epoch);
    return bytes && storedWord(bytes);
  }
  addEpoch(record: EpochRecord): void {
    this.#addEpoch.run(record.epoch, wordToBytes(epochCommitment(record)), epochToBytes(record));
  }
}
