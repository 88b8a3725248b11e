import { ByteReader, ByteWriter } from '../bytes.ts';
import { merge } from '../hash/eidos.ts';
import { type Word, wordsEqual } from '../hash/word.ts';
import { MerkleError } from './errors.ts';
import { hashPeaks, locate, MAX_LEAVES, treeHeights } from './mmr-shape.ts';
import { type MerklePath, verifyPath } from './path.ts';

/** A leaf's path to its peak in a range of `leaves`. */
export interface MmrProof {
  readonly leaves: number;
  readonly position: number;
  readonly leaf: Word;
  readonly path: MerklePath;
}

/** What brings a range of `from` leaves to `to`: right-hand siblings of the merges, then the new peaks. */
export interface MmrDelta {
  readonly from: number;
  readonly to: number;
  readonly data: readonly Word[];
}

/**
 * Whether `proof` opens to these peaks. Tree, peak and place are derived from the verifier's own leaf count, never from
 * the proof's, and the path must have exactly the tree's height, so that no inner node passes for a leaf.
 */
export function verifyMmr(leaves: number, peaks: readonly Word[], proof: MmrProof): boolean {
  if (proof.leaves !== leaves || proof.position < 0 || proof.position >= leaves) return false;
  const { peak, height, relative } = locate(leaves, proof.position);
  return proof.path.length === height && verifyPath(peaks[peak], proof.leaf, BigInt(relative), proof.path);
}

/** Where a mountain range keeps its nodes: node i of a height covers leaves i * 2^height on. Written once each. */
export interface MmrNodes {
  get(height: number, i: number): Word;
  put(height: number, i: number, node: Word): void;
}

class NodesInMemory implements MmrNodes {
  readonly #levels: Word[][] = [];

  get(height: number, i: number): Word {
    return this.#levels[height][i];
  }
  put(height: number, i: number, node: Word): void {
    if (this.#levels.length === height) this.#levels.push([]);
    this.#levels[height][i] = node;
  }
}

/** A Merkle mountain range with all its nodes: append-only, proofs against any earlier size. */
export class Mmr {
  readonly #nodes: MmrNodes;
  #leaves: number;

  /** The range whose `leaves` leaves, and all nodes over them, are in `nodes`. */
  constructor(nodes: MmrNodes = new NodesInMemory(), leaves = 0) {
    this.#nodes = nodes;
    this.#leaves = leaves;
  }

  static of(leaves: Iterable<Word>): Mmr {
    const mmr = new Mmr();
    for (const leaf of leaves) mmr.add(leaf);
    return mmr;
  }

  get leaves(): number {
    return this.#leaves;
  }

  add(leaf: Word): void {
    let node = leaf;
    this.#nodes.put(0, this.#leaves, leaf);
    for (let height = 0, i = this.#leaves; i % 2 === 1; height++, i = (i - 1) / 2) {
      node = merge(this.#nodes.get(height, i - 1), node);
      this.#nodes.put(height + 1, (i - 1) / 2, node);
    }
    this.#leaves++;
  }

  get(position: number): Word {
    locate(this.leaves, position);
    return this.#nodes.get(0, position);
  }

  #checkSize(leaves: number): void {
    if (!Number.isInteger(leaves) || leaves < 0 || leaves > this.leaves) {
      throw new MerkleError('merkle-index', `This range never had ${leaves} leaves; it has ${this.leaves}.`);
    }
  }

  /** Peaks, largest tree first, now or when the range had `leaves` leaves. */
  peaks(leaves = this.leaves): Word[] {
    this.#checkSize(leaves);
    let start = 0;
    return treeHeights(leaves).map((height) => {
      const peak = this.#nodes.get(height, start / 2 ** height);
      start += 2 ** height;
      return peak;
    });
  }

  commitment(leaves = this.leaves): Word {
    return hashPeaks(leaves, this.peaks(leaves));
  }

