import { merge } from '../hash/eidos.ts';
import type { Word } from '../hash/word.ts';
import { MerkleError } from './errors.ts';
import type { MerklePath } from './path.ts';

/** A complete binary tree over 2^depth leaves, 1 <= depth, all nodes in memory. */
export class MerkleTree {
  /** levels[0] are the leaves, the last level is the root alone. */
  readonly #levels: Word[][];

  constructor(leaves: readonly Word[]) {
    if (leaves.length < 2 || (leaves.length & (leaves.length - 1)) !== 0) {
      throw new MerkleError(
        'merkle-shape',
        `A Merkle tree needs a power of two of leaves, at least 2, not ${leaves.length}.`,
      );
    }
    this.#levels = [[...leaves]];
    for (let below = this.#levels[0]; below.length > 1; ) {
      const level: Word[] = [];
      for (let i = 0; i < below.length; i += 2) level.push(merge(below[i], below[i + 1]));
      this.#levels.push(level);
      below = level;
    }
  }

  get depth(): number {
    return this.#levels.length - 1;
  }
  get root(): Word {
    return this.#levels[this.depth][0];
  }
  get leaves(): readonly Word[] {
    return this.#levels[0];
  }

  #check(index: number): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.leaves.length) {
      throw new MerkleError('merkle-index', `There is no leaf ${index} in a tree of ${this.leaves.length}.`);
    }
  }

  path(index: number): MerklePath {
    this.#check(index);
    return this.#levels.slice(0, -1).map((level, h) => level[(index >> h) ^ 1]);
  }

  update(index: number, leaf: Word): void {
    this.#check(index);
    this.#levels[0][index] = leaf;
    for (let h = 1, i = index >> 1; h < this.#levels.length; h++, i >>= 1) {
      this.#levels[h][i] = merge(this.#levels[h - 1][2 * i], this.#levels[h - 1][2 * i + 1]);
    }
  }

  /** Every inner node with its children, for a {@link MerkleStore}. */
  *innerNodes(): Generator<readonly [node: Word, left: Word, right: Word]> {
    for (let h = 1; h < this.#levels.length; h++) {
      for (const [i, node] of this.#levels[h].entries()) {
        yield [node, this.#levels[h - 1][2 * i], this.#levels[h - 1][2 * i + 1]];
      }
    }
  }
}
