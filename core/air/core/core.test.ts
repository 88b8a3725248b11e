import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Evaluator, type Value } from '../evaluate.ts';
import { buildCoreAir } from './index.ts';

type Cell = string | [string, string];
interface Vector {
  name: string;
  assignments: {
    main: [Cell[], Cell[]];
    aux: [[string, string][], [string, string][]];
    public: string[];
    auxValues: [string, string][];
    challenges: [[string, string], [string, string]];
    isFirst: Cell;
    isLast: Cell;
    isTransition: Cell;
    values: Cell[];
  }[];
}
const vectors: { airs: Vector[] } = JSON.parse(readFileSync('test/vectors/air.json', 'utf8'));
const quad = ([a, b]: [string, string]): [bigint, bigint] => [BigInt(a), BigInt(b)];
const value = (cell: Cell): Value => (typeof cell === 'string' ? BigInt(cell) : quad(cell));

test('every constraint has its official value at random points', () => {
  const air = buildCoreAir();
  assert.equal(air.constraints.length, 255);
  assert.equal(air.maxDegree, 9);
  const evaluator = new Evaluator(
    air.graph,
    air.constraints.map(({ expr }) => expr),
  );
  const assignments = vectors.airs.find(({ name }) => name === air.name)?.assignments ?? [];
  assert.ok(assignments.length > 0);
  for (const at of assignments) {
    const values = evaluator.evaluate({
      main: [at.main[0].map(value), at.main[1].map(value)],
      aux: [at.aux[0].map(quad), at.aux[1].map(quad)],
      preprocessed: [[], []],
      periodic: [],
      public: at.public.map(BigInt),
      auxValues: at.auxValues.map(quad),
      challenges: [quad(at.challenges[0]), quad(at.challenges[1])],
      isFirst: value(at.isFirst),
      isLast: value(at.isLast),
      isTransition: value(at.isTransition),
    });
    for (const [i, { name }] of air.constraints.entries()) {
      const expected = value(at.values[i]);
      assert.deepEqual(values[i], typeof expected === 'bigint' ? [expected, 0n] : expected, name);
    }
  }
});
