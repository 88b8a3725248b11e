import { merge } from '../hash/eidos.ts';
import { EMPTY_WORD, type Word } from '../hash/word.ts';

/** Depth of sparse Merkle trees: one level per bit of a field element. */
export const SMT_DEPTH = 64;

/** EMPTY_ROOTS[d] is the root of a tree of depth d whose leaves are all the zero word. */
export const EMPTY_ROOTS: readonly Word[] = (() => {
  const roots: Word[] = [EMPTY_WORD];
  for (let d = 0; d < SMT_DEPTH; d++) roots.push(merge(roots[d], roots[d]));
  return roots;
})();
