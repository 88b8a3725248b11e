import type { Word } from '../../core/hash/word.ts';
import { wordsEqual } from '../../core/hash/word.ts';
import { Smt } from '../../core/merkle/smt.ts';
import type { SmtEntry } from '../../core/merkle/smt-leaf.ts';
import type { SmtProof } from '../../core/merkle/smt-proof.ts';
import { OperatorError } from '../errors.ts';
import { readTreeFile, writeTreeFile } from './tree-file.ts';

/** How many entries may change before the tree is written again: opening sets so many anew. */
const MIN_CHANGES = 16_384;
const CHANGES_PER_ENTRY = 1 / 32;

/** The leaves of a tree as the database has them. */
export interface TreeLeaves {
  /** As they stand. */
  all(): Iterable<SmtEntry>;
  /** Those set by later blocks than this one, in order. */
  after(block: number): Iterable<SmtEntry>;
}

/** Where a tree stands when it is opened. */
export interface TreeState {
  readonly block: number;
  readonly root: Word;
}

/**
 * A sparse Merkle tree whose leaves are in a database. All of it is in memory (about 150 bytes an entry); now and then it is
 * written beside the database, so that opening reads a file in place of hashing every leaf.
 */
export class PersistentTree {
  readonly #path: string;
  readonly #smt: Smt;
  #changes: number;

  private constructor(path: string, smt: Smt, changes: number) {
    this.#path = path;
    this.#smt = smt;
    this.#changes = changes;
  }

  /** The tree with this root. Throws `database-damaged` if the leaves make another. */
  static open(path: string, leaves: TreeLeaves, { block, root }: TreeState): PersistentTree {
    const saved = readTreeFile(path);
    if (saved && saved.block <= block) {
      let changes = 0;
      for (const batch of inBatches(leaves.after(saved.block))) {
        for (const entry of batch) saved.tree.insert(...entry);
        changes += batch.length;
      }
      if (wordsEqual(saved.tree.root, root)) return new PersistentTree(path, saved.tree, changes);
    }
    const smt = new Smt();
    for (const batch of inBatches(leaves.all())) smt.insertMany(batch);
    if (!wordsEqual(smt.root, root))
      throw new OperatorError('database-damaged', 'The state does not have the root its last block names.', {
        advice: 'Keep a copy of the folder, and sync a new node from genesis.',
      });
    return new PersistentTree(path, smt, smt.entryCount);
  }

  get root(): Word {
    return this.#smt.root;
  }
  get size(): number {
    return this.#smt.entryCount;
  }
  get(key: Word): Word {
    return this.#smt.get(key);
  }
  open(key: Word): SmtProof {
    return this.#smt.open(key);
  }

  /** Sets entries with distinct keys; what it returns takes them back. */
  set(entries: readonly SmtEntry[]): () => void {
    const before = entries.map(([key]): SmtEntry => [key, this.#smt.get(key)]);
    this.#smt.insertMany(entries);
    this.#changes += entries.length;
    return () => {
      this.#smt.insertMany(before);
      this.#changes -= entries.length;
    };
  }

  /** Writes the tree as it stands after this block, if enough has changed since the last time. */
  save(block: number): void {
    if (this.#changes >= Math.max(MIN_CHANGES, this.#smt.entryCount * CHANGES_PER_ENTRY)) this.#write(block);
  }
  /** Before the state is closed. */
  saveChanges(block: number): void {
    if (this.#changes > 0) this.#write(block);
  }
  #write(block: number): void {
    writeTreeFile(this.#path, { block, tree: this.#smt });
    this.#changes = 0;
  }
}

const BATCH = 10_000;

function* inBatches<T>(items: Iterable<T>): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
