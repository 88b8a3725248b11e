import type { Felt } from '../../field/felt.ts';
import * as F from '../../field/felt.ts';
import { cosetSteps, cosetValues, inverseNtt } from '../../field/ntt.ts';
import type { Phase } from '../backend.ts';
import { ldeShift } from '../domain.ts';
import type { Columns } from '../lmcs/tree.ts';
import type { Pacer } from './pacer.ts';

/** Columns with the polynomials that run through them and their low-degree extension. */
export interface Extended {
  readonly width: number;
  readonly logHeight: number;
  /** Coefficients of a column: 2^logHeight, and more where it hides. */
  readonly length: number;
  /** Lowest coefficient first, column after column, of polynomials in x / scale. */
  readonly coefficients: BigUint64Array;
  readonly scale: Felt;
  readonly lde: Columns;
}

/** What masks each column: coefficients r of t + (x^n - 1) r, where t is what the trace says. */
export type MaskOf = (column: number) => BigUint64Array;

/** The polynomials through columns of values on the trace domain, masked if they are to be: their coefficients. */
export async function interpolate(
  data: BigUint64Array,
  width: number,
  logHeight: number,
  maskOf: MaskOf | undefined,
  pacer: Pacer,
  phase: Phase,
): Promise<BigUint64Array[]> {
  const n = 2 ** logHeight;
  const columns: BigUint64Array[] = [];
  for (let c = 0; c < width; c++) {
    const coefficients = data.slice(c * n, (c + 1) * n);
    inverseNtt(coefficients, logHeight);
    columns.push(maskOf ? masked(coefficients, maskOf(c)) : coefficients);
    await pacer.tick(phase, 0);
  }
  return columns;
}

/** t + (x^n - 1) r, n coefficients of t. */
function masked(t: BigUint64Array, r: BigUint64Array): BigUint64Array {
  const out = new BigUint64Array(t.length + r.length);
  out.set(t);
  out.set(r, t.length);
  for (const [i, value] of r.entries()) out[i] = F.sub(out[i], value);
  return out;
}

/** Extends columns of equally many coefficients, which are those of polynomials in x / scale. */
export async function extendCoefficients(
  columns: readonly BigUint64Array[],
  logHeight: number,
  logBlowup: number,
  scale: Felt,
  pacer: Pacer,
  phase: Phase,
): Promise<Extended> {
  const size = 2 ** (logHeight + logBlowup);
  const [width, length] = [columns.length, columns[0].length];
  const shift = F.mul(ldeShift(logHeight + logBlowup), F.inv(scale));
  const coefficients = new BigUint64Array(width * length);
  const data = new BigUint64Array(width * size);
  for (const [c, column] of columns.entries()) {
    coefficients.set(column, c * length);
    const out = data.subarray(c * size, (c + 1) * size);
    for (const _ of cosetSteps(column, logHeight, logBlowup, shift, out)) await pacer.tick(phase, c / width);
  }
  const lde = { width, logHeight: logHeight + logBlowup, data };
  return { width, logHeight, length, coefficients, scale, lde };
}

/** The columns on shift * H, H the trace domain. */
export async function valuesOn(
  { width, logHeight, length, coefficients, scale }: Extended,
  shift: Felt,
  pacer: Pacer,
): Promise<Columns> {
  const n = 2 ** logHeight;
  const data = new BigUint64Array(width * n);
  const from = F.mul(shift, F.inv(scale));
  for (let c = 0; c < width; c++) {
    const column = coefficients.subarray(c * length, (c + 1) * length);
    cosetValues(column, logHeight, 0, from, data.subarray(c * n, (c + 1) * n));
    await pacer.tick('constraints', 0);
  }
  return { width, logHeight, data };
}
