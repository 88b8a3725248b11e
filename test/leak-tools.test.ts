import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExprGraph } from '../core/air/expr.ts';
import { midenAirs } from '../core/air/miden.ts';
import * as F from '../core/field/felt.ts';
import type { QuadFelt } from '../core/field/quad.ts';
import * as Q from '../core/field/quad.ts';
import { denseRow, rankOf } from './zk/leak/row-space.ts';
import { type Leaves, Tape } from './zk/leak/tape.ts';
import { generator } from './zk/leak/toys.ts';

/** What the leak test counts with. */
const random = generator(5n);
const quad = (): QuadFelt => [random(), random()];
const matrix = (rows: number, columns: number) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, random));

test('the rank of a product through a narrow middle is the middle', () => {
  for (const middle of [0, 1, 7, 20]) {
    const [left, right] = [matrix(20, middle), matrix(middle, 30)];
    const product = left.map((row) =>
      Array.from({ length: 30 }, (_, c) => row.reduce((sum, v, k) => F.add(sum, F.mul(v, right[k][c])), 0n)),
    );
    assert.equal(rankOf(product.map(denseRow), 30), middle);
  }
});

test('a tape knows the derivative of a polynomial', () => {
  const g = new ExprGraph();
  const [x, y] = [g.main(0), g.main(0, 1)];
  const tape = new Tape(g, [x.mul(x).mul(y).sub(y.neg()), y.sub(x)]);
  const [a, b] = [quad(), quad()];
  const [values] = [tape.evaluate(leaves([a], [b]))];
  assert.deepEqual(values[0], Q.add(Q.mul(Q.mul(a, a), b), b));
  const byX = Q.mulBase(Q.mul(a, b), 2n);
  const byY = Q.add(Q.mul(a, a), Q.ONE);
  const order = tape.cells.map(({ row }) => row);
  assert.deepEqual(
    tape.gradient([Q.ONE, Q.ZERO]),
    order.map((row) => (row === 0 ? byX : byY)),
  );
  const tangent = tape.tangent(order.map((row): QuadFelt => [row === 0 ? 3n : 5n, 0n]));
  assert.deepEqual(tangent, [Q.add(Q.mulBase(byX, 3n), Q.mulBase(byY, 5n)), [2n, 0n]]);
});

test('backwards and forwards agree on the AIRs of the VM', () => {
  for (const air of midenAirs()) {
    const tape = new Tape(
      air.graph,
      air.constraints.map(({ expr }) => expr),
    );
    const row = (width: number) => Array.from({ length: width }, quad);
    tape.evaluate({
      main: [row(air.mainWidth), row(air.mainWidth)],
      aux: [row(air.auxWidth), row(air.auxWidth)],
      preprocessed: [row(air.preprocessedWidth), row(air.preprocessedWidth)],
      periodic: row(air.periodic.length),
      public: Array.from({ length: air.publicCount }, random),
      sum: quad(),
      challenges: [quad(), quad()],
      first: quad(),
      last: quad(),
      transition: quad(),
    });
    const [weights, direction] = [row(air.constraints.length), row(tape.cells.length)];
    const inner = (a: readonly QuadFelt[], b: readonly QuadFelt[]) =>
      a.reduce((sum, v, i) => Q.add(sum, Q.mul(v, b[i])), Q.ZERO);
    assert.deepEqual(inner(tape.gradient(weights), direction), inner(weights, tape.tangent(direction)));
  }
});

/** Cells of a graph that reads nothing else. */
function leaves(current: readonly QuadFelt[], next: readonly QuadFelt[]): Leaves {
  const none: readonly QuadFelt[] = [];
  return {
    main: [current, next],
    aux: [none, none],
    preprocessed: [none, none],
    periodic: none,
    public: [],
    sum: Q.ZERO,
    challenges: [Q.ONE, Q.ONE],
    first: Q.ZERO,
    last: Q.ZERO,
    transition: Q.ZERO,
  };
}
