import { ByteWriter } from '../core/bytes.ts';
import { merge } from '../core/hash/eidos.ts';
import { EMPTY_WORD, type Word, wordsEqual } from '../core/hash/word.ts';
import { EMPTY_ROOTS, SMT_DEPTH } from '../core/merkle/empty.ts';
import { leafIndex, type SmtEntry, SmtLeaf } from '../core/merkle/smt-leaf.ts';
import { SmtProof } from '../core/merkle/smt-proof.ts';

/** The sparse Merkle tree as its definition says it: every node in a map, every level of an insertion hashed at once. */
export class PlainSmt {
  readonly #leaves = new Map<bigint, SmtLeaf>();
  /** Per height above the leaves: position -> node, where not empty. #nodes[0] is unused. */
  readonly #nodes: Map<bigint, Word>[] = Array.from({ length: SMT_DEPTH + 1 }, () => new Map());
  #entryCount = 0;

  /**
   * The tree of these entries, each leaf hashed once; entries with an empty value are left out. Throws
   * `merkle-inconsistent` if a key occurs twice and `merkle-leaf-full`.
   */
  constructor(entries: Iterable<SmtEntry> = []) {
    for (const [index, own] of Map.groupBy(entries, ([key]) => leafIndex(key))) {
      const leaf = new SmtLeaf(index, own);
      const kept = leaf.entries.filter(([, value]) => !wordsEqual(value, EMPTY_WORD));
      if (kept.length > 0) this.#put(kept.length === own.length ? leaf : new SmtLeaf(index, kept));
    }
  }

  get root(): Word {
    return this.#nodes[SMT_DEPTH].get(0n) ?? EMPTY_ROOTS[SMT_DEPTH];
  }
  get entryCount(): number {
    return this.#entryCount;
  }
  get leafCount(): number {
    return this.#leaves.size;
  }

  leaf(key: Word): SmtLeaf {
    return this.#leaves.get(leafIndex(key)) ?? new SmtLeaf(leafIndex(key), []);
  }
  get(key: Word): Word {
    return this.#leaves.get(leafIndex(key))?.get(key) ?? EMPTY_WORD;
  }

  #node(height: number, position: bigint): Word {
    if (height === 0) return this.#leaves.get(position)?.hash ?? EMPTY_WORD;
    return this.#nodes[height].get(position) ?? EMPTY_ROOTS[height];
  }

  /** Sets a value (the empty word removes the entry) and returns the old one. Throws `merkle-leaf-full`. */
  insert(key: Word, value: Word): Word {
    const old = this.get(key);
    if (wordsEqual(old, value)) return old;
    this.#put(this.leaf(key).with(key, value));
    return old;
  }

  /** Replaces the leaf of this one's index, and all nodes above it. */
  #put(leaf: SmtLeaf): void {
    this.#entryCount += leaf.entries.length - (this.#leaves.get(leaf.index)?.entries.length ?? 0);
    if (leaf.entries.length === 0) this.#leaves.delete(leaf.index);
    else this.#leaves.set(leaf.index, leaf);

    let [position, node] = [leaf.index, leaf.hash];
    for (let height = 1; height <= SMT_DEPTH; height++) {
      const sibling = this.#node(height - 1, position ^ 1n);
      node = position & 1n ? merge(sibling, node) : merge(node, sibling);
      position >>= 1n;
      if (wordsEqual(node, EMPTY_ROOTS[height])) this.#nodes[height].delete(position);
      else this.#nodes[height].set(position, node);
    }
  }

  /** Proof of the value of `key`, present or absent. */
  open(key: Word): SmtProof {
    const path: Word[] = [];
    let position = leafIndex(key);
    for (let height = 0; height < SMT_DEPTH; height++) {
      path.push(this.#node(height, position ^ 1n));
      position >>= 1n;
    }
    return new SmtProof(path, this.leaf(key));
  }

  /** In increasing order of leaf index, then key. */
  *entries(): Generator<SmtEntry> {
    const indices = [...this.#leaves.keys()].sort((a, b) => (a < b ? -1 : 1));
    for (const index of indices) yield* this.#leaves.get(index)!.entries;
  }
  leaves(): Iterable<SmtLeaf> {
    return this.#leaves.values();
  }

  /** Every inner node that is not empty, with its children, for a `MerkleStore`. */
  *innerNodes(): Generator<readonly [node: Word, left: Word, right: Word]> {
    for (let height = 1; height <= SMT_DEPTH; height++) {
      for (const [position, node] of this.#nodes[height]) {
        yield [node, this.#node(height - 1, 2n * position), this.#node(height - 1, 2n * position + 1n)];
      }
    }
  }

  toBytes(): Uint8Array {
    const out = new ByteWriter().vint(this.#entryCount);
    for (const [key, value] of this.entries()) out.word(key).word(value);
    return out.finish();
  }
}
