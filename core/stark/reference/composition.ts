import * as F from '../../field/felt.ts';
import { cosetValues } from '../../field/ntt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import { extraShift, ldeShift } from '../domain.ts';
import type { Columns } from '../lmcs/tree.ts';
import type { QuotientInput } from '../quotient-inputs.ts';
import { type Extended, valuesOn } from './extension.ts';
import type { Pacer } from './pacer.ts';
import { accumulate, airQuotient, type QuadColumn, upsample } from './quotient.ts';

/** Where quotients are evaluated: one coset for each height, all of them images of the largest under lifting. */
export interface Cosets {
  /** log2 of the points per row at which columns are given. */
  readonly logBlowup: number;
  /** log2 of the points per row at which the sum of all quotients is wanted. */
  readonly logParts: number;
  /** log2 of those at which the quotient of an AIR is computed first. */
  ownParts(input: QuotientInput<Extended>): number;
  shift(logHeight: number): F.Felt;
  columns(matrix: Extended): Promise<Columns>;
}

/** The cosets that the parts of the quotient run through. */
export const partCosets = (logBlowup: number, logParts: number): Cosets => ({
  logBlowup,
  logParts,
  ownParts: (input) => input.logParts,
  shift: (logHeight) => ldeShift(logHeight + logBlowup),
  columns: async ({ lde }) => lde,
});

/** One more value per row, apart from those. */
export function extraCosets(logBlowup: number, logParts: number, pacer: Pacer): Cosets {
  const shift = (logHeight: number) => extraShift(logHeight, logBlowup, logParts);
  return {
    logBlowup: 0,
    logParts: 0,
    ownParts: () => 0,
    shift,
    columns: (matrix) => valuesOn(matrix, shift(matrix.logHeight), pacer),
  };
}

/**
 * The constraints of all AIRs (`inputs` in proof order), folded by `alpha` within one and by `beta` across them, divided by
 * the vanishing polynomials of the trace domains, on the largest of some cosets. `sumWeights`, in the same order, are
 * there where sums are hidden columns: that they balance is then the last constraint.
 */
export async function composition(
  inputs: readonly QuotientInput<Extended>[],
  cosets: Cosets,
  [alpha, beta]: readonly [QuadFelt, QuadFelt],
  sumWeights: readonly F.Felt[] | undefined,
  pacer: Pacer,
): Promise<QuadColumn> {
  let sum: QuadColumn | undefined;
  for (const input of inputs) {
    const { logHeight } = input.main;
    const logParts = cosets.ownParts(input);
    const values = await airQuotient(
      {
        air: input.air,
        logHeight,
        shift: cosets.shift(logHeight),
        logBlowup: cosets.logBlowup,
        logParts,
        main: await cosets.columns(input.main),
        aux: await cosets.columns(input.aux),
        preprocessed: input.preprocessed && (await cosets.columns(input.preprocessed)),
        constants: input.binding,
      },
      alpha,
      pacer,
    );
    const all = await upsample(values, logHeight + logParts, cosets.logParts - logParts, pacer);
    sum = accumulate(sum, all, beta);
  }
  return sumWeights ? accumulate(sum, sumQuotient(inputs, cosets, sumWeights), beta) : sum!;
}

/**
 * The quotient of the constraint that the hidden sums S_j balance: sum_j n_j S_j(X^r_j) plus what the statement adds is
 * zero on the trace domain. As S_j is a constant plus (Y^n_j - 1) rho_j, it is sum_j n_j rho_j(X^r_j).
 */
function sumQuotient(
  inputs: readonly QuotientInput<Extended>[],
  { logParts, shift }: Cosets,
  weights: readonly F.Felt[],
): QuadColumn {
  let sum: QuadColumn = [new BigUint64Array(1), new BigUint64Array(1)];
  for (const [position, { aux }] of inputs.entries()) {
    const { width, logHeight, length, coefficients } = aux;
    const n = 2 ** logHeight;
    const half = (column: number) => {
      const rho = new BigUint64Array(n);
      rho.set(coefficients.subarray(column * length + n, (column + 1) * length));
      const values = new BigUint64Array(n << logParts);
      cosetValues(rho, logHeight, logParts, shift(logHeight), values);
      return values.map((value) => F.mul(value, weights[position]));
    };
    sum = accumulate(sum, [half(width - 2), half(width - 1)], Q.ONE);
  }
  return sum;
}
