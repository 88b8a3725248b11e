import { compareWords, type Word } from '../../hash/word.ts';
import type { EventHandler, EventView } from '../host.ts';

/** More entries than this are searched in the program itself, not here. */
const MAX_ENTRIES = 2 ** 16;
const WORD = 4;

function addressOf(view: EventView, position: number): number {
  const address = view.element(position);
  if (address >> 32n !== 0n) throw new RangeError(`address ${address} is not below 2^32`);
  return Number(address);
}

/**
 * Finds the first entry not below the key: [key 4, start, end] from position 1 on, entries of `stride` elements in
 * ascending order of the word they begin with. Pops: its address (`end` if there is none), whether it equals the key.
 * With a half key the two lower elements of all words count as zero.
 */
function lowerBound(view: EventView, stride: number, half: boolean): [address: bigint, found: bigint] {
  const keyOf = (word: Word): Word => (half ? [0n, 0n, word[2], word[3]] : word);
  const key = keyOf(view.word(1));
  const [start, end] = [addressOf(view, 5), addressOf(view, 6)];
  if (start % WORD !== 0) throw new RangeError(`an array at ${start} does not start with a word`);
  if (start > end || (end - start) % stride !== 0) {
    throw new RangeError(`${start} to ${end} holds no whole number of entries`);
  }
  if ((end - start) / stride > MAX_ENTRIES) throw new RangeError(`an array may have ${MAX_ENTRIES} entries`);

  const wordAt = (at: number): Word =>
    keyOf([view.memory(at), view.memory(at + 1), view.memory(at + 2), view.memory(at + 3)]);
  let bound = end;
  let found = false;
  let previous: Word | undefined;
  for (let at = start; at < end; at += stride) {
    const word = wordAt(at);
    if (previous && compareWords(word, previous) < 0)
      throw new RangeError(`the entry at ${at} is out of order`);
    if (bound === end && compareWords(word, key) >= 0) {
      bound = at;
      found = compareWords(word, key) === 0;
    }
    previous = word;
  }
  return [BigInt(bound), found ? 1n : 0n];
}

/** Entries are words. */
export const lowerBoundArray: EventHandler = (view) => [
  { kind: 'stack', values: lowerBound(view, WORD, false) },
];

/** Entries are a key and a value, a word each; position 7 says whether the whole key counts. */
export const lowerBoundKeyValue: EventHandler = (view) => {
  const wholeKey = view.element(7);
  if (wholeKey > 1n) throw new RangeError(`the flag for whole keys is ${wholeKey}, neither 0 nor 1`);
  return [{ kind: 'stack', values: lowerBound(view, 2 * WORD, wholeKey === 0n) }];
};
