import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseAssignments } from '../core/air/assignment.ts';
import { Evaluator } from '../core/air/evaluate.ts';
import { midenAirs } from '../core/air/miden.ts';

const text = readFileSync(new URL('./vectors/air.json', import.meta.url), 'utf8');
const vectors = JSON.parse(text) as { airs: VectorAir[] };

interface VectorAir {
  name: string;
  classes: string;
  maxDegree: number;
  degrees: { base: number; ext: number };
  numBase: number;
  numExt: number;
  periodicColumns: string[][];
  widths: Record<'aux' | 'main' | 'periodic' | 'preprocessed' | 'public', number>;
  assignments: { kind: string; values: (string | [string, string])[] }[];
}

for (const air of midenAirs()) {
  const vector = vectors.airs.find((v) => v.name === air.name) as VectorAir;

  test(`${air.name}: shape and degrees are the official ones`, () => {
    const extension = air.constraints.filter((c) => c.expr.isExtension);
    const base = air.constraints.filter((c) => !c.expr.isExtension);
    const degree = (list: typeof base): number => Math.max(0, ...list.map((c) => c.expr.degree));
    assert.equal(air.constraints.map((c) => (c.expr.isExtension ? 'e' : 'b')).join(''), vector.classes);
    assert.deepEqual([base.length, extension.length], [vector.numBase, vector.numExt]);
    assert.deepEqual([degree(base), degree(extension)], [vector.degrees.base, vector.degrees.ext]);
    assert.equal(air.maxDegree, vector.maxDegree);
    assert.deepEqual(
      [air.mainWidth, air.auxWidth, air.preprocessedWidth, air.publicCount, air.periodic.length],
      [
        vector.widths.main,
        vector.widths.aux,
        vector.widths.preprocessed,
        vector.widths.public,
        vector.widths.periodic,
      ],
    );
    assert.deepEqual(
      air.periodic.map((column) => column.map(String)),
      vector.periodicColumns,
    );
    assert.equal(new Set(air.constraints.map((c) => c.name)).size, air.constraints.length);
  });

  test(`${air.name}: every constraint has its official value at every assignment`, () => {
    const file = JSON.stringify({ airs: [vector] });
    const [{ assignments }] = parseAssignments(file, [air]);
    const evaluator = new Evaluator(
      air.graph,
      air.constraints.map((c) => c.expr),
    );
    assignments.forEach((at, i) => {
      const got = evaluator.evaluate(at);
      vector.assignments[i].values.forEach((expected, k) => {
        const [c0, c1] = Array.isArray(expected) ? expected : [expected, '0'];
        assert.deepEqual(got[k].map(String), [c0, c1], `${air.constraints[k].name}, assignment ${i}`);
      });
    });
  });
}

test('the instances are the official ones in the official order', () => {
  assert.deepEqual(
    midenAirs().map((air) => air.name),
    vectors.airs.map((air) => air.name),
  );
});

test('a file without values is read in its own order', () => {
  const reversed = {
    airs: vectors.airs.toReversed().map(({ name, assignments }) => ({ name, assignments })),
  };
  for (const { assignments } of reversed.airs) {
    for (const assignment of assignments) delete (assignment as { values?: unknown }).values;
  }
  const parsed = parseAssignments(JSON.stringify(reversed), midenAirs());
  assert.deepEqual(
    parsed.map(({ air, assignments }) => [air.name, assignments.length]),
    reversed.airs.map(({ name, assignments }) => [name, assignments.length]),
  );
});
