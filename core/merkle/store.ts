import { ByteReader, ByteWriter } from '../bytes.ts';
import { merge } from '../hash/eidos.ts';
import { type Word, wordKey, wordsEqual } from '../hash/word.ts';
import { EMPTY_ROOTS, SMT_DEPTH } from './empty.ts';
import { MerkleError } from './errors.ts';
import type { MerklePath } from './path.ts';

const MAGIC = 'MRKSTORE';
const VERSION = 1;
const TRIPLE_BYTES = 96;

const EMPTY_CHILD: ReadonlyMap<string, Word> = new Map(
  EMPTY_ROOTS.slice(1).map((root, d) => [wordKey(root), EMPTY_ROOTS[d]]),
);

/**
 * Inner nodes of any number of trees, shared by value: node -> (left, right). Knows the nodes of empty trees.
 * A position is (depth, index): `depth` levels below `root`, the bits of `index` from high to low lead there.
 */
export class MerkleStore {
  readonly #nodes = new Map<string, readonly [node: Word, left: Word, right: Word]>();

  /** Nodes held, those of empty trees not counted. */
  get size(): number {
    return this.#nodes.size;
  }

  #children(node: Word): readonly [Word, Word] | undefined {
    const key = wordKey(node);
    const known = this.#nodes.get(key);
    if (known) return [known[1], known[2]];
    const empty = EMPTY_CHILD.get(key);
    return empty && [empty, empty];
  }

  #require(node: Word, what: string): readonly [Word, Word] {
    const children = this.#children(node);
    if (!children) throw new MerkleError('merkle-missing-node', `The Merkle store does not know ${what}.`);
    return children;
  }

  #checkPosition(depth: number, index: bigint): void {
    if (
      !Number.isInteger(depth) ||
      depth < 0 ||
      depth > SMT_DEPTH ||
      index < 0n ||
      index >> BigInt(depth) !== 0n
    ) {
      throw new MerkleError('merkle-index', `There is no position ${index} at depth ${depth}.`);
    }
  }

  has(node: Word): boolean {
    return this.#children(node) !== undefined;
  }

  /** The node at (depth, index) under `root`. Throws `merkle-missing-node` where the store has a gap. */
  node(root: Word, depth: number, index: bigint): Word {
    this.#checkPosition(depth, index);
    let node = root;
    if (depth === 0) this.#require(root, 'this root');
    for (let level = depth - 1; level >= 0; level--) {
      const [left, right] = this.#require(node, level === depth - 1 ? 'this root' : 'a node on the way');
      node = (index >> BigInt(level)) & 1n ? right : left;
    }
    return node;
  }

  /** The node at (depth, index) with the siblings on its way, the lowest first. */
  path(root: Word, depth: number, index: bigint): { readonly node: Word; readonly path: MerklePath } {
    this.#checkPosition(depth, index);
    let node = root;
    const path: Word[] = [];
    if (depth === 0) this.#require(root, 'this root');
    for (let level = depth - 1; level >= 0; level--) {
      const [left, right] = this.#require(node, level === depth - 1 ? 'this root' : 'a node on the way');
      const goRight = ((index >> BigInt(level)) & 1n) === 1n;
      path.push(goRight ? left : right);
      node = goRight ? right : left;
    }
    return { node, path: path.reverse() };
  }

  /** Adds the parent of two nodes and returns it. */
  merge(left: Word, right: Word): Word {
    const node = merge(left, right);
    this.add(node, left, right);
    return node;
  }

  /** Adds a node whose value the caller has computed from its children. */
  add(node: Word, left: Word, right: Word): void {
    const key = wordKey(node);
    if (!EMPTY_CHILD.has(key)) this.#nodes.set(key, [node, left, right]);
  }

  addAll(nodes: Iterable<readonly [node: Word, left: Word, right: Word]>): void {
    for (const [node, left, right] of nodes) this.add(node, left, right);
  }

  /** Adds the inner nodes from `leaf` up along `path`; returns their root. */
  addPath(leaf: Word, index: bigint, path: MerklePath): Word {
    let node = leaf;
    path.forEach((sibling, level) => {
      node = (index >> BigInt(level)) & 1n ? this.merge(sibling, node) : this.merge(node, sibling);
    });
    return node;
  }

  /** Replaces the node at (depth, index) under `root`, keeping the old tree too; returns the new root. */
  setNode(root: Word, depth: number, index: bigint, value: Word): Word {
    const { node, path } = this.path(root, depth, index);
    return wordsEqual(node, value) ? root : this.addPath(value, index, path);
  }

  *innerNodes(): Generator<readonly [node: Word, left: Word, right: Word]> {
    yield* this.#nodes.values();
  }

  /** Official bytes, nodes in insertion order (readers accept any order). */
  toBytes(): Uint8Array {
    const out = new ByteWriter()
      .bytes(new TextEncoder().encode(MAGIC))
      .u8(VERSION)
      .u64(BigInt(this.#nodes.size));
    for (const [node, left, right] of this.#nodes.values()) out.word(node).word(left).word(right);
    return out.finish();
  }

  /** Reads official bytes; every node is recomputed from its children. Throws `FormatError`. */
  static fromBytes(bytes: Uint8Array): MerkleStore {
    const r = new ByteReader(bytes, 'Merkle store');
    if (r.remaining < MAGIC.length || r.utf8(MAGIC.length) !== MAGIC) r.fail('it does not begin like one');
    const version = r.u8();
    if (version !== VERSION) r.fail(`version ${version} is unknown`);
    const count = r.u64();
    if (count * BigInt(TRIPLE_BYTES) !== BigInt(r.remaining)) r.fail(`${count} nodes do not fit its length`);
    const store = new MerkleStore();
    for (let i = 0n; i < count; i++) {
      const [node, left, right] = [r.word(), r.word(), r.word()];
      if (!wordsEqual(node, merge(left, right))) r.fail('a node is not the hash of its children');
      store.add(node, left, right);
    }
    return store;
  }
}
