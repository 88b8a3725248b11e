import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as Q from '../field/quad.ts';
import { type Assignment, Challenges, Evaluator } from './evaluate.ts';
import { ExprGraph } from './expr.ts';
import { Bus, encode, lookupColumn, lookupConstraints } from './lookup.ts';

const alpha: Q.QuadFelt = [11n, 13n];
const beta: Q.QuadFelt = [17n, 19n];
const at: Assignment = {
  main: [
    [1n, 0n, 5n, 7n],
    [0n, 0n, 0n, 0n],
  ],
  aux: [
    [
      [2n, 3n],
      [4n, 5n],
    ],
    [
      [6n, 7n],
      [8n, 9n],
    ],
  ],
  preprocessed: [[], []],
  periodic: [],
  public: [],
  auxValues: [[21n, 22n]],
  challenges: [alpha, beta],
  isFirst: 3n,
  isLast: 0n,
  isTransition: 1n,
};

const fraction = (v: Q.QuadFelt, u: Q.QuadFelt): Q.QuadFelt => Q.mul(v, Q.inv(u));
const sum = (...values: Q.QuadFelt[]): Q.QuadFelt => values.reduce(Q.add);

test('a message is alpha + (bus + 1) beta^16 + sum beta^i field_i', () => {
  const g = new ExprGraph();
  const message = encode(g, Bus.RangeCheck, [g.main(2), 9, g.main(3)]);
  const expected = sum(
    alpha,
    Q.mulBase(Q.pow(beta, 16n), 22n),
    [5n, 0n],
    Q.mulBase(beta, 9n),
    Q.mulBase(Q.pow(beta, 2n), 7n),
  );
  assert.deepEqual(new Evaluator(g, [message]).evaluate(at), [expected]);
  assert.throws(() => encode(g, Bus.RangeCheck, new Array(17).fill(0)), RangeError);
});

test('groups select, batches multiply, columns add', () => {
  const g = new ExprGraph();
  const [on, off] = [g.main(0), g.main(1)];
  const messages = [2, 3].map((c) => encode(g, Bus.And8, [g.main(c)]));
  const column = lookupColumn(g, 'x', (c) => {
    c.group((group) => {
      group.add(off, messages[0]);
      group.batch(on, (batch) => {
        batch.remove(messages[0]);
        batch.insert(g.main(3), messages[1]);
        batch.add(messages[1]);
      });
    });
    c.group((group) => group.insert(on, g.main(2), messages[0]));
    c.group((group) => group.remove(on, messages[1]));
  });
  const [u, v] = new Evaluator(g, [column.u, column.v]).evaluate(at);
  const challenges = new Challenges(alpha, beta);
  const d = [5n, 7n].map((field) => Q.add(challenges.busPrefix(Bus.And8), [field, 0n]));
  const minusOne: Q.QuadFelt = Q.neg(Q.ONE);
  const expected = sum(
    fraction(minusOne, d[0]),
    fraction([7n, 0n], d[1]),
    fraction(Q.ONE, d[1]),
    fraction([5n, 0n], d[0]),
    fraction(minusOne, d[1]),
  );
  assert.deepEqual(fraction(v, u), expected);
});

test('a column under a constant flag is its bare fraction', () => {
  const g = new ExprGraph();
  const message = encode(g, Bus.And8, [g.main(2)]);
  const column = lookupColumn(g, 'x', (c) =>
    c.group((group) => group.batch(g.lift(1), (b) => b.add(message))),
  );
  assert.equal(column.u, message);
  assert.equal(column.v, g.lift(1));
});

test('column 0 accumulates cyclically, the others hold their fraction', () => {
  const g = new ExprGraph();
  const columns = [2, 3].map((c) =>
    lookupColumn(g, `c${c}`, (col) =>
      col.group((group) => group.add(g.main(0), encode(g, Bus.And8, [g.main(c)]))),
    ),
  );
  const constraints = lookupConstraints(g, 'toy', columns);
  assert.deepEqual(
    constraints.map((c) => c.name),
    ['toy/lookup/start', 'toy/lookup/c2', 'toy/lookup/c3'],
  );
  const roots = [...constraints.map((c) => c.expr), ...columns.flatMap((c) => [c.u, c.v])];
  const [start, recurrence, held, u0, v0, u1, v1] = new Evaluator(g, roots).evaluate(at);
  assert.deepEqual(start, [6n, 9n]);
  // acc' - (acc + c1) + sigma' = (6,7) - (2,3) - (4,5) + (21,22)
  assert.deepEqual(recurrence, Q.sub(Q.mul(u0, [21n, 21n]), v0));
  assert.deepEqual(held, Q.sub(Q.mul(u1, [4n, 5n]), v1));
});
