import { type Word, wordsEqual } from '../../hash/word.ts';

/** Commitments of the blocks that whoever checks knows to be in the chain, by number. */
export type ChainView = (blockNumber: number) => Word | undefined;

/** The chain as it was when its latest block had this number. */
export const upTo =
  (chain: ChainView, last: number): ChainView =>
  (number) =>
    number <= last ? chain(number) : undefined;

export function isInChain(chain: ChainView, blockNumber: number, commitment: Word): boolean {
  const known = chain(blockNumber);
  return known !== undefined && wordsEqual(known, commitment);
}
