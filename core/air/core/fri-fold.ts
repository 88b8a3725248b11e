import { inv, rootOfUnity } from '../../field/felt.ts';
import type { Scope } from '../constraint-list.ts';
import type { Expr } from '../expr.ts';
import {
  addQuad,
  doubleQuad,
  equalQuad,
  mulQuad,
  type QuadExpr,
  scaleQuad,
  squareQuad,
  subQuad,
} from '../quad-expr.ts';
import type { CoreWindow } from './window.ts';

/** Inverse of tau, the generator of the subgroup of order 4. */
const TAU_INVERSE = inv(rootOfUnity(2));

/**
 * FRIE2F4 folds the four values of a FRI leaf into one and checks the previous layer's result against them.
 *
 *   now   s0-7 the leaf in bit-reversed order q0 q2 q1 q3; s8 folded position; s9 coset of the query in the leaf;
 *         s10 generator power; s11-12 previous result; s13-14 alpha; s15 layer pointer
 *   next  s0-3 two half folds; s4-6 flags of cosets 1 to 3; s7 power^2; s8, s9, s14 pointer + 8; s10 power^4;
 *         s11 folded position; s12-13 result
 *   helpers  0-1 e = alpha / x; 2-3 e^2; 4 x = power tau^-coset; 5 1 / x
 *
 * (miden-air 1.0.0-rc.0, src/constraints/stack/crypto.rs.)
 */
export function constrainFriFold(scope: Scope, { row, next, flags }: CoreWindow): void {
  const [s, to] = [row.stack, next.stack];
  const pair = (cells: readonly Expr[], i: number): QuadExpr => [cells[i], cells[i + 1]];
  const [q0, q2, q1, q3] = [pair(s, 0), pair(s, 2), pair(s, 4), pair(s, 6)];
  const power = s[10];
  const fri = scope.when(flags.of('FRIE2F4'));

  const [is1, is2, is3] = [to[4], to[5], to[6]];
  const is0 = is1.add(is2).add(is3).not();
  const cosets = [is0, is1, is2, is3];
  for (const [i, flag] of cosets.entries()) fri.boolean(`fri-coset-flag-${i}`, flag);
  fri.equal('fri-coset', s[9], is1.add(is2.add(is2)).add(is3.mul(3)));

  const [, t1, t2, t3] = [0n, 1n, 2n, 3n].map((k) => TAU_INVERSE ** k);
  const tau = is0.add(is1.mul(t1)).add(is2.mul(t2)).add(is3.mul(t3));
  const [x, xInverse] = [row.helpers[4], row.helpers[5]];
  fri.equal('fri-domain-point', x, power.mul(tau));
  fri.equal('fri-domain-inverse', x.mul(xInverse), 1);
  const e = pair(row.helpers, 0);
  const eSquared = pair(row.helpers, 2);
  equalQuad(fri, 'fri-evaluation-point', e, scaleQuad(pair(s, 13), xInverse));
  equalQuad(fri, 'fri-evaluation-point-squared', eSquared, squareQuad(e));

  // Twice the fold of f(x) and f(-x): (f(x) + f(-x)) + (f(x) - f(-x)) e.
  const twiceFold = (a: QuadExpr, b: QuadExpr, at: QuadExpr) =>
    addQuad(addQuad(a, b), mulQuad(subQuad(a, b), at));
  const [half0, half1] = [pair(to, 0), pair(to, 2)];
  equalQuad(fri, 'fri-half-fold-0', doubleQuad(half0), twiceFold(q0, q2, e));
  equalQuad(fri, 'fri-half-fold-1', doubleQuad(half1), twiceFold(q1, q3, scaleQuad(e, TAU_INVERSE)));
  equalQuad(fri, 'fri-fold', doubleQuad(pair(to, 12)), twiceFold(half0, half1, eSquared));

  const queried = [q1, q2, q3]
    .map((value, i) => scaleQuad(subQuad(value, q0), cosets[i + 1]))
    .reduce(addQuad, q0);
  equalQuad(fri, 'fri-previous', pair(s, 11), queried);

  fri.equal('fri-power-squared', to[7], power.mul(power));
  fri.equal('fri-power-fourth', to[10], to[7].mul(to[7]));
  for (const i of [8, 9, 14]) fri.equal(`fri-pointer-${i}`, to[i], s[15].add(8));
  fri.equal('fri-position', to[11], s[8]);
}
