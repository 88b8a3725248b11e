import type Sqlite from 'better-sqlite3';
import type { Word } from '../../core/hash/word.ts';
import { wordToBytes } from '../../core/hash/word-bytes.ts';
import type { BlockBody, PlacedNote } from '../../core/protocol/block/block-body.ts';
import { type BlockNoteTree, blockNoteTree } from '../../core/protocol/block/note-tree.ts';
import {
  type PublishedNote,
  publishedHeader,
  publishedNoteFromBytes,
  publishedNoteToBytes,
} from '../../core/protocol/transaction/note-lists.ts';
import type { TagPrefix } from '../api.ts';
import type { Database } from '../database/database.ts';
import { storedWord } from './words.ts';

interface Row {
  readonly block: number;
  readonly batch: number;
  readonly position: number;
  readonly id: Buffer;
  readonly note: Buffer;
}

/** A note in a block. */
export interface KnownNote {
  readonly id: Word;
  readonly note: PublishedNote;
  readonly block: number;
  /** Its place in the tree of its block. */
  readonly batch: number;
  readonly position: number;
}

/** SQLite takes any number below zero for none. */
const NO_LIMIT = -1;
/** Blocks whose note trees are kept: notes are asked for soon after they are made. */
const TREES = 16;

function noteOf({ block, batch, position, id, note }: Row): KnownNote {
  return { id: storedWord(id), note: publishedNoteFromBytes(note), block, batch, position };
}

/** Notes that were made, by block and place. */
export class Notes {
  readonly #byId: Sqlite.Statement<[Uint8Array], Row>;
  readonly #byTag: Sqlite.Statement<[number, number, number, number, number], Row>;
  readonly #byPlace: Sqlite.Statement<[number, number, number], Row>;
  readonly #places: Sqlite.Statement<[number], Pick<Row, 'batch' | 'position' | 'id'>>;
  readonly #add: Sqlite.Statement<[number, number, number, Uint8Array, number, Uint8Array]>;
  readonly #trees = new Map<number, BlockNoteTree>();

  constructor(database: Database) {
    const columns = 'block, batch, position, id, note';
    this.#byId = database.prepare(`SELECT ${columns} FROM notes WHERE id = ? ORDER BY block LIMIT 1`);
    this.#byTag = database.prepare(
      `SELECT ${columns} FROM notes WHERE tag BETWEEN ? AND ? AND block BETWEEN ? AND ? ORDER BY block LIMIT ?`,
    );
    this.#byPlace = database.prepare(
      `SELECT ${columns} FROM notes WHERE block = ? AND batch = ? AND position = ?`,
    );
    this.#places = database.prepare('SELECT batch, position, id FROM notes WHERE block = ?');
    this.#add = database.prepare('INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?)');
  }

  /** The note of this id; the first if it was made more than once, since only one can be consumed. */
  find(id: Word): KnownNote | undefined {
    const row = this.#byId.get(wordToBytes(id));
    return row && noteOf(row);
  }
  /** The note at a place. Throws a `RangeError` if there is none. */
  at(block: number, batch: number, position: number): KnownNote {
    const row = this.#byPlace.get(block, batch, position);
    if (!row) throw new RangeError(`block ${block} has no note ${batch}, ${position}`);
    return noteOf(row);
  }
  /** Notes with such a tag that these blocks made, by block, at most `limit`. */
  tagged({ value, bits }: TagPrefix, from: number, to: number, limit = NO_LIMIT): KnownNote[] {
    const span = 2 ** (32 - bits);
    const first = Math.floor(value / span) * span;
    return this.#byTag.all(first, first + span - 1, from, to, limit).map(noteOf);
  }
  /** Where the notes of a block stand in its tree. */
  places(block: number): { batch: number; index: number; id: Word }[] {
    return this.#places
      .all(block)
      .map(({ batch, position, id }) => ({ batch, index: position, id: storedWord(id) }));
  }
  /** The tree of a block's notes. */
  tree(block: number): BlockNoteTree {
    const kept = this.#trees.get(block);
    if (kept) return kept;
    const tree = blockNoteTree(this.places(block));
    if (this.#trees.size === TREES) this.#trees.delete(this.#trees.keys().next().value!);
    this.#trees.set(block, tree);
    return tree;
  }

  add(block: number, { batches }: BlockBody): void {
    for (const [batch, { notes }] of batches.entries())
      for (const note of notes) this.#addOne(block, batch, note);
  }
  #addOne(block: number, batch: number, { index, id, note }: PlacedNote): void {
    const { tag } = publishedHeader(note).metadata;
    this.#add.run(block, batch, index, wordToBytes(id), tag, publishedNoteToBytes(note));
  }
}
