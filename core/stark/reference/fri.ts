import * as F from '../../field/felt.ts';
import { inverseNtt } from '../../field/ntt.ts';
import type * as Q from '../../field/quad.ts';
import { highDegree } from '../errors.ts';
import { FRI_ARITY, foldFour } from '../fri-fold.ts';
import type { Columns } from '../lmcs/tree.ts';
import { reverseBits } from '../order.ts';
import type { QuadColumn } from './quotient.ts';

/**
 * Leaves of a codeword on the (unshifted) subgroup of order 2^log: row k holds f(s), f(-s), f(is), f(-is) for
 * s = w^k, which stand a quarter of the codeword apart, as eight base columns.
 */
export function friRows(codeword: QuadColumn): Columns {
  const height = codeword[0].length / FRI_ARITY;
  const data = new BigUint64Array(2 * FRI_ARITY * height);
  for (let j = 0; j < FRI_ARITY; j++) {
    const from = reverseBits(j, 2) * height;
    data.set(codeword[0].subarray(from, from + height), 2 * j * height);
    data.set(codeword[1].subarray(from, from + height), (2 * j + 1) * height);
  }
  return { width: 2 * FRI_ARITY, logHeight: Math.log2(height), data };
}

/** The codeword a quarter as long that {@link friRows} folds to. `pause` is called now and then. */
export async function foldRows(
  { logHeight, data }: Columns,
  beta: Q.QuadFelt,
  pause: () => Promise<void>,
): Promise<QuadColumn> {
  const height = 2 ** logHeight;
  const step = F.inv(F.rootOfUnity(logHeight + 2));
  const out: QuadColumn = [new BigUint64Array(height), new BigUint64Array(height)];
  let sInverse = 1n;
  for (let k = 0; k < height; k++) {
    const value = (j: number): Q.QuadFelt => [data[2 * j * height + k], data[(2 * j + 1) * height + k]];
    const folded = foldFour([value(0), value(1), value(2), value(3)], sInverse, beta);
    out[0][k] = folded[0];
    out[1][k] = folded[1];
    sInverse = F.mul(sInverse, step);
    if (k % 1024 === 0) await pause();
  }
  return out;
}

/**
 * Coefficients, highest first, of the polynomial that a codeword comes from: `length` of them. If `strict`, throws
 * `faulty-backend` when the codeword has more.
 */
export function finalPolynomial(codeword: QuadColumn, length: number, strict: boolean): Q.QuadFelt[] {
  const [c0, c1] = codeword.map((half) => {
    const coefficients = half.slice();
    inverseNtt(coefficients, Math.log2(half.length));
    const highest = coefficients.findLastIndex((coefficient) => coefficient !== 0n);
    if (strict && highest >= length)
      throw highDegree(`${highest + 1} coefficients, ${length} at most are right`);
    return coefficients;
  });
  return Array.from({ length }, (_, i): Q.QuadFelt => [c0[i], c1[i]]).reverse();
}