  /** Proof for a leaf against the range of `leaves` leaves. */
  open(position: number, leaves = this.leaves): MmrProof {
    this.#checkSize(leaves);
    const { height } = locate(leaves, position);
    const path = Array.from({ length: height }, (_, h) => {
      const i = Math.floor(position / 2 ** h);
      return this.#nodes.get(h, i % 2 === 0 ? i + 1 : i - 1);
    });
    return { leaves, position, leaf: this.#nodes.get(0, position), path };
  }

  /** What a holder of the peaks at `from` needs to reach `to`. */
  delta(from: number, to = this.leaves): MmrDelta {
    this.#checkSize(to);
    if (!Number.isInteger(from) || from < 0 || from > to) {
      throw new MerkleError('merkle-index', `A range of ${to} leaves does not continue one of ${from}.`);
    }
    const data: Word[] = [];
    const { mergedHeight, startHeight } = mergePlan(from, to);
    if (mergedHeight !== undefined) {
      let i = Math.floor(from / 2 ** startHeight) - 1;
      for (let h = startHeight; h < mergedHeight; h++) {
        if (i % 2 === 0) data.push(this.#nodes.get(h, i + 1));
        i = Math.floor(i / 2);
      }
    }
    const peaks = this.peaks(to);
    data.push(...peaks.slice(peaks.length - newPeakCount(from, to)));
    return { from, to, data };
  }

  *innerNodes(): Generator<readonly [node: Word, left: Word, right: Word]> {
    for (let h = 1; 2 ** h <= this.#leaves; h++) {
      for (let i = 0; (i + 1) * 2 ** h <= this.#leaves; i++)
        yield [this.#nodes.get(h, i), this.#nodes.get(h - 1, 2 * i), this.#nodes.get(h - 1, 2 * i + 1)];
    }
  }

  /** Official bytes: leaf count, then all nodes in post-order. */
  toBytes(): Uint8Array {
    const nodes: Word[] = [];
    for (let leaf = 0; leaf < this.leaves; leaf++) {
      nodes.push(this.#nodes.get(0, leaf));
      for (let h = 1, i = leaf; i % 2 === 1; h++) {
        i = (i - 1) / 2;
        nodes.push(this.#nodes.get(h, i));
      }
    }
    const out = new ByteWriter().vint(this.leaves).vint(nodes.length);
    for (const node of nodes) out.word(node);
    return out.finish();
  }

  /** Reads official bytes and recomputes every inner node. Throws `FormatError`. */
  static fromBytes(bytes: Uint8Array): Mmr {
    const r = new ByteReader(bytes, 'Merkle mountain range');
    const leaves = r.count(32, MAX_LEAVES);
    const count = r.count(32);
    if (count !== nodeCount(leaves)) r.fail(`${leaves} leaves do not make ${count} nodes`);
    const mmr = new Mmr();
    for (let leaf = 0; leaf < leaves; leaf++) {
      mmr.add(r.word());
      for (let h = 1, i = leaf; i % 2 === 1; h++) {
        i = (i - 1) / 2;
        if (!wordsEqual(r.word(), mmr.#nodes.get(h, i))) r.fail('a node is not the hash of its children');
      }
    }
    r.end();
    return mmr;
  }
}

const nodeCount = (leaves: number): number => treeHeights(leaves).reduce((n, h) => n + 2 ** (h + 1) - 1, 0);

/** The highest bit in which two counts differ: the largest tree that the later range has and the earlier had not. */
function highestNewTree(from: number, to: number): number {
  const [a, b] = [new Set(treeHeights(from)), treeHeights(to)];
  return b.find((h) => !a.has(h)) ?? -1;
}

/**
 * From `from` to `to` > `from` leaves: trees of `from` below the largest new tree merge into it, starting with the
 * smallest. `mergedHeight` is undefined when nothing merges.
 */
export function mergePlan(from: number, to: number): { mergedHeight?: number; startHeight: number } {
  const high = from === to ? -1 : highestNewTree(from, to);
  const merging = treeHeights(from).filter((h) => h < high);
  return merging.length === 0
    ? { startHeight: 0 }
    : { mergedHeight: high, startHeight: merging[merging.length - 1] };
}

/** Peaks of `to` that stand in a delta as they are. */
export function newPeakCount(from: number, to: number): number {
  if (from === to) return 0;
  const high = highestNewTree(from, to);
  const { mergedHeight } = mergePlan(from, to);
  return treeHeights(to).filter((h) => (mergedHeight === undefined ? h <= high : h < high)).length;
}
