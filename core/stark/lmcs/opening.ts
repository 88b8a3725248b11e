import { siblingOf } from '../order.ts';
import type { LeafHasher } from './hasher.ts';

/**
 * The root that opened leaves lead to. `states` holds the leaf digests (eight lanes each) at `indices`, which are
 * unique and ascending; `sibling(lanes, at)` writes the next missing digest, bottom level first, left to right.
 * Overwrites `states`.
 */
export function openedRoot(
  hasher: LeafHasher,
  indices: readonly number[],
  logLeaves: number,
  states: Uint32Array,
  sibling: (lanes: Uint32Array, at: number) => void,
): Uint32Array {
  const pair = new Uint32Array(16);
  let current: readonly number[] = indices;
  for (let level = 0; level < logLeaves; level++) {
    const parents: number[] = [];
    for (let i = 0; i < current.length; i++) {
      const index = current[i];
      const own = index & 1 ? 8 : 0;
      copyDigest(states, 8 * i, pair, own);
      if (current[i + 1] === siblingOf(index)) copyDigest(states, 8 * ++i, pair, 8);
      else sibling(pair, 8 - own);
      hasher.merge(pair, 0, states, 8 * parents.length);
      parents.push(index >>> 1);
    }
    current = parents;
  }
  return states.slice(0, 8);
}

function copyDigest(from: Uint32Array, fromAt: number, to: Uint32Array, toAt: number): void {
  for (let i = 0; i < 8; i++) to[toAt + i] = from[fromAt + i];
}
