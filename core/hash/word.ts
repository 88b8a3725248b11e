import type { Felt } from '../field/felt.ts';

/** Four field elements: a digest, a key, a memory word. */
export type Word = readonly [Felt, Felt, Felt, Felt];

export const EMPTY_WORD: Word = [0n, 0n, 0n, 0n];

export const wordsEqual = (a: Word, b: Word): boolean =>
  a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];

/** The order of sparse-Merkle-tree entries: canonical integers compared from element 3 down to element 0. */
export function compareWords(a: Word, b: Word): number {
  for (let i = 3; i >= 0; i--) {
    if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

/** A text key for `Map`s: the four elements in hex, fixed width, element 0 first. */
export const wordKey = (w: Word): string => w.map((x) => x.toString(16).padStart(16, '0')).join('');
