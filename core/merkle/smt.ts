import { ByteReader, ByteWriter } from '../bytes.ts';
import { wordToLanes } from '../hash/eidos.ts';
import { EMPTY_WORD, type Word, wordsEqual } from '../hash/word.ts';
import { SMT_DEPTH } from './empty.ts';
import { MerkleError } from './errors.ts';
import { type SmtBatch, sameLeaf, sortBatch } from './smt-batch.ts';
import { Branches } from './smt-branches.ts';
import { ENTRY_LANES, entryToLanes, isRemoval, NONE } from './smt-entries.ts';
import { imageFromBytes, imageToBytes } from './smt-image.ts';
import { checkLeafSize, leafIndex, MAX_LEAF_ENTRIES, type SmtEntry, SmtLeaf } from './smt-leaf.ts';
import { SmtProof } from './smt-proof.ts';

/** Inner nodes that a tree with leaves at these distinct positions has: what it will take, before it is built. */
export function innerNodeCount(positions: Iterable<bigint>): number {
  const sorted = BigUint64Array.from(positions).sort();
  // A leaf adds the nodes below the last one that it shares with its left neighbour.
  return sorted.reduce(
    (sum, at, i) => sum + (i === 0 ? SMT_DEPTH : (at ^ sorted[i - 1]).toString(2).length - 1),
    0,
  );
}

/** The entry at hand; nothing keeps it. */
const scratch = new Uint32Array(ENTRY_LANES);

/**
 * The sparse Merkle tree of depth 64 from words to words. A key's leaf is its element 3; keys that share it share the
 * leaf. Absent keys have the empty word as value, and setting that removes an entry. In memory, about 150 bytes per entry;
 * empty subtrees cost nothing.
 *
 * Nodes are hashed when the root, a proof or the nodes are asked for, each changed one once: many changes in a row cost
 * less than as many roots.
 */
export class Smt {
  #branches = new Branches();

  /**
   * The tree of these entries; those with an empty value are left out. Throws `merkle-inconsistent` if a key occurs
   * twice and `merkle-leaf-full`.
   */
  constructor(entries: Iterable<SmtEntry> = []) {
    this.insertMany(entries);
  }

  /** A copy that changes apart from this one. Copies arrays, hashes nothing that is hashed already. */
  clone(): Smt {
    const copy = new Smt();
    copy.#branches = this.#branches.clone();
    return copy;
  }

  /**
   * The tree as it is in memory, in parts to be written one after the other: reading it back hashes nothing. Views: to be
   * copied before the tree changes. For the same machine, under a checksum; whom it came from must be trusted.
   */
  image(): Uint8Array[] {
    return imageToBytes(this.#branches.image);
  }
  /** Reads what {@link image} gave. The tree takes `bytes` over as its memory. Throws `FormatError` if its length is wrong. */
  static fromImage(bytes: Uint8Array): Smt {
    const smt = new Smt();
    smt.#branches = Branches.fromImage(imageFromBytes(bytes));
    return smt;
  }

  get root(): Word {
    return this.#branches.root;
  }
  get entryCount(): number {
    return this.#branches.slots.count;
  }
  get leafCount(): number {
    return this.#branches.leafCount;
  }

  leaf(key: Word): SmtLeaf {
    wordToLanes(key, scratch, 0);
    return this.#leafAt(leafIndex(key), this.#branches.leaf(scratch, 0));
  }
  #leafAt(index: bigint, first: number): SmtLeaf {
    return new SmtLeaf(index, [...this.#branches.slots.ofLeaf(first)]);
  }
  get(key: Word): Word {
    const { slots } = this.#branches;
    wordToLanes(key, scratch, 0);
    const slot = slots.find(this.#branches.leaf(scratch, 0), scratch, 0);
    return slot === NONE ? EMPTY_WORD : slots.value(slot);
  }

  /** Sets a value (the empty word removes the entry) and returns the old one. Throws `merkle-leaf-full`. */
  insert(key: Word, value: Word): Word {
    const { slots } = this.#branches;
    entryToLanes([key, value], scratch, 0);
    const first = this.#branches.leaf(scratch, 0);
    const slot = slots.find(first, scratch, 0);
    if (slot === NONE && first !== NONE && !isRemoval(scratch, 0)) checkLeafSize(slots.size(first) + 1);
    const old = slot === NONE ? EMPTY_WORD : slots.value(slot);
    this.#branches.put(scratch, 0);
    return old;
  }

  /**
   * Sets many values as {@link insert} does, all or none. Throws `merkle-inconsistent` if a key occurs twice and
   * `merkle-leaf-full` if a leaf would have too many entries in the end; then nothing has changed.
   */
  insertMany(entries: Iterable<SmtEntry>): void {
    const batch = sortBatch(entries);
    this.#checkLeaves(batch);
    this.#branches.reserve(batch.count);
    for (const at of batch.order) this.#branches.put(batch.lanes, at);
  }

  #checkLeaves({ count, lanes, order }: SmtBatch): void {
    const { slots } = this.#branches;
    for (let start = 0, end = 0; start < count; start = end) {
      while (end < count && sameLeaf(lanes, order[start], order[end])) end++;
      const first = this.#branches.leaf(lanes, order[start]);
      let size = slots.size(first);
      if (size + end - start <= MAX_LEAF_ENTRIES) continue;
      for (const at of order.subarray(start, end)) {
        const there = slots.find(first, lanes, at) !== NONE;
        size += Number(!isRemoval(lanes, at)) - Number(there);
      }
      checkLeafSize(size);
    }
  }

  /** Proof of the value of `key`, present or absent. */
  open(key: Word): SmtProof {
    wordToLanes(key, scratch, 0);
    const path = this.#branches.path(scratch, 0);
    return new SmtProof(path, this.leaf(key));
  }

  /** In increasing order of leaf index, then key. */
  *entries(): Generator<SmtEntry> {
    for (const first of this.#branches.leaves()) yield* this.#branches.slots.ofLeaf(first);
  }
  /** In increasing order of index. */
  *leaves(): Generator<SmtLeaf> {
    const { slots } = this.#branches;
    for (const first of this.#branches.leaves()) yield this.#leafAt(leafIndex(slots.key(first)), first);
  }

  /** Every inner node that is not empty, with its children, for a `MerkleStore`. */
  innerNodes(): Iterable<readonly [node: Word, left: Word, right: Word]> {
    return this.#branches.innerNodes();
  }

  toBytes(): Uint8Array {
    const out = new ByteWriter().vint(this.entryCount);
    for (const [key, value] of this.entries()) out.word(key).word(value);
    return out.finish();
  }

  /** Throws `FormatError`. */
  static fromBytes(bytes: Uint8Array): Smt {
    const r = new ByteReader(bytes, 'sparse Merkle tree');
    const entries = Array.from({ length: r.count(64) }, (): SmtEntry => [r.word(), r.word()]);
    r.end();
    if (entries.some(([, value]) => wordsEqual(value, EMPTY_WORD))) r.fail('it holds an empty value');
    try {
      return new Smt(entries);
    } catch (error) {
      if (error instanceof MerkleError) r.fail(error.message);
      throw error;
    }
  }
}
