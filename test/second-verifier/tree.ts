import type { Felt } from '../../core/field/felt.ts';
import { equalBytes } from './bytes.ts';
import type { Channel } from './channel.ts';
import type { Hashing } from './hashing.ts';
import { demand } from './rejection.ts';
import type { TreeShape } from './shape.ts';

type Node = readonly [index: number, digest: Uint8Array];

/** Ascending, without duplicates. */
export const distinct = (indices: readonly number[]): number[] => [...new Set(indices)].sort((a, b) => a - b);

/**
 * Opens the leaves that `indices` select by their low bits, and returns their elements, all matrices' rows in one, the
 * salt left out. First the leaves are sent in ascending order, then the siblings that do not follow from them, level
 * by level from the bottom, left to right.
 */
export function openTree(
  channel: Channel,
  hashing: Hashing,
  { depth, widths, sent, salt }: Omit<TreeShape, 'columns'>,
  root: Uint8Array,
  indices: readonly number[],
): Map<number, readonly Felt[]> {
  const opened = new Map<number, readonly Felt[]>();
  let level = distinct(indices.map((i) => i % 2 ** depth)).map((index): Node => {
    const rows = widths.map((width, m) => [
      ...channel.hintFields(sent[m]),
      ...Array<Felt>(width - sent[m]).fill(0n),
    ]);
    opened.set(index, rows.flat());
    return [index, hashing.leaf(salt > 0 ? [...rows, channel.hintFields(salt)] : rows)];
  });
  for (let d = depth; d > 0; d--) {
    const parents: Node[] = [];
    for (let i = 0; i < level.length; i++) {
      const [index, digest] = level[i];
      const [left, right] =
        index % 2 === 1
          ? [channel.hintDigest(), digest]
          : [digest, level[i + 1]?.[0] === index + 1 ? level[++i][1] : channel.hintDigest()];
      parents.push([index >> 1, hashing.node(left, right)]);
    }
    level = parents;
  }
  demand(equalBytes(level[0][1], root), 'opening', 'the leaves do not lead to the root');
  return opened;
}
