import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MODULUS } from '../field/felt.ts';
import * as Q from '../field/quad.ts';
import { type Assignment, Challenges, Evaluator, type Value } from './evaluate.ts';
import { type Expr, ExprGraph } from './expr.ts';

const felt = fc.bigInt(0n, MODULUS - 1n);
const quad = fc.tuple(felt, felt);
const row = (value: fc.Arbitrary<Value>) => fc.array(value, { minLength: 3, maxLength: 3 });
const rows = (value: fc.Arbitrary<Value>) => fc.tuple(row(value), row(value));
const quads = fc.array(quad, { minLength: 3, maxLength: 3 });
const assignment = (value: fc.Arbitrary<Value>) =>
  fc.record({
    main: rows(value),
    aux: fc.tuple(quads, quads),
    preprocessed: rows(value),
    periodic: row(value),
    public: fc.array(felt, { minLength: 3, maxLength: 3 }),
    auxValues: quads,
    challenges: fc.tuple(quad, quad),
    isFirst: value,
    isLast: value,
    isTransition: value,
  });

/** Every kind of leaf, with its value. */
const leaves: readonly [(g: ExprGraph) => Expr, (at: Assignment) => Value][] = [
  [(g) => g.lift(-5), () => MODULUS - 5n],
  [(g) => g.main(2, 1), (at) => at.main[1][2]],
  [(g) => g.main(0), (at) => at.main[0][0]],
  [(g) => g.aux(1, 1), (at) => at.aux[1][1]],
  [(g) => g.preprocessed(2), (at) => at.preprocessed[0][2]],
  [(g) => g.periodic(1), (at) => at.periodic[1]],
  [(g) => g.public(2), (at) => at.public[2]],
  [(g) => g.auxValue(0), (at) => at.auxValues[0]],
  [(g) => g.betaPower(3), (at) => Q.pow(at.challenges[1], 3n)],
  [(g) => g.busPrefix(4), (at) => new Challenges(...at.challenges).busPrefix(4)],
  [(g) => g.isFirst(), (at) => at.isFirst],
  [(g) => g.isLast(), (at) => at.isLast],
  [(g) => g.isTransition(), (at) => at.isTransition],
];

const REFERENCE = { add: Q.add, sub: Q.sub, mul: Q.mul } as const;

test('random expressions have the value of the bigint extension, for base and extension points', () => {
  const op = fc.tuple(fc.constantFrom('add', 'sub', 'mul', 'neg'), fc.nat(), fc.nat());
  for (const value of [felt, quad] as fc.Arbitrary<Value>[]) {
    fc.assert(
      fc.property(assignment(value), fc.array(op, { minLength: 1, maxLength: 40 }), (at, ops) => {
        const g = new ExprGraph();
        const nodes = leaves.map(([make]) => make(g));
        const values = leaves
          .map(([, get]) => get(at as Assignment))
          .map((v) => (typeof v === 'bigint' ? Q.fromBase(v) : v));
        for (const [kind, i, j] of ops) {
          const [a, b] = [i % nodes.length, j % nodes.length];
          const name = kind as 'add' | 'sub' | 'mul' | 'neg';
          nodes.push(name === 'neg' ? nodes[a].neg() : nodes[a][name](nodes[b]));
          values.push(name === 'neg' ? Q.neg(values[a]) : REFERENCE[name](values[a], values[b]));
        }
        const roots = nodes.slice(leaves.length);
        const evaluator = new Evaluator(g, roots);
        assert.deepEqual(evaluator.evaluate(at as Assignment), values.slice(leaves.length));
        const [, challenge] = (at as Assignment).challenges;
        const folded = values
          .slice(leaves.length)
          .reduce((sum, v) => Q.add(Q.mul(sum, challenge), v), Q.ZERO);
        assert.deepEqual(evaluator.fold(challenge), folded);
      }),
      { numRuns: 200 },
    );
  }
});

test('only what the roots need is computed', () => {
  const g = new ExprGraph();
  const wanted = g.main(0).mul(g.main(1));
  wanted.add(g.main(2)).mul(wanted);
  const evaluator = new Evaluator(g, [wanted]);
  assert.equal(evaluator.operations, 1);
  assert.equal(evaluator.leaves.length, 2);
});
