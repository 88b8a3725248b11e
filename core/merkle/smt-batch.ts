import { MerkleError } from './errors.ts';
import { compareLanes, ENTRY_LANES, entryToLanes } from './smt-entries.ts';
import type { SmtEntry } from './smt-leaf.ts';

/** Entries to be set together, as lanes. */
export interface SmtBatch {
  readonly count: number;
  readonly lanes: Uint32Array;
  /** Where entries begin in `lanes`, in increasing order of leaf index, then key. */
  readonly order: Uint32Array;
}

/** Throws `merkle-inconsistent` if a key occurs twice. */
export function sortBatch(entries: Iterable<SmtEntry>): SmtBatch {
  const list = Array.isArray(entries) ? (entries as readonly SmtEntry[]) : [...entries];
  const count = list.length;
  const lanes = new Uint32Array(ENTRY_LANES * count);
  for (let i = 0; i < count; i++) entryToLanes(list[i], lanes, ENTRY_LANES * i);
  const order = Uint32Array.from({ length: count }, (_, i) => ENTRY_LANES * i);
  order.sort((a, b) => compareLanes(lanes, a, lanes, b));
  for (let i = 1; i < count; i++) {
    if (compareLanes(lanes, order[i - 1], lanes, order[i]) === 0)
      throw new MerkleError('merkle-inconsistent', 'A leaf has the same key twice.');
  }
  return { count, lanes, order };
}

/** Whether two entries of a batch belong to the same leaf. */
export const sameLeaf = (lanes: Uint32Array, a: number, b: number): boolean =>
  lanes[a + 7] === lanes[b + 7] && lanes[a + 6] === lanes[b + 6];
