import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
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

test('kiln air eval prints the values in the order of the file, which need not have them', () => {
  const reversed = vectors.airs.toReversed();
  const file = reversed.map(({ name, assignments }) => ({
    name,
    assignments: assignments.map(({ values: _, ...assignment }) => assignment),
  }));
  const expected = reversed.map(({ name, assignments }) => ({
    name,
    assignments: assignments.map(({ values }) => ({ values })),
  }));
  const { status, stdout } = airEval({ airs: file });
  assert.deepEqual([status, JSON.parse(stdout)], [0, { airs: expected }]);
});

test('kiln air eval refuses what is no file of assignments', () => {
  const { status, stdout } = airEval({ airs: [{ name: 'core', assignments: [{}] }] });
  const { error } = JSON.parse(stdout) as { error: { kind: string } };
  assert.deepEqual([status, error.kind], [1, 'air-assignment']);
});

function airEval(file: unknown) {
  const folder = mkdtempSync(join(tmpdir(), 'kiln-'));
  try {
    const path = join(folder, 'air.json');
    writeFileSync(path, JSON.stringify(file));
    const cli = fileURLToPath(new URL('../cli/kiln.ts', import.meta.url));
    return spawnSync(process.execPath, [cli, 'air', 'eval', path, '--json'], { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
