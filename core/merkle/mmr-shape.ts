import { Domain } from '../hash/domains.ts';
import { hashFramed } from '../hash/eidos.ts';
import type { Word } from '../hash/word.ts';
import { MerkleError } from './errors.ts';

/**
 * The shape of a Merkle mountain range follows from its number of leaves alone: bit h of the count is a complete tree
 * of 2^h leaves, the largest first. Node (height, i) covers leaves [i 2^height, (i+1) 2^height).
 */
export const MAX_LEAVES = 2 ** 48;

/** Heights of the trees of a range of `leaves`, largest first. */
export function treeHeights(leaves: number): number[] {
  const heights: number[] = [];
  for (let h = 48; h >= 0; h--) if (Math.floor(leaves / 2 ** h) % 2 === 1) heights.push(h);
  return heights;
}

/** Where leaf `position` stands: which peak, how high its tree is, and its place inside it. */
export interface LeafPlace {
  readonly peak: number;
  readonly height: number;
  readonly relative: number;
}

/** Throws `merkle-index` when the range has no such leaf. */
export function locate(leaves: number, position: number): LeafPlace {
  if (!Number.isInteger(position) || position < 0 || position >= leaves) {
    throw new MerkleError('merkle-index', `There is no leaf ${position} in a range of ${leaves}.`);
  }
  let start = 0;
  for (const [peak, height] of treeHeights(leaves).entries()) {
    if (position < start + 2 ** height) return { peak, height, relative: position - start };
    start += 2 ** height;
  }
  throw new MerkleError('merkle-index', `There is no leaf ${position} in a range of ${leaves}.`);
}

/** The in-order index of node (height, i): what stored formats name nodes by. */
export const inOrderIndex = (height: number, i: number): number => (2 * i + 1) * 2 ** height;

const MIN_PADDED_PEAKS = 16;

/** Peaks zero-padded to 16 words, or to an even number above that, flattened. */
export function paddedPeaks(peaks: readonly Word[]): bigint[] {
  const length = Math.max(MIN_PADDED_PEAKS, peaks.length + (peaks.length % 2));
  return Array.from({ length: 4 * length }, (_, i) => peaks[i >> 2]?.[i & 3] ?? 0n);
}

/** Commitment to the whole range: its peaks and its number of leaves. */
export function hashPeaks(leaves: number, peaks: readonly Word[]): Word {
  return hashFramed(paddedPeaks(peaks), Domain.MMR_PEAKS, leaves % 2 ** 32, Math.floor(leaves / 2 ** 32));
}
