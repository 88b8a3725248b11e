import { lanesToWord, merge, mergeLanes, wordToLanes } from '../hash/eidos.ts';
import type { Word } from '../hash/word.ts';
import { EMPTY_ROOTS, SMT_DEPTH } from './empty.ts';
import { EntrySlots, type EntrySlotsImage, grown, isRemoval, NONE } from './smt-entries.ts';

/** Eight lanes for each of EMPTY_ROOTS. */
const EMPTY_LANES = (() => {
  const lanes = new Uint32Array(8 * EMPTY_ROOTS.length);
  for (const [height, root] of EMPTY_ROOTS.entries()) wordToLanes(root, lanes, 8 * height);
  return lanes;
})();

/** Bit `bit` of a leaf index of two halves (shifts are modulo 32). */
const bitOf = (high: number, low: number, bit: number): number => ((bit & 32 ? high : low) >>> bit) & 1;

/** The highest bit in which two leaf indices differ; -1 if they are the same. */
function differingBit(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  return aHigh === bHigh ? 31 - Math.clz32(aLow ^ bLow) : 63 - Math.clz32(aHigh ^ bHigh);
}

/**
 * What a branch or leaf is called: branches by number, leaves by the complement of their first slot. So a reference below
 * zero is a leaf.
 */
type Ref = number;

export interface BranchesImage {
  readonly slots: EntrySlotsImage;
  readonly root: number;
  readonly rootHash: Uint32Array;
  readonly leafCount: number;
  /** Branches, free ones included. */
  readonly used: number;
  readonly free: number;
  readonly nodes: Uint32Array;
  readonly children: Int32Array;
  readonly bit: Uint8Array;
}

/**
 * The nodes of a sparse Merkle tree, compactly. A branch is a node with leaves on both sides, so n leaves have n - 1 of
 * them, 74 bytes each. It keeps the two nodes right below it. All nodes on the way down from those to the next branch or
 * leaf have one empty side: they are made again when asked for, 64 - log2(n) compressions at most in a tree of evenly spread
 * leaves, and not kept, or 44 of them per leaf would take most of the memory.
 *
 * Changes only mark the nodes above them as stale. They are hashed when someone asks for a node, so however many entries
 * change in between, each node is hashed once.
 */
export class Branches {
  readonly slots: EntrySlots;
  #root: Ref = 0;
  readonly #rootHash = new Uint32Array(8);
  #rootStale = false;
  #leafCount = 0;

  /** 16 lanes per branch: the nodes on its two sides, at height `#bit` of 64. */
  #nodes: Uint32Array = new Uint32Array(0);
  #children: Int32Array = new Int32Array(0);
  /** The bit of the leaf index that chooses the side. */
  #bit: Uint8Array = new Uint8Array(0);
  /** Bit s: the node on side s is to be hashed anew. Then so are all above it. */
  #stale: Uint8Array = new Uint8Array(0);
  #used = 0;
  #free = NONE;

  /** Branches from the root to what {@link #descend} found. */
  readonly #path = new Int32Array(SMT_DEPTH);
  #pathLength = 0;

  constructor(slots = new EntrySlots()) {
    this.slots = slots;
  }

