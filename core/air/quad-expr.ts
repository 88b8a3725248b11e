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

export function mulQuad(a: QuadExpr, b: QuadExpr): QuadExpr {
  return [a[0].mul(b[0]).add(a[1].mul(b[1]).mul(NON_RESIDUE)), a[0].mul(b[1]).add(a[1].mul(b[0]))];
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
