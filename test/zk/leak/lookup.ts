import type { Air } from '../../../core/air/types.ts';
import * as F from '../../../core/field/felt.ts';
import type { QuadFelt } from '../../../core/field/quad.ts';
import * as Q from '../../../core/field/quad.ts';
import type { Challenges, Instance } from './system.ts';
import { Tape } from './tape.ts';

/** The LogUp columns of one trace as halves' values, or how they move; and the sum / height. */
export interface LookupColumns {
  readonly aux: readonly BigUint64Array[];
  readonly sum: QuadFelt;
}

/**
 * How an AIR's LogUp columns move, to first order, when its main trace does: dual numbers through the fractions V / U and
 * their running sum. Rows in whose window nothing moves are skipped.
 */
export function movedLookups(
  { air, preprocessed }: Instance,
  main: readonly BigUint64Array[],
  slopes: readonly BigUint64Array[],
  lookup: Challenges['lookup'],
): LookupColumns {
  const height = main[0].length;
  const moves = windowsMoved(height, slopes);
  if (!moves.includes(true)) return still(air, height);
  const tape = new Tape(
    air.graph,
    air.lookups.flatMap(({ u, v }) => [u, v]),
  );
  const at = (columns: readonly BigUint64Array[], row: number): QuadFelt[] =>
    columns.map((column) => [column[row % height], 0n]);
  const moved = moves.map((moves, row): QuadFelt[] => {
    if (!moves) return air.lookups.map(() => Q.ZERO);
    const values = tape.evaluate({
      main: [at(main, row), at(main, row + 1)],
      aux: [],
      preprocessed: [at(preprocessed, row), at(preprocessed, row + 1)],
      periodic: air.periodic.map((values): QuadFelt => [values[row % values.length], 0n]),
      public: [],
      sum: Q.ZERO,
      challenges: lookup,
      // On the trace domain selectors are flags.
      first: [row === 0 ? 1n : 0n, 0n],
      last: [row + 1 === height ? 1n : 0n, 0n],
      transition: [row + 1 === height ? 0n : 1n, 0n],
    });
    const slope = tape.tangent(
      tape.cells.map(({ column, row: next }): QuadFelt => [slopes[column][(row + next) % height], 0n]),
    );
    return air.lookups.map((_, c) => {
      const [u, v, du, dv] = [values[2 * c], values[2 * c + 1], slope[2 * c], slope[2 * c + 1]];
      const inverse = Q.inv(u);
      return Q.mul(Q.sub(dv, Q.mul(Q.mul(v, inverse), du)), inverse);
    });
  });
  return accumulated(air, moved);
}

const still = (air: Air, height: number): LookupColumns => ({
  aux: Array.from({ length: 2 * air.auxWidth }, () => new BigUint64Array(height)),
  sum: Q.ZERO,
});

/** The columns from what they hold row by row, as `buildAuxTrace` lays them out: linear in the fractions. */
function accumulated(air: Air, fractions: readonly (readonly QuadFelt[])[]): LookupColumns {
  const height = fractions.length;
  const rowSums = fractions.map((row) => row.reduce(Q.add, Q.ZERO));
  const sum = Q.mulBase(rowSums.reduce(Q.add, Q.ZERO), F.inv(F.felt(height)));
  const { aux } = still(air, height);
  const store = (column: number, row: number, value: QuadFelt): void => {
    [aux[2 * column][row], aux[2 * column + 1][row]] = value;
  };
  let running = Q.ZERO;
  for (let row = 0; row < height; row++) {
    if (air.lookups.length > 0) store(0, row, running);
    running = Q.sub(Q.add(running, rowSums[row]), sum);
    for (let c = 1; c < air.lookups.length; c++) store(c, row, fractions[row][c]);
    if (air.hiddenSum) store(air.lookups.length, row, sum);
  }
  return { aux, sum };
}

/** For each row whether a cell of it or of the next one moves. */
function windowsMoved(height: number, slopes: readonly BigUint64Array[]): boolean[] {
  const rows = Array.from({ length: height }, (_, row) => slopes.some((column) => column[row] !== 0n));
  return rows.map((moves, row) => moves || rows[(row + 1) % height]);
}
