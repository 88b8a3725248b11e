import type * as F from '../../field/felt.ts';
import type { Digest, TreeOpening } from '../backend.ts';
import { ldePoint } from '../domain.ts';
import { reverseBits, treeIndices } from '../order.ts';
import type { ProofHash } from '../profile.ts';
import { salts } from '../randomness/stream.ts';
import { alignedWidth } from '../shape.ts';
import type { Committed } from './commit.ts';
import { evaluateBaseColumns } from './deep.ts';
import { type Codeword, FRI_WIDTH } from './fri.ts';
import type { Matrix } from './matrix.ts';
import type { Pool, RunOptions } from './pool.ts';
import type { CommittedTree } from './tree.ts';

/** Opens a tree at the leaves that queries of the largest domain come to. */
export async function openMatrices(
  pool: Pool,
  hash: ProofHash,
  { tree, matrices, salts: stream }: Committed,
  indices: readonly number[],
  options: RunOptions,
): Promise<TreeOpening> {
  const leaves = treeIndices(indices, tree.logLeaves);
  const rows: F.Felt[][] = leaves.map(() => []);
  for (const matrix of matrices) {
    const opened = await openRows(pool, matrix, leaves, options);
    const padding = new Array<F.Felt>(alignedWidth(matrix.width, hash) - matrix.width).fill(0n);
    opened.forEach((row, i) => {
      rows[i].push(...row, ...padding);
    });
  }
  if (stream) {
    leaves.forEach((leaf, i) => {
      rows[i].push(...salts(stream, leaf, 1));
    });
  }
  return { rows, siblings: tree.siblings(leaves) };
}

/** Rows of a matrix at the leaves of its tree: read where the block is kept, else evaluated from coefficients. */
async function openRows(
  pool: Pool,
  matrix: Matrix,
  leaves: readonly number[],
  options: RunOptions,
): Promise<F.Felt[][]> {
  const { width, height, logHeight, logBlowup } = matrix;
  const log = logHeight + logBlowup;
  const rows = new Array<F.Felt[]>(leaves.length);
  const missing: { readonly i: number; readonly index: number }[] = [];
  leaves.forEach((leaf, i) => {
    const index = leaf % 2 ** log;
    const position = reverseBits(index, log);
    const k = Math.floor(position / height);
    if (matrix.keeps(k)) {
      const block = matrix.block(k).address;
      const cell = (c: number) => pool.words(block + 8 * (c * height + (position % height)), 1)[0];
      rows[i] = Array.from({ length: width }, (_, c) => cell(c));
    } else missing.push({ i, index });
  });
  const points = missing.map(({ index }) => ldePoint(log, index));
  const values = await evaluateBaseColumns(pool, matrix, points, options);
  missing.forEach(({ i }, j) => {
    rows[i] = values[j];
  });
  return rows;
}

/** Opens the tree of a codeword. */
export function openCodeword(
  pool: Pool,
  codeword: Codeword,
  tree: CommittedTree,
  indices: readonly number[],
): { readonly rows: F.Felt[][]; readonly siblings: Digest[] } {
  const leaves = treeIndices(indices, tree.logLeaves);
  const height = 2 ** tree.logLeaves;
  const words = pool.words(codeword.address, FRI_WIDTH * height);
  const row = (leaf: number) => {
    const r = reverseBits(leaf, tree.logLeaves);
    return Array.from({ length: FRI_WIDTH }, (_, c) => words[c * height + r]);
  };
  return { rows: leaves.map(row), siblings: tree.siblings(leaves) };
}
