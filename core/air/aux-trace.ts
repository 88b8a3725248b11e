import { KilnError } from '../errors.ts';
import type { Felt } from '../field/felt.ts';
import { inv } from '../field/felt.ts';
import type { QuadFelt } from '../field/quad.ts';
import * as Q from '../field/quad.ts';
import * as L from '../field/quad-limbs.ts';
import type { TraceMatrix } from '../vm/trace/types.ts';
import { RowEvaluator, type RowSource } from './row-evaluator.ts';
import type { Air } from './types.ts';

export interface AuxTrace {
  /** Two base columns, c0 and c1, per extension column. */
  readonly matrix: TraceMatrix;
  /** The committed final value: the sum of all fractions, divided by the height. */
  readonly sigma: QuadFelt;
}

/**
 * Builds the LogUp columns of one trace: column c >= 1 holds its row's fraction V / U, column 0 the running sum of all
 * fractions less sigma per row, from 0. A hidden sum's column holds sigma on every row. Fractions are inverted in one batch per column. This is the reference: the
 * fast backends must equal it.
 *
 * Throws `lookup-denominator` if a denominator is zero, which random challenges make as good as impossible.
 *
 * Source: miden-air 1.0.0-rc.0, src/lookup/aux_builder.rs.
 */
export function buildAuxTrace(air: Air, source: RowSource): AuxTrace {
  const { height } = source.main;
  const columns = air.lookups.length;
  const width = 2 * air.auxWidth;
  const fractions = rowFractions(air, source);
  const sums = new Float64Array(height * L.LIMBS);
  const total = new Float64Array(2 * L.LIMBS);
  for (let row = 0; row < height; row++) {
    const at = row * L.LIMBS;
    for (const column of fractions) addInto(sums, at, column, at);
    addInto(total, 0, sums, at);
  }
  const sigma = Q.mulBase(L.loadQuad(total, 0), inv(BigInt(height)));

  const data = new BigUint64Array(width * height);
  const store = (column: number, row: number, [c0, c1]: readonly [Felt, Felt]): void => {
    data[2 * column * height + row] = c0;
    data[(2 * column + 1) * height + row] = c1;
  };
  let running: QuadFelt = Q.ZERO;
  for (let row = 0; row < height; row++) {
    const at = row * L.LIMBS;
    store(0, row, running);
    running = Q.sub(Q.add(running, L.loadQuad(sums, at)), sigma);
    for (let column = 1; column < columns; column++) store(column, row, L.loadQuad(fractions[column], at));
    if (air.hiddenSum) store(columns, row, sigma);
  }
  return { matrix: { width, height, rows: height, data }, sigma };
}

/** V / U of every column at every row, in limbs: row r of column c at [c][6 r]. */
function rowFractions(air: Air, source: RowSource): Float64Array[] {
  const { height } = source.main;
  const roots = air.lookups.flatMap(({ u, v }) => [u, v]);
  const evaluator = new RowEvaluator(air, roots, source);
  const matrices = roots.map(() => new Float64Array(height * L.LIMBS));
  for (let row = 0; row < height; row++) {
    evaluator.seek(row);
    for (let i = 0; i < roots.length; i++) evaluator.copy(i, matrices[i], row * L.LIMBS);
  }
  return air.lookups.map((_, i) => divide(matrices[2 * i + 1], matrices[2 * i], `${air.name}, column ${i}`));
}

/** numerators[i] / denominators[i], with a single inversion. */
function divide(numerators: Float64Array, denominators: Float64Array, place: string): Float64Array {
  const count = denominators.length / L.LIMBS;
  // Slots: 0 running inverse, 6 scratch, 12 left operand, 18 right operand.
  const r = new Float64Array(4 * L.LIMBS);
  const product = (a: Float64Array, aAt: number, b: Float64Array, bAt: number): void => {
    r.set(a.subarray(aAt, aAt + L.LIMBS), 12);
    r.set(b.subarray(bAt, bAt + L.LIMBS), 18);
    L.mul(r, 6, 12, 18);
  };
  const one = new Float64Array([1, 0, 0, 0, 0, 0]);
  const prefix = new Float64Array((count + 1) * L.LIMBS);
  prefix.set(one);
  for (let i = 0; i < count; i++) {
    const at = i * L.LIMBS;
    product(prefix, at, denominators, at);
    prefix.set(r.subarray(6, 12), at + L.LIMBS);
  }
  const all = L.loadQuad(prefix, count * L.LIMBS);
  if (Q.isZero(all)) {
    throw new KilnError('lookup-denominator', 'A lookup denominator is zero.', {
      details: place,
      advice: 'Prove again: another transcript gives other challenges.',
    });
  }
  L.storeQuad(r, 0, Q.inv(all));
  const quotients = new Float64Array(denominators.length);
  for (let i = count - 1; i >= 0; i--) {
    const at = i * L.LIMBS;
    product(r, 0, prefix, at);
    const inverse = r.slice(6, 12);
    product(r, 0, denominators, at);
    r.copyWithin(0, 6, 12);
    product(inverse, 0, numerators, at);
    quotients.set(r.subarray(6, 12), at);
  }
  return quotients;
}

const scratch = new Float64Array(3 * L.LIMBS);
function addInto(target: Float64Array, at: number, source: Float64Array, from: number): void {
  for (let k = 0; k < L.LIMBS; k++) {
    scratch[k] = target[at + k];
    scratch[L.LIMBS + k] = source[from + k];
  }
  L.add(scratch, 2 * L.LIMBS, 0, L.LIMBS);
  for (let k = 0; k < L.LIMBS; k++) target[at + k] = scratch[2 * L.LIMBS + k];
}
