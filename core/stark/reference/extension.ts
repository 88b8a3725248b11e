import type { Felt } from '../../field/felt.ts';
import { cosetSteps, inverseNtt } from '../../field/ntt.ts';
import type { Phase } from '../backend.ts';
import { ldeShift } from '../domain.ts';
import type { Columns } from '../lmcs/tree.ts';
import type { Pacer } from './pacer.ts';

/** Columns with the polynomials that run through them and their low-degree extension. */
export interface Extended {
  readonly width: number;
  readonly logHeight: number;
  /** Lowest coefficient first, column after column, of polynomials in x / scale. */
  readonly coefficients: BigUint64Array;
  readonly scale: Felt;
  readonly lde: Columns;
}

/** Extends columns of values on the trace domain to their coset. */
export async function extend(
  data: BigUint64Array,
  width: number,
  logHeight: number,
  logBlowup: number,
  pacer: Pacer,
  phase: Phase,
): Promise<Extended> {
  const coefficients = data.slice();
  const n = 2 ** logHeight;
  for (let c = 0; c < width; c++) {
    inverseNtt(coefficients.subarray(c * n, (c + 1) * n), logHeight);
    await pacer.tick(phase, 0);
  }
  const lde = await extendCoefficients(
    coefficients,
    width,
    logHeight,
    logBlowup,
    ldeShift(logHeight + logBlowup),
    pacer,
    phase,
  );
  return { width, logHeight, coefficients, scale: 1n, lde };
}

/** Values of columns of coefficients on shift * K. */
export async function extendCoefficients(
  coefficients: BigUint64Array,
  width: number,
  logHeight: number,
  logBlowup: number,
  shift: Felt,
  pacer: Pacer,
  phase: Phase,
): Promise<Columns> {
  const [n, size] = [2 ** logHeight, 2 ** (logHeight + logBlowup)];
  const data = new BigUint64Array(width * size);
  for (let c = 0; c < width; c++) {
    const column = coefficients.subarray(c * n, (c + 1) * n);
    const out = data.subarray(c * size, (c + 1) * size);
    for (const _ of cosetSteps(column, logHeight, logBlowup, shift, out)) await pacer.tick(phase, c / width);
  }
  return { width, logHeight: logHeight + logBlowup, data };
}
