import type { Felt } from '../../field/felt.ts';
import type { Digest, TreeOpening } from '../backend.ts';
import { missingSiblings, reverseBits, treeIndices } from '../order.ts';
import type { ProofHash } from '../profile.ts';
import { alignedWidth } from '../shape.ts';
import type { Committed } from './commit.ts';
import { type Codeword, FRI_WIDTH } from './fri.ts';
import { Gather } from './gather.ts';
import type { Matrix } from './matrix.ts';
import type { Twiddles } from './ntt.ts';
import type { Tree } from './tree.ts';
import type { Work } from './work.ts';

const DIGEST_WORDS = 4;

/** Rows and siblings of a tree at the leaves that answer `indices`. */
export async function openTree(
  work: Work,
  twiddles: Twiddles,
  hash: ProofHash,
  { tree, matrices }: Committed,
  indices: readonly number[],
): Promise<TreeOpening> {
  const leaves = treeIndices(indices, tree.logLeaves);
  const rows = leaves.map((): Felt[] => []);
  for (const matrix of matrices) {
    const opened = await openRows(work, twiddles, matrix, leaves);
    opened.forEach((row, i) => {
      rows[i].push(...row, ...new Array<Felt>(alignedWidth(matrix.width, hash) - matrix.width).fill(0n));
    });
  }
  return { rows, siblings: await siblings(work, tree, leaves) };
}

/** Rows and siblings of a codeword's tree. */
export async function openCodeword(
  work: Work,
  tree: Tree,
  { buffer }: Codeword,
  indices: readonly number[],
): Promise<TreeOpening> {
  const leaves = treeIndices(indices, tree.logLeaves);
  const gather = new Gather(work);
  for (const leaf of leaves) {
    for (let c = 0; c < FRI_WIDTH; c++) {
      gather.add(buffer, c * 2 ** tree.logLeaves + reverseBits(leaf, tree.logLeaves));
    }
  }
  const words = await gather.read();
  const rows = leaves.map((_, i) => Array.from(words.subarray(FRI_WIDTH * i, FRI_WIDTH * (i + 1))));
  return { rows, siblings: await siblings(work, tree, leaves) };
}

/** A matrix's rows at leaves of a tree at least as tall; blocks that were not kept are extended once more. */
async function openRows(
  work: Work,
  twiddles: Twiddles,
  matrix: Matrix,
  leaves: readonly number[],
): Promise<Felt[][]> {
  const log = matrix.logHeight + matrix.logBlowup;
  const positions = leaves.map((leaf) => reverseBits(leaf & (2 ** log - 1), log));
  const blockOf = (position: number) => Math.floor(position / matrix.height);
  const rows = new Array<Felt[]>(leaves.length);
  for (const k of new Set(positions.map(blockOf))) {
    const columns = await matrix.block(work, twiddles, k);
    const here = positions.flatMap((position, i) => (blockOf(position) === k ? [i] : []));
    const gather = new Gather(work);
    for (const i of here) {
      for (let c = 0; c < matrix.width; c++) {
        const { buffer, at } = columns.locate(c);
        gather.add(buffer, at + (positions[i] % matrix.height));
      }
    }
    const words = await gather.read();
    here.forEach((i, n) => {
      rows[i] = Array.from(words.subarray(matrix.width * n, matrix.width * (n + 1)));
    });
  }
  return rows;
}

async function siblings(work: Work, tree: Tree, leaves: readonly number[]): Promise<Digest[]> {
  const gather = new Gather(work);
  const missing = missingSiblings(leaves, tree.logLeaves);
  for (const { level, index } of missing) {
    const { buffer, base } = tree.layers[level];
    gather.add(buffer, DIGEST_WORDS * (base + reverseBits(index, tree.logLeaves - level)), DIGEST_WORDS);
  }
  const bytes = new Uint8Array((await gather.read()).buffer);
  return missing.map((_, i) => bytes.slice(32 * i, 32 * (i + 1)));
}
