import { Domain } from '../../hash/domains.ts';
import { initLanes } from '../../hash/eidos.ts';
import type { Digest } from '../backend.ts';
import { missingSiblings, reverseBits } from '../order.ts';
import type { ProofHash } from '../profile.ts';
import { alignedWidth } from '../shape.ts';
import type { Pool, RunOptions, Task } from './pool.ts';

export const DIGEST_BYTES = 32;
const TILE = 128;
/** log2 of the layer from which on one job hashes the rest. */
const LOG_SMALL = 8;
/** Layers hashed between two meetings of all threads, and nodes of the last of them that a job makes, at least four. */
const LAYERS = 3;
const NODES_PER_JOB = 128;
/** `leafAbsorb`: one state for all rows. */
export const SAME_STATE = 31;

export const hashNumber = (hash: ProofHash): number => (hash === 'eidos' ? 0 : 1);

/** Bytes of a tree with its leaf digests: what {@link CommittedTree.overLeaves} needs. */
export const treeBytes = (logLeaves: number): number => DIGEST_BYTES * 2 ** (logLeaves + 1) + 128;

/**
 * The states that leaves begin with, for rows of these widths: one record of 32 bytes, at an address the caller gives.
 */
export function openStates(pool: Pool, address: number, hash: ProofHash, widths: readonly number[]): void {
  const lanes = new Uint32Array(8);
  if (hash === 'eidos') {
    initLanes(
      lanes,
      0,
      Domain.LMCS_LEAF,
      widths.reduce((sum, w) => sum + alignedWidth(w, hash), 0),
    );
  }
  pool.words32(address, 8).set(lanes);
}

/** Absorbs `rows` rows of columns that stand `stride` bytes apart; see the kernel for the states. */
export const absorbTask = (
  hash: ProofHash,
  columns: { address: number; stride: number; width: number; rows: number },
  before: { address: number; shift: number },
  after: number,
): Task => ({
  kernel: 'leafAbsorb',
  params: [
    columns.address,
    columns.stride,
    columns.width,
    columns.rows,
    before.address,
    before.shift,
    after,
    hashNumber(hash),
  ],
  jobs: Math.ceil(columns.rows / TILE),
});

/**
 * A Merkle tree in kernel memory. Layer k (0: leaves) stands where layer k - 1 ends; node q of a layer of 2^b nodes in
 * storage order is node rev(q) of the tree.
 */
export class CommittedTree {
  readonly logLeaves: number;
  readonly #pool: Pool;
  readonly #address: number;

  private constructor(pool: Pool, address: number, logLeaves: number) {
    this.#pool = pool;
    this.#address = address;
    this.logLeaves = logLeaves;
  }

  /** Builds the layers over 2^logLeaves digests at `address`, which has room for {@link treeBytes}. */
  static async overLeaves(
    pool: Pool,
    hash: ProofHash,
    address: number,
    logLeaves: number,
    options: RunOptions,
  ): Promise<CommittedTree> {
    const tree = new CommittedTree(pool, address, logLeaves);
    for (let level = 0; level < logLeaves; ) {
      const layers = logLeaves - level <= LOG_SMALL + 1 ? logLeaves - level : LAYERS;
      const logTop = logLeaves - level - layers;
      const perJob = Math.min(2 ** logTop, NODES_PER_JOB);
      const params = [tree.#layer(level), logTop, layers, perJob, hashNumber(hash)];
      await pool.run([{ kernel: 'treeNodes', params, jobs: 2 ** logTop / perJob }], options);
      level += layers;
    }
    return tree;
  }

  #layer(level: number): number {
    return this.#address + DIGEST_BYTES * (2 ** (this.logLeaves + 1) - 2 ** (this.logLeaves + 1 - level));
  }

  #digest(level: number, index: number): Digest {
    const stored = reverseBits(index, this.logLeaves - level);
    return this.#pool.bytes(this.#layer(level) + DIGEST_BYTES * stored, DIGEST_BYTES).slice();
  }

  root(): Digest {
    return this.#digest(this.logLeaves, 0);
  }

  /** What a verifier lacks to get from the leaves `indices` (unique, ascending) to the root. */
  siblings(indices: readonly number[]): Digest[] {
    return missingSiblings(indices, this.logLeaves).map(({ level, index }) => this.#digest(level, index));
  }
}
