import { merge } from '../hash/eidos.ts';
import { type Word, wordsEqual } from '../hash/word.ts';

/** Siblings from the leaf's own up to the child of the root. */
export type MerklePath = readonly Word[];

/** The root that `leaf` at position `index` (below 2^path.length) leads to. */
export function pathRoot(leaf: Word, index: bigint, path: MerklePath): Word {
  let node = leaf;
  let position = index;
  for (const sibling of path) {
    node = position & 1n ? merge(sibling, node) : merge(node, sibling);
    position >>= 1n;
  }
  return node;
}

/** Whether `leaf` stands at `index` of the tree of depth path.length under `root`. */
export const verifyPath = (root: Word, leaf: Word, index: bigint, path: MerklePath): boolean =>
  index >= 0n && index >> BigInt(path.length) === 0n && wordsEqual(pathRoot(leaf, index, path), root);
