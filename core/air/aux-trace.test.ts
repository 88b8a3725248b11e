import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KilnError } from '../errors.ts';
import { MODULUS } from '../field/felt.ts';
import * as Q from '../field/quad.ts';
import type { TraceMatrix } from '../vm/trace/types.ts';
import { buildAuxTrace } from './aux-trace.ts';
import { defineAir } from './define.ts';
import { Challenges } from './evaluate.ts';
import { ExprGraph } from './expr.ts';
import { Bus, encode, lookupColumn } from './lookup.ts';
import { RowEvaluator } from './row-evaluator.ts';

const HEIGHT = 8;
const challenges: [Q.QuadFelt, Q.QuadFelt] = [
  [3n, 5n],
  [7n, 11n],
];

/** Adds what stands in column 0 and removes what stands in column 1, as the two columns of a lookup. */
function toyAir() {
  const graph = new ExprGraph();
  const message = (column: number) => encode(graph, Bus.And8, [graph.main(column)]);
  return defineAir({
    name: 'toy',
    graph,
    mainWidth: 2,
    constraints: [],
    lookups: [
      lookupColumn(graph, 'add', (c) => c.group((group) => group.add(graph.lift(1), message(0)))),
      lookupColumn(graph, 'remove', (c) => c.group((group) => group.remove(graph.lift(1), message(1)))),
    ],
  });
}

function trace(left: readonly bigint[], right: readonly bigint[]): TraceMatrix {
  return { width: 2, height: HEIGHT, rows: HEIGHT, data: BigUint64Array.from([...left, ...right]) };
}

const values = [1n, 2n, 3n, 4n, MODULUS - 1n, 0n, 7n, 8n];

test('a permutation has sigma zero, and its columns satisfy every constraint', () => {
  const air = toyAir();
  const main = trace(values, values.toReversed());
  const { matrix, sigma } = buildAuxTrace(air, { main, challenges });
  assert.deepEqual(sigma, Q.ZERO);
  assert.deepEqual([matrix.width, matrix.height, matrix.data[0], matrix.data[HEIGHT]], [4, HEIGHT, 0n, 0n]);
  const roots = air.constraints.map(({ expr }) => expr);
  const evaluator = new RowEvaluator(air, roots, { main, aux: matrix, sigma, challenges });
  for (let row = 0; row < HEIGHT; row++) {
    evaluator.seek(row);
    for (let i = 0; i < roots.length; i++) assert.deepEqual(evaluator.value(i), Q.ZERO);
  }
});

test('sigma is the total by the height', () => {
  const air = toyAir();
  const other = values.with(3, 99n);
  const { sigma } = buildAuxTrace(air, { main: trace(values, other), challenges });
  const prefix = new Challenges(...challenges).busPrefix(Bus.And8);
  const fraction = (field: bigint): Q.QuadFelt => Q.inv(Q.add(prefix, [field, 0n]));
  assert.deepEqual(Q.mulBase(sigma, BigInt(HEIGHT)), Q.sub(fraction(4n), fraction(99n)));
});

test('a zero denominator is refused', () => {
  const air = toyAir();
  const rest = Q.sub(new Challenges(...challenges).busPrefix(Bus.And8), challenges[0]);
  const alpha = Q.neg(Q.add(rest, [7n, 0n]));
  assert.throws(
    () => buildAuxTrace(air, { main: trace(values, values), challenges: [alpha, challenges[1]] }),
    (error) => error instanceof KilnError && error.kind === 'lookup-denominator',
  );
});

test('a source that lacks what the expressions read is a mistake of the caller', () => {
  const air = toyAir();
  const main = trace(values, values);
  const roots = air.constraints.map(({ expr }) => expr);
  assert.throws(() => new RowEvaluator(air, roots, { main, challenges }), TypeError);
});