  /** Hashes what is stale first, or each of the two would have to. */
  clone(): Branches {
    if (this.#leafCount > 0) this.#refresh();
    const copy = new Branches(this.slots.clone());
    copy.#root = this.#root;
    copy.#rootHash.set(this.#rootHash);
    copy.#leafCount = this.#leafCount;
    copy.#nodes = this.#nodes.slice();
    copy.#children = this.#children.slice();
    copy.#bit = this.#bit.slice();
    copy.#stale = this.#stale.slice();
    copy.#used = this.#used;
    copy.#free = this.#free;
    return copy;
  }

  /** What the nodes are made of, all hashed, for {@link fromImage}. Views: to be copied before anything changes. */
  get image(): BranchesImage {
    if (this.#leafCount > 0) this.#refresh();
    return {
      slots: this.slots.image,
      root: this.#root,
      rootHash: this.#rootHash,
      leafCount: this.#leafCount,
      used: this.#used,
      free: this.#free,
      nodes: this.#nodes.subarray(0, 16 * this.#used),
      children: this.#children.subarray(0, 2 * this.#used),
      bit: this.#bit.subarray(0, this.#used),
    };
  }
  static fromImage(image: BranchesImage): Branches {
    const branches = new Branches(EntrySlots.fromImage(image.slots));
    branches.#root = image.root;
    branches.#rootHash.set(image.rootHash);
    branches.#leafCount = image.leafCount;
    branches.#used = image.used;
    branches.#free = image.free;
    branches.#nodes = image.nodes;
    branches.#children = image.children;
    branches.#bit = image.bit;
    branches.#stale = new Uint8Array(image.bit.length);
    return branches;
  }

  get leafCount(): number {
    return this.#leafCount;
  }

  get root(): Word {
    if (this.#leafCount === 0) return EMPTY_ROOTS[SMT_DEPTH];
    this.#refresh();
    return lanesToWord(this.#rootHash, 0);
  }

  /** Takes memory for so many more entries at once. */
  reserve(more: number): void {
    this.slots.reserve(more);
    this.#reserve(this.#leafCount + more - 1);
  }
  #reserve(wanted: number): void {
    const now = this.#bit.length;
    if (wanted <= now) return;
    const capacity = grown(now, wanted);
    const [nodes, children, bit, stale] = [this.#nodes, this.#children, this.#bit, this.#stale];
    this.#nodes = new Uint32Array(16 * capacity);
    this.#children = new Int32Array(2 * capacity);
    this.#bit = new Uint8Array(capacity);
    this.#stale = new Uint8Array(capacity);
    this.#nodes.set(nodes);
    this.#children.set(children);
    this.#bit.set(bit);
    this.#stale.set(stale);
  }

  /** The one leaf that an index may lead to, by the bits that branches look at. There must be a leaf. */
  #descend(high: number, low: number): number {
    let ref = this.#root;
    let length = 0;
    while (ref >= 0) {
      this.#path[length++] = ref;
      ref = this.#children[2 * ref + bitOf(high, low, this.#bit[ref])];
    }
    this.#pathLength = length;
    return ~ref;
  }

  /** The first slot of the leaf of the key at lanes[at..+8], or `NONE`. */
  leaf(lanes: Uint32Array, at: number): number {
    if (this.#leafCount === 0) return NONE;
    const [high, low] = [lanes[at + 7], lanes[at + 6]];
    const first = this.#descend(high, low);
    return this.slots.indexHigh(first) === high && this.slots.indexLow(first) === low ? first : NONE;
  }

  /** Sets the entry at lanes[at..+16], or removes it if its value is empty. */
  put(lanes: Uint32Array, at: number): void {
    const [high, low] = [lanes[at + 7], lanes[at + 6]];
    const removal = isRemoval(lanes, at);
    if (this.#leafCount === 0) {
      if (!removal) this.#link(0, high, low, this.#newLeaf(lanes, at));
      return;
    }
    const first = this.#descend(high, low);
    const bit = differingBit(high, low, this.slots.indexHigh(first), this.slots.indexLow(first));
    if (bit >= 0) {
      if (!removal) this.#split(bit, high, low, this.#newLeaf(lanes, at));
      return;
    }
    const slot = this.slots.find(first, lanes, at);
    if (slot === NONE ? removal : this.slots.hasValue(slot, lanes, at + 8)) return;
    const now = this.slots.put(first, lanes, at);
    if (now !== NONE) this.#link(this.#pathLength, high, low, ~now);
    else this.#unlink(high, low);
  }

  #newLeaf(lanes: Uint32Array, at: number): Ref {
    this.#leafCount++;
    return ~this.slots.put(NONE, lanes, at);
  }

  /** Puts `ref` below the first `depth` branches of the path, and marks the nodes above it. */
  #link(depth: number, high: number, low: number, ref: Ref): void {
    for (let i = 0; i < depth; i++) {
      const branch = this.#path[i];
      this.#stale[branch] |= 1 << bitOf(high, low, this.#bit[branch]);
    }
    this.#rootStale = true;
    if (depth === 0) this.#root = ref;
    else {
      const last = this.#path[depth - 1];
      this.#children[2 * last + bitOf(high, low, this.#bit[last])] = ref;
    }
  }

  /** A new branch at `bit`, with the new leaf on one side and what was there on the other. */
  #split(bit: number, high: number, low: number, leaf: Ref): void {
    let depth = 0;
    while (depth < this.#pathLength && this.#bit[this.#path[depth]] > bit) depth++;
    let below = this.#root;
    if (depth > 0) {
      const last = this.#path[depth - 1];
      below = this.#children[2 * last + bitOf(high, low, this.#bit[last])];
    }
    this.#reserve(this.#leafCount - 1);
    let branch = this.#free;
    if (branch === NONE) branch = this.#used++;
    else this.#free = this.#children[2 * branch];
    const side = bitOf(high, low, bit);
    this.#children[2 * branch + side] = leaf;
    this.#children[2 * branch + 1 - side] = below;
    this.#bit[branch] = bit;
    this.#stale[branch] = 3;
    this.#link(depth, high, low, branch);
  }

  /** Takes the leaf at the end of the path away, and the branch above it. */
  #unlink(high: number, low: number): void {
    this.#leafCount--;
    const depth = this.#pathLength - 1;
    if (depth < 0) return;
    const branch = this.#path[depth];
    const sibling = this.#children[2 * branch + 1 - bitOf(high, low, this.#bit[branch])];
    this.#link(depth, high, low, sibling);
    this.#children[2 * branch] = this.#free;
    this.#free = branch;
  }

  #refresh(): void {
    if (!this.#rootStale) return;
    this.#refreshBelow(this.#root);
    this.#nodeAt(this.#root, SMT_DEPTH, this.#rootHash, 0);
    this.#rootStale = false;
  }

  /** Hashes the stale nodes under `ref`. */
  #refreshBelow(ref: Ref): void {
    if (ref < 0 || this.#stale[ref] === 0) return;
    for (let side = 0; side < 2; side++) {
      if (!((this.#stale[ref] >> side) & 1)) continue;
      const child = this.#children[2 * ref + side];
      this.#refreshBelow(child);
      this.#nodeAt(child, this.#bit[ref], this.#nodes, 16 * ref + 8 * side);
    }
    this.#stale[ref] = 0;
  }

  /** Writes the hash of `ref` itself, under which nothing is stale, to out[at..+8]; returns its height. */
  #ownNode(ref: Ref, out: Uint32Array, at: number): number {
    if (ref < 0) {
      this.slots.hash(~ref, out, at);
      return 0;
    }
    mergeLanes(this.#nodes, 16 * ref, this.#nodes, 16 * ref + 8, out, at);
    return this.#bit[ref] + 1;
  }

  /** Writes the node at `height` over `ref`, which has no other branch in between, to out[at..+8]. */
  #nodeAt(ref: Ref, height: number, out: Uint32Array, at: number): void {
    const own = this.#ownNode(ref, out, at);
    if (own === height) return;
    const slot = this.#firstLeaf(ref);
    const [high, low] = [this.slots.indexHigh(slot), this.slots.indexLow(slot)];
    for (let h = own; h < height; h++) {
      if (bitOf(high, low, h)) mergeLanes(EMPTY_LANES, 8 * h, out, at, out, at);
      else mergeLanes(out, at, EMPTY_LANES, 8 * h, out, at);
    }
  }

  /** Any leaf under `ref`: all agree on the bits above it. */
  #firstLeaf(ref: Ref): number {
    let below = ref;
    while (below >= 0) below = this.#children[2 * below];
    return ~below;
  }

  /** The 64 siblings of the leaf of the key at lanes[at..+8], the lowest first. */
  path(lanes: Uint32Array, at: number): Word[] {
    const path = EMPTY_ROOTS.slice(0, SMT_DEPTH);
    if (this.#leafCount === 0) return path;
    this.#refresh();
    const [high, low] = [lanes[at + 7], lanes[at + 6]];
    const first = this.#descend(high, low);
    const bit = differingBit(high, low, this.slots.indexHigh(first), this.slots.indexLow(first));
    // Branches below that bit are not on the key's way, which ends in an empty subtree beside them.
    let beside = ~first;
    for (let i = 0; i < this.#pathLength; i++) {
      const branch = this.#path[i];
      if (this.#bit[branch] < bit) {
        beside = branch;
        break;
      }
      const side = bitOf(high, low, this.#bit[branch]);
      path[this.#bit[branch]] = lanesToWord(this.#nodes, 16 * branch + 8 * (1 - side));
    }
    if (bit >= 0) {
      const node = new Uint32Array(8);
      this.#nodeAt(beside, bit, node, 0);
      path[bit] = lanesToWord(node, 0);
    }
    return path;
  }

  /** First slots of the leaves, in increasing order of leaf index. */
  *leaves(): Generator<number> {
    if (this.#leafCount === 0) return;
    const todo = [this.#root];
    for (let ref = todo.pop(); ref !== undefined; ref = todo.pop()) {
      if (ref < 0) yield ~ref;
      else todo.push(this.#children[2 * ref + 1], this.#children[2 * ref]);
    }
  }

  /** Every node above the leaves that is not empty, with its children. */
  *innerNodes(): Generator<readonly [node: Word, left: Word, right: Word]> {
    if (this.#leafCount === 0) return;
    this.#refresh();
    const own = new Uint32Array(8);
    const todo: [ref: Ref, height: number][] = [[this.#root, SMT_DEPTH]];
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const [ref, height] = next;
      const slot = this.#firstLeaf(ref);
      const [high, low] = [this.slots.indexHigh(slot), this.slots.indexLow(slot)];
      let from = this.#ownNode(ref, own, 0);
      let node = lanesToWord(own, 0);
      if (ref >= 0) {
        yield [node, lanesToWord(this.#nodes, 16 * ref), lanesToWord(this.#nodes, 16 * ref + 8)];
        const bit = this.#bit[ref];
        todo.push([this.#children[2 * ref], bit], [this.#children[2 * ref + 1], bit]);
      }
      for (; from < height; from++) {
        const below = node;
        const empty = EMPTY_ROOTS[from];
        const pair = bitOf(high, low, from) ? ([empty, below] as const) : ([below, empty] as const);
        node = merge(...pair);
        yield [node, ...pair];
      }
    }
  }
}
