import { missingSiblings, treeIndices } from '../../core/stark/order.ts';
import { DIGEST_BYTES, type StarkProof } from '../../core/stark/proof/stark-proof.ts';
import type { ProofShape, TreeShape } from '../../core/stark/shape.ts';

/** What a proof shows of one tree. */
export interface OpenedTree {
  readonly name: TreeShape['name'];
  readonly root: string;
  /** Ascending. */
  readonly leaves: readonly number[];
  /** Of each leaf: its rows, matrix after matrix, padded. */
  readonly rows: readonly (readonly bigint[])[];
  readonly salts: readonly (readonly bigint[])[];
  /** What `missingSiblings` lists, in hexadecimal. */
  readonly siblings: readonly string[];
}

/** Cuts what is hinted out of a proof, given the queried indices: the trees over columns, not those of FRI. */
export function openedTrees(
  { fields, commitments }: StarkProof,
  shape: ProofShape,
  indices: readonly number[],
): OpenedTree[] {
  const digest = (i: number) =>
    Buffer.from(commitments.subarray(DIGEST_BYTES * i, DIGEST_BYTES * (i + 1))).toString('hex');
  const friLogRows = shape.friLogSizes.map((log) => log - 2);
  const widthOf = (tree: TreeShape) => tree.matrices.reduce((sum, m) => sum + m.openedWidth, tree.saltWidth);
  const hinted =
    shape.trees.reduce((sum, tree) => sum + widthOf(tree) * treeIndices(indices, tree.logLeaves).length, 0) +
    friLogRows.reduce((sum, log) => sum + 8 * treeIndices(indices, log).length, 0);
  let field = fields.length - hinted;
  // Roots of main, aux, quotient and FRI come before what is hinted.
  let sibling = 3 + friLogRows.length;
  return shape.trees.map((tree) => {
    const leaves = treeIndices(indices, tree.logLeaves);
    const width = widthOf(tree);
    const all = leaves.map((_, k) => [...fields.slice(field + k * width, field + (k + 1) * width)]);
    field += width * leaves.length;
    const siblings = missingSiblings(leaves, tree.logLeaves).map(() => digest(sibling++));
    const committed = ['main', 'aux', 'quotient'].indexOf(tree.name);
    return {
      name: tree.name,
      root: committed < 0 ? '' : digest(committed),
      leaves,
      rows: all.map((row) => row.slice(0, width - tree.saltWidth)),
      salts: all.map((row) => row.slice(width - tree.saltWidth)),
      siblings,
    };
  });
}
