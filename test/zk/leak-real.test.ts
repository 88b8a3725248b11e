import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { INSTANCE } from '../../core/air/miden.ts';
import * as F from '../../core/field/felt.ts';
import type { QuadFelt } from '../../core/field/quad.ts';
import * as Q from '../../core/field/quad.ts';
import { EMPTY_WORD } from '../../core/hash/word.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { recombineQuotient } from '../../core/stark/domain.ts';
import { fitTraces } from '../../core/stark/miden/heights.ts';
import { midenInstances } from '../../core/stark/miden/prove.ts';
import { midenStatement } from '../../core/stark/miden/relation.ts';
import { privateProfile } from '../../core/stark/profile.ts';
import { proveWithSeed } from '../../core/stark/testing/fixed-seed.ts';
import { CORE } from '../../core/vm/trace/layout.ts';
import type { LogHeights } from '../../core/vm/trace/padding.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';
import { blinderValues, maskValues, viewPoints } from './leak/blocks.ts';
import { challengesFor, masksOf, type Ranks, ranks, type Setting } from './leak/experiment.ts';
import { PARTS } from './leak/parts.ts';
import { conjugate, joined } from './leak/polynomial.ts';
import { distinct, openedColumn, placeOf, randomnessOf, shapeOf } from './leak/prediction.ts';
import { type RealFamily, realFamily, runSecrets, SECRETS } from './leak/real.ts';
import { RecordingBackend } from './leak/record.ts';
import { QUOTIENT_RELATIONS, ReducedModel } from './leak/reduced.ts';
import { rankOf } from './leak/row-space.ts';
import { type Challenges, MATRICES } from './leak/system.ts';

/**
 * The leak test on a real private proof of the VM: real profile, real heights, the proof's own challenges and masks. Only
 * the blocks that `ReducedModel` names are taken out by hand; nothing is shrunk.
 */
const backend = new RecordingBackend(new CpuBackend({ host: nodeWorkerHost, threads: 2 }));
after(() => backend.close());
const profile = privateProfile('blake3');
const { claim, traces } = runSecrets(SECRETS);
const statement = midenStatement(claim, EMPTY_WORD);
const instances = midenInstances(claim, fitTraces(traces, profile));
// Queries that meet on a short trace show less, and the counts below are of those that do not: hence a fixed seed.
await proveWithSeed({ instances, statement, profile, backend }, 'leak 1');
const { recording } = backend;
const shape = shapeOf(recording);
const heights = shape.logHeights.slice(0, 3) as unknown as LogHeights;
const challenges: Challenges = { ...recording, indices: distinct(recording) };
const queries = challenges.indices.length;
const family = realFamily(challenges, true, heights);
const { masks } = randomnessOf(recording);
const boundary = statement.boundary(recording.lookup);
const model = new ReducedModel({ ...family, challenges, masks, boundary });

test('the queries of this seed lie apart, rows and next rows, on every trace', () => {
  for (const log of shape.logHeights) {
    const { base } = viewPoints(log, shape.logMaxHeight, challenges);
    assert.equal(new Set(base.map(([y]) => y)).size, 2 * profile.numQueries);
  }
});

test('the model predicts every opened column of the real proof', () => {
  for (const i of family.instances.keys()) {
    for (const matrix of MATRICES) {
      const first = placeOf(shape, matrix, i);
      const start = shape.trees.find(({ name }) => name === matrix)!.matrices[0].column;
      for (const c of model.columnsAt(i, 0)[matrix].keys()) {
        const at = (point: number): QuadFelt => model.columnsAt(i, point)[matrix][c];
        assert.deepEqual(at(queries), recording.rows[0][first + c]);
        assert.deepEqual(at(queries + 1), recording.rows[1][first + c]);
        const opened = openedColumn(recording, matrix, first + c - start);
        assert.deepEqual(
          opened,
          opened.map((_, p) => at(p)[0]),
        );
      }
    }
  }
});

test("the model predicts the quotient that the proof's parts make, at all points and conjugates", () => {
  const { z } = recording;
  const points = [z, Q.mulBase(z, F.rootOfUnity(shape.logMaxHeight))];
  const first = placeOf(shape, 'quotient');
  const predicted = model.quotient();
  for (const [p, index] of challenges.indices.entries()) {
    // A query lies in the coset of one part, which is the quotient there.
    const part = index % PARTS;
    const halves = [2 * part, 2 * part + 1].map((c) => openedColumn(recording, 'quotient', c)[p]);
    assert.deepEqual(predicted[p], halves);
  }
  for (const [k, point] of points.entries()) {
    const row = recording.rows[k].slice(first, first + 2 * PARTS);
    for (const [image, at] of [
      [(v: QuadFelt) => v, queries + k],
      [conjugate, queries + 2 + k],
    ] as const) {
      const parts = Array.from({ length: PARTS }, (_, t) => joined(image(row[2 * t]), image(row[2 * t + 1])));
      assert.deepEqual(
        recombineQuotient(parts, image(point), shape.logMaxHeight, shape.logLde),
        predicted[at],
      );
    }
  }
});

test('the masks of the real proof cover every view that the relations allow, and all changes of the secrets', () => {
  const { dimension, random, both } = ranks(model, family);
  assert.equal(random, dimension - QUOTIENT_RELATIONS);
  assert.equal(both, random);
});

test('masks and blinders of the real profile, at the points of the real proof, are of the rank that is needed', () => {
  const seen = 2 * queries + 6;
  for (const log of shape.logHeights)
    assert.equal(rankOf(maskValues(log, shape.logMaxHeight, challenges, profile.maskLength), seen), seen);
  const parts = blinderValues(shape.logMaxHeight, challenges, profile.blinderLength);
  assert.equal(rankOf(parts, PARTS * (queries + 4)), (PARTS - 1) * (queries + 4));
});

/** What must leak, with one query and at the program's own heights: what is small leaks at any size. */
const QUERIES = 1;
const small = challengesFor(16, QUERIES);
const hidden = realFamily(small);
const SOUND = { maskLength: 2 * QUERIES + 6 };
const measure = (of: RealFamily, setting: Pick<Setting, 'maskLength' | 'unmasked'>): Ranks => {
  const options = { ...of, challenges: small, masks: masksOf(of, setting), boundary: Q.ZERO };
  return ranks(new ReducedModel(options), of);
};
const lastAux = 2 * hidden.instances[INSTANCE.chiplets].air.auxWidth - 2;
const LEAKS: readonly (readonly [string, RealFamily, Pick<Setting, 'maskLength' | 'unmasked'>])[] = [
  ['masks of q + 4', hidden, { maskLength: QUERIES + 4 }],
  ['sums in the open', realFamily(small, false), SOUND],
  [
    'the top of the stack without mask',
    hidden,
    { ...SOUND, unmasked: { instance: INSTANCE.core, matrix: 'main', column: CORE.stack } },
  ],
  [
    "the chiplets' hidden sum without mask",
    hidden,
    { ...SOUND, unmasked: { instance: INSTANCE.chiplets, matrix: 'aux', column: lastAux } },
  ],
];
for (const [name, of, setting] of LEAKS) {
  test(`leaks: ${name}`, () => {
    const { random, both } = measure(of, setting);
    assert.ok(both > random, `rank ${random} without the witness, ${both} with it`);
  });
}
