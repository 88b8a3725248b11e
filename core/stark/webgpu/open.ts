import type { Felt } from '../../field/felt.ts';
import type { TreeOpening } from '../backend.ts';
import { missingSiblings, reverseBits, treeIndices } from '../order.ts';
import type { ProofHash } from '../profile.ts';
import { salts } from '../randomness/stream.ts';
import { alignedWidth } from '../shape.ts';
import type { Committed } from './commit.ts';
import { type Codeword, FRI_WIDTH } from './fri.ts';
import type { Gather } from './gather.ts';
import type { Matrix } from './matrix.ts';
import type { Twiddles } from './ntt.ts';
import type { Tree } from './tree.ts';
import type { Work } from './work.ts';

const DIGEST_WORDS = 4;

/** Takes a part of what a gathering brought. */
export type Pending<T> = (words: BigUint64Array) => T;

/** Asks for rows, salts and siblings of a tree at the leaves that answer `indices`. */
export async function openTree(
  gather: Gather,
  work: Work,
  twiddles: Twiddles,
  hash: ProofHash,
  { tree, matrices, salt }: Committed,
  indices: readonly number[],
): Promise<Pending<TreeOpening>> {
  const leaves = treeIndices(indices, tree.logLeaves);
  const parts: Pending<Felt[][]>[] = [];
  for (const matrix of matrices) {
    parts.push(await openRows(gather, work, twiddles, matrix, leaves, alignedWidth(matrix.width, hash)));
  }
  if (salt) parts.push(() => leaves.map((leaf) => [...salts(salt, leaf, 1)]));
  const siblings = openSiblings(gather, tree, leaves);
  return (words) => {
    const rows = parts.map((part) => part(words));
    return { rows: leaves.map((_, i) => rows.flatMap((part) => part[i])), siblings: siblings(words) };
  };
}

/** Asks for rows and siblings of a codeword's tree. */
export function openCodeword(
  gather: Gather,
  tree: Tree,
  { buffer }: Codeword,
  indices: readonly number[],
): Pending<TreeOpening> {
  const leaves = treeIndices(indices, tree.logLeaves);
  const firsts = leaves.map((leaf) => {
    const row = reverseBits(leaf, tree.logLeaves);
    const cells = Array.from({ length: FRI_WIDTH }, (_, c) =>
      gather.add(buffer, c * 2 ** tree.logLeaves + row),
    );
    return cells[0];
  });
  const siblings = openSiblings(gather, tree, leaves);
  return (words) => ({
    rows: firsts.map((first) => Array.from(words.subarray(first, first + FRI_WIDTH))),
    siblings: siblings(words),
  });
}

/**
 * A matrix's rows at leaves of a tree at least as tall, zeros up to `width`; blocks that were not kept are extended once
 * more.
 */
async function openRows(
  gather: Gather,
  work: Work,
  twiddles: Twiddles,
  matrix: Matrix,
  leaves: readonly number[],
  width: number,
): Promise<Pending<Felt[][]>> {
  const log = matrix.logHeight + matrix.logBlowup;
  const positions = leaves.map((leaf) => reverseBits(leaf & (2 ** log - 1), log));
  const blockOf = (position: number) => Math.floor(position / matrix.height);
  const firsts = new Array<number>(leaves.length);
  for (const k of new Set(positions.map(blockOf))) {
    const columns = await matrix.block(work, twiddles, k);
    positions.forEach((position, i) => {
      if (blockOf(position) !== k) return;
      for (let c = 0; c < matrix.width; c++) {
        const { buffer, at } = columns.locate(c);
        const place = gather.add(buffer, at + (position % matrix.height));
        if (c === 0) firsts[i] = place;
      }
    });
    if (!matrix.isResident) await gather.fetch();
  }
  const padding = new Array<Felt>(width - matrix.width).fill(0n);
  return (words) => firsts.map((first) => [...words.subarray(first, first + matrix.width), ...padding]);
}

/** Asks for what a verifier lacks. */
function openSiblings(gather: Gather, tree: Tree, leaves: readonly number[]): Pending<Uint8Array[]> {
  const firsts = missingSiblings(leaves, tree.logLeaves).map(({ level, index }) => {
    const { buffer, base } = tree.layers[level];
    const node = base + reverseBits(index, tree.logLeaves - level);
    return gather.add(buffer, DIGEST_WORDS * node, DIGEST_WORDS);
  });
  return (words) => firsts.map((first) => new Uint8Array(words.slice(first, first + DIGEST_WORDS).buffer));
}
