import { EMPTY_WORD, wordsEqual } from '../../hash/word.ts';
import { SMT_DEPTH } from '../../merkle/empty.ts';
import type { EventHandler } from '../host.ts';

/** Elements of an entry in a leaf's preimage: key and value. */
const ENTRY = 8;

/**
 * Pops the value that a sparse Merkle tree has under a key: [key 4, root 4] from position 1 on. The tree is in the
 * Merkle store, the entries of its leaves are in the map under the leaves' digests.
 */
export const smtPeek: EventHandler = (view) => {
  const key = view.word(1);
  const leaf = view.advice.open(view.word(5), BigInt(SMT_DEPTH), key[3]).node;
  if (wordsEqual(leaf, EMPTY_WORD)) return [{ kind: 'stack', values: EMPTY_WORD }];
  const entries = view.advice.mapValues(leaf);
  if (!entries || entries.length % ENTRY !== 0) {
    throw new RangeError(`the advice map does not hold the entries of leaf [${leaf.join(', ')}]`);
  }
  for (let at = 0; at < entries.length; at += ENTRY) {
    const [k0, k1, k2, k3, v0, v1, v2, v3] = entries.slice(at, at + ENTRY);
    if (wordsEqual(key, [k0, k1, k2, k3])) return [{ kind: 'stack', values: [v0, v1, v2, v3] }];
  }
  return [{ kind: 'stack', values: EMPTY_WORD }];
};
