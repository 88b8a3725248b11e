import { ByteReader, ByteWriter } from '../bytes.ts';
import { merge } from '../hash/eidos.ts';
import { type Word, wordsEqual } from '../hash/word.ts';
import { MerkleError } from './errors.ts';
import { type MmrDelta, type MmrProof, mergePlan, newPeakCount, verifyMmr } from './mmr.ts';
import { hashPeaks, inOrderIndex, locate, MAX_LEAVES, treeHeights } from './mmr-shape.ts';

const MAGIC = 'PART_MMR';
const VERSION = 1;
const TRACKED_MARKER = 0xff;

/**
 * A mountain range reduced to its peaks and the paths of a few tracked leaves, kept up to date as it grows: what a
 * client holds. Nodes are kept by in-order index, which no later merge changes.
 */
export class PartialMmr {
  #leaves: number;
  #peaks: Word[];
  readonly #nodes = new Map<number, Word>();
  readonly #tracked = new Set<number>();

  constructor(leaves = 0, peaks: readonly Word[] = []) {
    if (peaks.length !== treeHeights(leaves).length) {
      throw new MerkleError(
        'merkle-inconsistent',
        `A range of ${leaves} leaves does not have ${peaks.length} peaks.`,
      );
    }
    this.#leaves = leaves;
    this.#peaks = [...peaks];
  }

