import { EMPTY_WORD, type Word } from '../../hash/word.ts';
import { EMPTY_ROOTS } from '../../merkle/empty.ts';
import type { MerklePath } from '../../merkle/path.ts';
import { MerkleTree } from '../../merkle/tree.ts';
import { Limit } from '../limits.ts';

const BATCH_DEPTH = Limit.BATCH_NOTE_TREE_DEPTH;
/** Leaves of one batch; how far apart batches are in the tree of a block. */
const BATCH_NOTES = 2 ** BATCH_DEPTH;
const BATCHES = 2 ** (Limit.BLOCK_NOTE_TREE_DEPTH - BATCH_DEPTH);

/** The tree of a batch's notes: ids as leaves, in their order. Holes are where a block erased a note. */
export function batchNoteTree(notes: Iterable<readonly [index: number, id: Word]>): MerkleTree {
  const leaves: Word[] = new Array(BATCH_NOTES).fill(EMPTY_WORD);
  for (const [index, id] of notes) leaves[index] = id;
  return new MerkleTree(leaves);
}

/** The tree of a block's notes: one of ten levels for each of up to 64 batches, six levels above them. */
export class BlockNoteTree {
  readonly #batches: readonly MerkleTree[];
  readonly #top: MerkleTree;

  constructor(batches: readonly MerkleTree[]) {
    this.#batches = batches;
    this.#top = new MerkleTree(
      Array.from({ length: BATCHES }, (_, i) => batches[i]?.root ?? EMPTY_ROOTS[BATCH_DEPTH]),
    );
  }

  get root(): Word {
    return this.#top.root;
  }
  /** The index of a note in the whole tree, and the siblings on its way up. */
  open(batch: number, index: number): { readonly index: number; readonly path: MerklePath } {
    return {
      index: batch * BATCH_NOTES + index,
      path: [...this.#batches[batch].path(index), ...this.#top.path(batch)],
    };
  }
}

/** The tree of a block's notes, from their places: which batch, and where in it. */
export function blockNoteTree(
  notes: Iterable<{ readonly batch: number; readonly index: number; readonly id: Word }>,
): BlockNoteTree {
  const batches: [number, Word][][] = [];
  for (const { batch, index, id } of notes) {
    while (batches.length <= batch) batches.push([]);
    batches[batch].push([index, id]);
  }
  return new BlockNoteTree(batches.map(batchNoteTree));
}
