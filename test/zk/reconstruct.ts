import assert from 'node:assert/strict';
import * as F from '../../core/field/felt.ts';
import { inverseNtt } from '../../core/field/ntt.ts';
import type { QuadFelt } from '../../core/field/quad.ts';
import * as Q from '../../core/field/quad.ts';
import { ldePoint, powerOfTwo } from '../../core/stark/domain.ts';
import type { Seen } from './recording.ts';

/**
 * The attack on proofs that do not hide. A column is a polynomial of as many coefficients as it has cells, and a proof
 * shows it at some dozens of points; whoever knows all cells but a few solves for those.
 */
export interface Target {
  readonly instance: number;
  readonly column: number;
  /** Cells of the column; those in `unknown` rows are not looked at. */
  readonly cells: readonly F.Felt[];
  readonly unknown: readonly number[];
}

/** The polynomial that is 1 on row `row` of a trace of 2^log rows and 0 on all others, at x. */
function lagrange(log: number, row: number, x: QuadFelt): QuadFelt {
  const w = Q.fromBase(F.pow(F.rootOfUnity(log), BigInt(row)));
  const vanishing = Q.sub(powerOfTwo(x, log), Q.ONE);
  return Q.mul(Q.mulBase(Q.mul(w, vanishing), F.inv(1n << BigInt(log))), Q.inv(Q.sub(x, w)));
}

/** What the proof says of the column: points, in and out of the domain, and values there. */
function* openings(
  { shape, main, rows, z }: Seen,
  { instance, column }: Target,
): Generator<[QuadFelt, QuadFelt]> {
  const tree = shape.trees.find((each) => each.name === 'main')!;
  const matrix = tree.matrices.find((each) => each.instance === instance)!;
  const lifted = (x: QuadFelt) => powerOfTwo(x, shape.logMaxHeight - matrix.logHeight);
  const place = matrix.column + column;
  for (const [i, leaf] of main.leaves.entries()) {
    const value = main.rows[i][place - tree.matrices[0].column];
    yield [lifted(Q.fromBase(ldePoint(shape.logLde, leaf))), Q.fromBase(value)];
  }
  const next = Q.mulBase(z, F.rootOfUnity(shape.logMaxHeight));
  for (const [i, x] of [z, next].entries()) yield [lifted(x), rows[i][place]];
}

/** Linear equations for the unknown cells, right side last: two for each value, which has two coordinates. */
function equations(seen: Seen, target: Target): F.Felt[][] {
  const log = Math.log2(target.cells.length);
  // The polynomial through the known cells, and zeros for the others.
  const known = BigUint64Array.from(target.cells, (cell, row) => (target.unknown.includes(row) ? 0n : cell));
  inverseNtt(known, log);
  return [...openings(seen, target)].flatMap(([x, value]) => {
    const rest = known.reduceRight((sum, c) => Q.add(Q.mul(sum, x), Q.fromBase(c)), Q.ZERO as QuadFelt);
    const terms = [...target.unknown.map((row) => lagrange(log, row, x)), Q.sub(value, rest)];
    return [terms.map(([c0]) => c0), terms.map(([, c1]) => c1)];
  });
}

/** The unknown cells as the proof gives them away; undefined if no cells agree with what it shows. */
export function reconstruct(seen: Seen, target: Target): F.Felt[] | undefined {
  const rows = equations(seen, target);
  const unknowns = target.unknown.length;
  for (let c = 0; c < unknowns; c++) {
    const pivot = rows.findIndex((row, i) => i >= c && row[c] !== 0n);
    assert.notEqual(pivot, -1, 'too few equations');
    [rows[c], rows[pivot]] = [rows[pivot], rows[c]];
    const inverse = F.inv(rows[c][c]);
    rows[c] = rows[c].map((value) => F.mul(value, inverse));
    for (const [i, row] of rows.entries()) {
      if (i !== c) rows[i] = row.map((value, k) => F.sub(value, F.mul(row[c], rows[c][k])));
    }
  }
  const agrees = rows.slice(unknowns).every((row) => row[unknowns] === 0n);
  return agrees ? rows.slice(0, unknowns).map((row) => row[unknowns]) : undefined;
}