  get leaves(): number {
    return this.#leaves;
  }
  get peaks(): readonly Word[] {
    return this.#peaks;
  }
  get commitment(): Word {
    return hashPeaks(this.#leaves, this.#peaks);
  }
  get tracked(): readonly number[] {
    return [...this.#tracked].sort((a, b) => a - b);
  }

  /** Whether the subtree of node (height, i) holds something a tracked leaf needs. */
  #needed(height: number, i: number): boolean {
    return height === 0
      ? this.#tracked.has(i)
      : this.#nodes.has(inOrderIndex(height - 1, 2 * i)) ||
          this.#nodes.has(inOrderIndex(height - 1, 2 * i + 1));
  }

  /** Merges (height, i) with its sibling, keeping either side where the other needs it. */
  #mergeUp(height: number, i: number, node: Word, sibling: Word): Word {
    if (this.#needed(height, i)) this.#nodes.set(inOrderIndex(height, i ^ 1), sibling);
    if (this.#needed(height, i ^ 1)) this.#nodes.set(inOrderIndex(height, i), node);
    return i % 2 === 1 ? merge(sibling, node) : merge(node, sibling);
  }

  /** Appends a leaf, tracking it if asked to. */
  add(leaf: Word, track = false): void {
    const position = this.#leaves++;
    if (track) {
      this.#tracked.add(position);
      this.#nodes.set(inOrderIndex(0, position), leaf);
    }
    let node = leaf;
    for (let h = 0, i = position; i % 2 === 1; h++, i = (i - 1) / 2)
      node = this.#mergeUp(h, i, node, this.#peaks.pop()!);
    this.#peaks.push(node);
  }

  /** Starts tracking a leaf whose proof is for the current size. Throws `merkle-path-mismatch` if it does not verify. */
  track(proof: MmrProof): void {
    if (!verifyMmr(this.#leaves, this.#peaks, proof)) {
      throw new MerkleError(
        'merkle-path-mismatch',
        `The proof of leaf ${proof.position} does not belong to this range.`,
      );
    }
    this.#remember(proof);
  }

  #remember(proof: MmrProof): void {
    this.#tracked.add(proof.position);
    this.#nodes.set(inOrderIndex(0, proof.position), proof.leaf);
    proof.path.forEach((sibling, h) => {
      this.#nodes.set(inOrderIndex(h, Math.floor(proof.position / 2 ** h) ^ 1), sibling);
    });
  }

  /** Stops tracking a leaf and drops what no other leaf needs. */
  untrack(position: number): void {
    if (!this.#tracked.delete(position)) return;
    const kept = this.tracked.map((p) => this.open(p)!);
    this.#nodes.clear();
    for (const proof of kept) this.#remember(proof);
  }

  /** The current proof of a tracked leaf, `undefined` for others. */
  open(position: number): MmrProof | undefined {
    if (!this.#tracked.has(position)) return undefined;
    const { height } = locate(this.#leaves, position);
    const path = Array.from(
      { length: height },
      (_, h) => this.#nodes.get(inOrderIndex(h, Math.floor(position / 2 ** h) ^ 1))!,
    );
    return { leaves: this.#leaves, position, leaf: this.#nodes.get(inOrderIndex(0, position))!, path };
  }

  /** Grows to `delta.to` leaves. Throws `merkle-inconsistent` and changes nothing if the delta does not fit. */
  apply(delta: MmrDelta): void {
    const { from, to, data } = delta;
    if (from !== this.#leaves || to < from || to > MAX_LEAVES) {
      throw new MerkleError(
        'merkle-inconsistent',
        `An update from ${from} to ${to} leaves does not fit a range of ${this.#leaves}.`,
      );
    }
    const { mergedHeight, startHeight } = mergePlan(from, to);
    const start = Math.floor(from / 2 ** startHeight) - 1;
    let siblings = 0;
    for (let h = startHeight, i = start; h < (mergedHeight ?? 0); h++, i = Math.floor(i / 2))
      if (i % 2 === 0) siblings++;
    if (data.length !== siblings + newPeakCount(from, to)) {
      throw new MerkleError(
        'merkle-inconsistent',
        `An update from ${from} to ${to} leaves does not have ${data.length} nodes.`,
      );
    }
    let next = 0;
    if (mergedHeight !== undefined) {
      let node = this.#peaks.pop()!;
      for (let h = startHeight, i = start; h < mergedHeight; h++, i = Math.floor(i / 2)) {
        node = this.#mergeUp(h, i, node, i % 2 === 1 ? this.#peaks.pop()! : data[next++]);
      }
      this.#peaks.push(node);
    }
    this.#peaks.push(...data.slice(next));
    this.#leaves = to;
  }

  toBytes(): Uint8Array {
    const out = new ByteWriter().bytes(new TextEncoder().encode(MAGIC)).u8(VERSION);
    out.vint(this.#leaves).vint(this.#peaks.length);
    for (const peak of this.#peaks) out.word(peak);
    out.vint(this.#nodes.size);
    for (const [index, node] of [...this.#nodes].sort((a, b) => a[0] - b[0])) out.vint(index).word(node);
    out.u8(TRACKED_MARKER).vint(this.#tracked.size);
    for (const position of this.tracked) out.vint(position);
    return out.finish();
  }

  /** Throws `FormatError`. Every tracked leaf's path is checked against the peaks. */
  static fromBytes(bytes: Uint8Array): PartialMmr {
    const r = new ByteReader(bytes, 'partial mountain range');
    if (r.remaining < MAGIC.length || r.utf8(MAGIC.length) !== MAGIC) r.fail('it does not begin like one');
    const version = r.u8();
    if (version !== VERSION) r.fail(`version ${version} is unknown`);
    const leaves = Number(r.vint());
    if (leaves > MAX_LEAVES) r.fail(`${leaves} leaves are too many`);
    const peaks = Array.from({ length: r.count(32) }, () => r.word());
    if (peaks.length !== treeHeights(leaves).length)
      r.fail(`${leaves} leaves do not make ${peaks.length} peaks`);
    const nodes = new Map<number, Word>();
    for (let n = r.count(33); n > 0; n--) {
      const index = Number(r.vint());
      if (index === 0 || index > 2 * leaves) r.fail(`there is no node ${index}`);
      if (nodes.has(index)) r.fail(`node ${index} is there twice`);
      nodes.set(index, r.word());
    }
    if (r.u8() !== TRACKED_MARKER) r.fail('the mark before the tracked leaves is missing');
    const range = new PartialMmr(leaves, peaks);
    for (let n = r.count(1); n > 0; n--) {
      const position = Number(r.vint());
      if (position >= leaves) r.fail(`there is no leaf ${position}`);
      if (range.#tracked.has(position)) r.fail(`leaf ${position} is tracked twice`);
      const { height } = locate(leaves, position);
      const node = (h: number, i: number): Word =>
        nodes.get(inOrderIndex(h, i)) ?? r.fail(`the path of leaf ${position} is incomplete`);
      const path = Array.from({ length: height }, (_, h) => node(h, Math.floor(position / 2 ** h) ^ 1));
      const proof = { leaves, position, leaf: node(0, position), path };
      if (!verifyMmr(leaves, peaks, proof)) r.fail(`the path of leaf ${position} does not lead to its peak`);
      range.#remember(proof);
    }
    if (range.#nodes.size !== nodes.size) r.fail('it holds nodes that no tracked leaf needs');
    for (const [index, node] of range.#nodes)
      if (!wordsEqual(nodes.get(index)!, node)) r.fail('two paths disagree');
    r.end();
    return range;
  }
}
