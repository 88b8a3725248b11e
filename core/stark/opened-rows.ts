import type { Felt } from '../field/felt.ts';
import type { TreeOpening } from './backend.ts';
import type { TreeShape } from './shape.ts';

/** What is sent of an opening: rows without the padding where the profile leaves it out; the hash adds it again. */
export function sentOpening({ rows, siblings }: TreeOpening, { matrices }: TreeShape): TreeOpening {
  const sent = (row: readonly Felt[]): Felt[] => {
    let at = 0;
    const columns = matrices.flatMap(({ alignedWidth, openedWidth }) => {
      const from = at;
      at += alignedWidth;
      return row.slice(from, from + openedWidth);
    });
    return [...columns, ...row.slice(at)];
  };
  return { rows: rows.map(sent), siblings };
}
