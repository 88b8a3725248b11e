import * as F from '../field/felt.ts';
import * as Q from '../field/quad.ts';

/** Values per FRI leaf; the only folding arity there is. */
export const FRI_ARITY = 4;

const FOURTH_ROOT = F.rootOfUnity(2);
const QUARTER = F.inv(4n);

/**
 * Folds [f(s), f(-s), f(i s), f(-i s)] to f_0(s^4) + beta f_1(s^4) + .., where f(x) = sum x^k f_k(x^4): the inverse
 * transform of size four, evaluated at beta / s. `sInverse` is 1 / s.
 */
export function foldFour(values: readonly Q.QuadFelt[], sInverse: F.Felt, beta: Q.QuadFelt): Q.QuadFelt {
  const [y0, y2, y1, y3] = values;
  const [even, evenDiff] = [Q.add(y0, y2), Q.sub(y0, y2)];
  const [odd, oddDiff] = [Q.add(y1, y3), Q.mulBase(Q.sub(y3, y1), FOURTH_ROOT)];
  const t = Q.mulBase(beta, sInverse);
  const coefficients = [
    Q.add(even, odd),
    Q.add(evenDiff, oddDiff),
    Q.sub(even, odd),
    Q.sub(evenDiff, oddDiff),
  ];
  const sum = coefficients.reduceRight((acc, c) => Q.add(Q.mul(acc, t), c));
  return Q.mulBase(sum, QUARTER);
}
