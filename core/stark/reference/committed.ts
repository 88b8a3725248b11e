import type { Felt } from '../../field/felt.ts';
import type { TreeOpening } from '../backend.ts';
import type { Columns, LiftedTree, Salt } from '../lmcs/tree.ts';
import { treeIndices } from '../order.ts';
import type { ProofHash } from '../profile.ts';
import { alignedWidth } from '../shape.ts';
import type { Extended } from './extension.ts';

/** A committed tree with what is in its leaves. */
export interface Committed {
  readonly tree: LiftedTree;
  readonly matrices: readonly Extended[];
  readonly salt?: Salt;
}

/** Rows, salts and siblings of a tree over `matrices` at queried `indices`. */
export function openLeaves(
  { tree, salt }: Pick<Committed, 'tree' | 'salt'>,
  matrices: readonly Columns[],
  indices: readonly number[],
  hash: ProofHash,
): TreeOpening {
  const leaves = treeIndices(indices, tree.logLeaves);
  const rows = leaves.map((leaf) => [
    ...matrices.flatMap(({ width, logHeight, data }) => {
      const height = 2 ** logHeight;
      const row = new Array<Felt>(alignedWidth(width, hash)).fill(0n);
      for (let c = 0; c < width; c++) row[c] = data[c * height + (leaf & (height - 1))];
      return row;
    }),
    ...(salt?.row(leaf) ?? []),
  ]);
  return { rows, siblings: tree.siblings(leaves) };
}

/** What it takes in memory. */
export const bytesOf = ({ tree, matrices }: Committed): number =>
  tree.byteLength +
  matrices.reduce((sum, { coefficients, lde }) => sum + coefficients.byteLength + lde.data.byteLength, 0);
