import type { ProofHash } from '../profile.ts';
import { SALT_WIDTH, type Stream } from '../randomness/stream.ts';
import type { Matrix } from './matrix.ts';
import type { Pool, RunOptions, Task } from './pool.ts';
import { LoadedStream } from './randomness.ts';
import type { Tables } from './tables.ts';
import { absorbTask, CommittedTree, DIGEST_BYTES, openStates, SAME_STATE, treeBytes } from './tree.ts';

/** A tree with the matrices in its leaves. */
export interface Committed {
  readonly tree: CommittedTree;
  readonly matrices: readonly Matrix[];
  /** The stream of the salts that end its leaves, if they have any. */
  readonly salts?: Stream | undefined;
}

/** Bytes of memory that {@link commit} builds a tree in. */
export const commitBytes = (logLeaves: number): number => treeBytes(logLeaves);

/**
 * Extends matrices of ascending height from their coefficients and hashes their rows into a tree at `address`. Blocks
 * that are kept are extended at once; others one by one through their window, leaf states growing as they pass. `salts`
 * end the leaves where there are any.
 */
export async function commit(
  pool: Pool,
  tables: Tables,
  hash: ProofHash,
  matrices: readonly Matrix[],
  address: number,
  salts: Stream | undefined,
  options: RunOptions,
): Promise<Committed> {
  const logLeaves = Math.max(...matrices.map((m) => m.logHeight + m.logBlowup));
  // States of shorter matrices use the room of the inner layers, which come later, in two halves by turns.
  const parked = [address + DIGEST_BYTES * 2 ** logLeaves, address + DIGEST_BYTES * 1.5 * 2 ** logLeaves];
  openStates(pool, parked[0], hash, [...matrices.map((m) => m.width), ...(salts ? [SALT_WIDTH] : [])]);
  await pool.run(
    matrices.flatMap((m) => blockNumbers(m, true).map((k) => m.extend(tables, k))),
    part(options, 0, 0.6),
  );
  let before = { address: parked[0], logRows: -1 };
  for (const [i, matrix] of matrices.entries()) {
    const logRows = matrix.logHeight + matrix.logBlowup;
    const after = logRows === logLeaves ? address : before.address === parked[0] ? parked[1] : parked[0];
    const shift = before.logRows < 0 ? SAME_STATE : logRows - before.logRows;
    const absorb = (k: number): Task => {
      const first = k * matrix.height;
      const states = before.address + DIGEST_BYTES * (shift === SAME_STATE ? 0 : first / 2 ** shift);
      return absorbTask(
        hash,
        { ...matrix.block(k), width: matrix.width, rows: matrix.height },
        { address: states, shift },
        after + DIGEST_BYTES * first,
      );
    };
    const progress = part(
      options,
      0.6 + (0.3 * i) / matrices.length,
      0.6 + (0.3 * (i + 1)) / matrices.length,
    );
    await pool.run(blockNumbers(matrix, true).map(absorb), progress);
    for (const k of blockNumbers(matrix, false)) {
      await pool.run([matrix.extend(tables, k)], progress);
      await pool.run([absorb(k)], progress);
    }
    before = { address: after, logRows };
  }
  if (salts) await absorbSalts(pool, hash, salts, address, logLeaves, part(options, 0.9, 0.92));
  const tree = await CommittedTree.overLeaves(pool, hash, address, logLeaves, part(options, 0.92, 1));
  return { tree, matrices, salts };
}

/** Absorbs a tree's salts as the last row of its leaves. */
async function absorbSalts(
  pool: Pool,
  hash: ProofHash,
  salts: Stream,
  address: number,
  logLeaves: number,
  options: RunOptions,
): Promise<void> {
  const mark = pool.mark();
  const stream = new LoadedStream(pool, salts);
  try {
    await pool.run([stream.salts(hash, address, logLeaves)], options);
  } finally {
    stream.close();
    pool.release(mark);
  }
}

/** The blocks that are kept, or those that are not. */
const blockNumbers = (matrix: Matrix, kept: boolean): number[] =>
  Array.from({ length: matrix.blocks }, (_, k) => k).filter((k) => matrix.keeps(k) === kept);

/** The same options, with progress mapped to a part of the whole. */
export function part(options: RunOptions, from: number, to: number): RunOptions {
  const { signal, onProgress } = options;
  return { signal, onProgress: onProgress && ((fraction) => onProgress(from + (to - from) * fraction)) };
}
