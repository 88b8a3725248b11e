import { type Felt, inv, mul, pow, rootOfUnity } from '../../core/field/felt.ts';
import * as Q from '../../core/field/quad.ts';

/** Exact formulas on the domains of the proof system: all points are given in the extension field. */

/** x^(2^log). */
export const powerOfTwo = (x: Q.QuadFelt, log: number): Q.QuadFelt => Q.pow(x, 1n << BigInt(log));

/** The canonical coset of order 2^log has the shift 7^(2^32 / 2^log): its powers are the shorter cosets. */
export const cosetShift = (log: number): Felt => pow(7n, 1n << BigInt(32 - log));

/** X in E = F[X] / (X^2 - 7): what the second of two columns that stand for one is multiplied with. */
const SECOND: Q.QuadFelt = [0n, 1n];

/** Extension columns from their opened base columns, at one point. */
export const recombine = (values: readonly Q.QuadFelt[]): Q.QuadFelt[] =>
  Array.from({ length: values.length / 2 }, (_, i) => Q.add(values[2 * i], Q.mul(SECOND, values[2 * i + 1])));

/** The polynomial of degree < p through `values` on the subgroup of order p, at a point y off that subgroup. */
export function interpolate(values: readonly Felt[], y: Q.QuadFelt): Q.QuadFelt {
  const log = Math.log2(values.length);
  const w = rootOfUnity(log);
  const scale = Q.mulBase(Q.sub(powerOfTwo(y, log), Q.ONE), inv(BigInt(values.length)));
  return values.reduce<Q.QuadFelt>((sum, value, i) => {
    const point = pow(w, BigInt(i));
    const weight = Q.mulBase(Q.inv(Q.sub(y, [point, 0n])), mul(value, point));
    return Q.add(sum, Q.mul(scale, weight));
  }, Q.ZERO);
}

/**
 * Q(z) = sum_t L_t(z) q_t(z) from D = 2^logParts parts: part t agrees with Q on the coset g zeta^(t/N) H, and
 * L_t = c_t Z / (X^N - a_t) with Z = X^(DN) - g^(DN), a_t = g^N zeta^t, c_t = 1 / (D a_t^(D-1)).
 */
export function quotientAt(
  z: Q.QuadFelt,
  parts: readonly Q.QuadFelt[],
  logHeight: number,
  shift: Felt,
): Q.QuadFelt {
  const logParts = Math.log2(parts.length);
  const [D, N] = [BigInt(parts.length), 1n << BigInt(logHeight)];
  const Z = Q.sub(powerOfTwo(z, logHeight + logParts), [pow(shift, D * N), 0n]);
  return parts.reduce<Q.QuadFelt>((sum, part, t) => {
    const a = mul(pow(shift, N), pow(rootOfUnity(logParts), BigInt(t)));
    const c = inv(mul(D, pow(a, D - 1n)));
    const lagrange = Q.mul(Q.mulBase(Z, c), Q.inv(Q.sub(powerOfTwo(z, logHeight), [a, 0n])));
    return Q.add(sum, Q.mul(lagrange, part));
  }, Q.ZERO);
}

/** sum coefficients[i] x^(length - 1 - i): the first has the highest power. */
export const horner = (coefficients: readonly Q.QuadFelt[], x: Q.QuadFelt): Q.QuadFelt =>
  coefficients.reduce((sum, c) => Q.add(Q.mul(sum, x), c), Q.ZERO);
