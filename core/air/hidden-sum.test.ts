import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Felt } from '../field/felt.ts';
import type { QuadFelt } from '../field/quad.ts';
import * as Q from '../field/quad.ts';
import { type Assignment, Evaluator } from './evaluate.ts';
import { withHiddenSum } from './hidden-sum.ts';
import { midenAirs } from './miden.ts';
import type { Air } from './types.ts';

let state = 1n;
const felt = (): Felt => {
  state = (state * 6364136223846793005n + 1442695040888963407n) % 0xffff_ffff_0000_0001n;
  return state;
};
const quad = (): QuadFelt => [felt(), felt()];
const row = (width: number): QuadFelt[] => Array.from({ length: width }, quad);

const values = (air: Air, at: Assignment): QuadFelt[] =>
  new Evaluator(
    air.graph,
    air.constraints.map((c) => c.expr),
  ).evaluate(at);

for (const air of midenAirs()) {
  test(`${air.name} with a hidden sum: the same constraints, read from a column, and its constancy`, () => {
    const hidden = withHiddenSum(air);
    assert.equal(withHiddenSum(air), hidden);
    assert.equal(withHiddenSum(hidden), hidden);
    assert.equal(hidden.auxWidth, air.auxWidth + 1);
    assert.equal(hidden.maxDegree, Math.max(...hidden.constraints.map((c) => c.expr.degree)));
    const [sum, next] = [quad(), quad()];
    const at: Assignment = {
      main: [row(air.mainWidth), row(air.mainWidth)],
      aux: [row(air.auxWidth), row(air.auxWidth)],
      preprocessed: [row(air.preprocessedWidth), row(air.preprocessedWidth)],
      periodic: row(air.periodic.length),
      public: Array.from({ length: air.publicCount }, felt),
      auxValues: [sum],
      challenges: [quad(), quad()],
      isFirst: quad(),
      isLast: quad(),
      isTransition: quad(),
    };
    const inColumn: Assignment = {
      ...at,
      aux: [
        [...at.aux[0], sum],
        [...at.aux[1], next],
      ],
      auxValues: [],
    };
    assert.deepEqual(values(hidden, inColumn), [...values(air, at), Q.sub(next, sum)]);
  });
}
