import { NON_RESIDUE } from '../field/quad.ts';
import type { Scope } from './constraint-list.ts';
import type { Expr } from './expr.ts';

/** An element of the quadratic extension whose two coordinates are trace expressions. */
export type QuadExpr = readonly [c0: Expr, c1: Expr];

export const addQuad = (a: QuadExpr, b: QuadExpr): QuadExpr => [a[0].add(b[0]), a[1].add(b[1])];
export const subQuad = (a: QuadExpr, b: QuadExpr): QuadExpr => [a[0].sub(b[0]), a[1].sub(b[1])];
export const doubleQuad = (a: QuadExpr): QuadExpr => addQuad(a, a);
export const scaleQuad = (a: QuadExpr, factor: Expr | bigint): QuadExpr => [
  a[0].mul(factor),
  a[1].mul(factor),
];
/** a + c for a base-field c. */
export const addBase = (a: QuadExpr, c: Expr): QuadExpr => [a[0].add(c), a[1]];

/** Karatsuba: a product costs an evaluator more than the three sums that replace it. */
export function mulQuad(a: QuadExpr, b: QuadExpr): QuadExpr {
  const low = a[0].mul(b[0]);
  const high = a[1].mul(b[1]);
  const cross = a[0].add(a[1]).mul(b[0].add(b[1]));
  return [low.add(high.mul(NON_RESIDUE)), cross.sub(low).sub(high)];
}
export function squareQuad(a: QuadExpr): QuadExpr {
  const cross = a[0].mul(a[1]);
  return [a[0].mul(a[0]).add(a[1].mul(a[1]).mul(NON_RESIDUE)), cross.add(cross)];
}

/** States equality of both coordinates, as two constraints `name-0` and `name-1`. */
export function equalQuad(scope: Scope, name: string, left: QuadExpr, right: QuadExpr): void {
  scope.equal(`${name}-0`, left[0], right[0]);
  scope.equal(`${name}-1`, left[1], right[1]);
}
