import type { Expr, ExprGraph } from './expr.ts';

/** The current (offset 0) or next (offset 1) row of a main trace, cell by cell; columns are named in the layouts. */
export class Row {
  readonly #graph: ExprGraph;
  readonly #offset: 0 | 1;
  constructor(graph: ExprGraph, offset: 0 | 1) {
    this.#graph = graph;
    this.#offset = offset;
  }
  at(column: number): Expr {
    return this.#graph.main(column, this.#offset);
  }
  range(first: number, count: number): Expr[] {
    return Array.from({ length: count }, (_, i) => this.at(first + i));
  }
}

/** sum values[i] 2^(8 i). */
export const packBytes = (bytes: readonly Expr[]): Expr =>
  bytes.reduce((sum, byte, i) => sum.add(byte.mul(2 ** (8 * i))));

/** a ^ b of two bytes whose AND is known: a + b - 2 (a & b). */
export const xorFromAnd = (a: Expr, b: Expr, and: Expr): Expr => a.add(b).sub(and.mul(2));
