import type { Digest } from '../backend.ts';
import { missingSiblings } from '../order.ts';
import type { LeafHasher } from './hasher.ts';

/** Columns of equal height, one after the other, in domain order: cell (row r, column c) is `data[c * height + r]`. */
export interface Columns {
  readonly width: number;
  readonly logHeight: number;
  readonly data: BigUint64Array;
}

/** Random elements that end the leaves: `row(leaf)` is that of a leaf, `width` of them. */
export interface Salt {
  readonly width: number;
  row(leaf: number): BigUint64Array;
}

/** Lanes of digests between two pauses. */
const PAUSE_LANES = 8 * 4096;

/** The eight lanes at `at` as 32 bytes. */
export const lanesToDigest = (lanes: Uint32Array, at: number): Digest =>
  new Uint8Array(lanes.slice(at, at + 8).buffer);

/**
 * A Merkle tree whose leaf i commits to row i of several matrices of ascending height; a matrix shorter than the tree
 * is lifted: it gives row i mod its height. A salt, if there is one, is absorbed last, as one more row.
 */
export class LiftedTree {
  readonly #levels: readonly Uint32Array[];

  private constructor(levels: readonly Uint32Array[]) {
    this.#levels = levels;
  }

  /** Hashes 2^(log + 5) bytes of leaves and as many of nodes; calls `pause` now and then, for long work. */
  static async build(
    hasher: LeafHasher,
    matrices: readonly Columns[],
    pause: () => Promise<void> = async () => {},
    salt?: Salt,
  ): Promise<LiftedTree> {
    const levels: Uint32Array[] = [await leafStates(hasher, matrices, pause, salt)];
    for (let level = levels[0]; level.length > 8; ) {
      const next = new Uint32Array(level.length / 2);
      for (let at = 0; at < next.length; at += 8) {
        hasher.merge(level, 2 * at, next, at);
        if (at % PAUSE_LANES === 0) await pause();
      }
      levels.push(next);
      level = next;
    }
    return new LiftedTree(levels);
  }

  get logLeaves(): number {
    return this.#levels.length - 1;
  }

  get byteLength(): number {
    return this.#levels.reduce((sum, level) => sum + level.byteLength, 0);
  }

  root(): Digest {
    return lanesToDigest(this.#levels[this.logLeaves], 0);
  }

  /** What a verifier lacks to get from the leaves `indices` (unique, ascending) to the root. */
  siblings(indices: readonly number[]): Digest[] {
    return missingSiblings(indices, this.logLeaves).map(({ level, index }) =>
      lanesToDigest(this.#levels[level], 8 * index),
    );
  }
}

/** States after the short matrices are shared: they are hashed once per distinct row, then repeated. */
async function leafStates(
  hasher: LeafHasher,
  matrices: readonly Columns[],
  pause: () => Promise<void>,
  salt: Salt | undefined,
): Promise<Uint32Array> {
  let states: Uint32Array = new Uint32Array(8);
  const widths = matrices.map((m) => m.width);
  hasher.open(salt ? [...widths, salt.width] : widths, states);
  for (const { width, logHeight, data } of matrices) {
    const height = 2 ** logHeight;
    states = repeat(states, 8 * height);
    const lanes = new Uint32Array(data.buffer, data.byteOffset, 2 * data.length);
    const row = new Uint32Array(2 * width);
    for (let r = 0; r < height; r++) {
      for (let c = 0; c < width; c++) {
        const cell = 2 * (c * height + r);
        row[2 * c] = lanes[cell];
        row[2 * c + 1] = lanes[cell + 1];
      }
      hasher.absorb(states, 8 * r, row, 0, width);
      if ((8 * r) % PAUSE_LANES === 0) await pause();
    }
  }
  if (!salt) return states;
  for (let at = 0; at < states.length; at += 8) {
    const row = salt.row(at / 8);
    hasher.absorb(states, at, new Uint32Array(row.buffer, row.byteOffset, 2 * salt.width), 0, salt.width);
    if (at % PAUSE_LANES === 0) await pause();
  }
  return states;
}

function repeat(states: Uint32Array, length: number): Uint32Array {
  const longer = new Uint32Array(length);
  for (let at = 0; at < length; at += states.length) longer.set(states, at);
  return longer;
}
