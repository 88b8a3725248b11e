/**
 * Orders. Instances are numbered as the statement lists them ("instance order"). Trees, out-of-domain rows and sigmas
 * go by height instead ("proof order"): the stable sort by (log height, instance index).
 */

/** Instance indices in proof order. */
export const proofOrder = (logHeights: readonly number[]): number[] =>
  logHeights.map((_, i) => i).sort((a, b) => logHeights[a] - logHeights[b] || a - b);

/** `values` (instance order) in proof order. */
export const toProofOrder = <T>(order: readonly number[], values: readonly T[]): T[] =>
  order.map((i) => values[i]);

/** `values` (proof order) in instance order. */
export function toInstanceOrder<T>(order: readonly number[], values: readonly T[]): T[] {
  const out = new Array<T>(values.length);
  order.forEach((instance, position) => {
    out[instance] = values[position];
  });
  return out;
}

/**
 * Leaf indices of a tree of 2^logLeaves leaves that answer queries in a domain of at least that size: masked, unique,
 * ascending. Shorter trees and folded codewords repeat over the domain, so masking is all that lifting needs.
 */
export function treeIndices(indices: readonly number[], logLeaves: number): number[] {
  return [...new Set(indices.map((i) => leafOf(i, logLeaves)))].sort((a, b) => a - b);
}

/** The leaf of a tree of 2^logLeaves leaves that answers query `index`; all up to 2^32. */
export const leafOf = (index: number, logLeaves: number): number => index % 2 ** logLeaves;

/** The other child of a node's parent. Not `index ^ 1`, which is negative from 2^31 on. */
export const siblingOf = (index: number): number => (index % 2 === 0 ? index + 1 : index - 1);

/** A node of a Merkle tree: level 0 holds the leaves. */
export interface NodePosition {
  readonly level: number;
  readonly index: number;
}

/** Siblings needed to compute the root from the leaves `indices` (unique, ascending): bottom up, left to right. */
export function missingSiblings(indices: readonly number[], logLeaves: number): NodePosition[] {
  const missing: NodePosition[] = [];
  let current = indices;
  for (let level = 0; level < logLeaves; level++) {
    const parents: number[] = [];
    for (let i = 0; i < current.length; i++) {
      const index = current[i];
      const sibling = siblingOf(index);
      if (current[i + 1] === sibling) i++;
      else missing.push({ level, index: sibling });
      parents.push(index >>> 1);
    }
    current = parents;
  }
  return missing;
}

/** The low `bits` bits of `index`, reversed; bits <= 31. */
export function reverseBits(index: number, bits: number): number {
  let reversed = 0;
  for (let i = 0, rest = index; i < bits; i++, rest >>>= 1) reversed = (reversed << 1) | (rest & 1);
  return reversed;
}
