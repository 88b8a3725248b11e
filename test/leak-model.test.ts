import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as F from '../core/field/felt.ts';
import type { QuadFelt } from '../core/field/quad.ts';
import * as Q from '../core/field/quad.ts';
import { ldePoint } from '../core/stark/domain.ts';
import { reverseBits, treeIndices } from '../core/stark/order.ts';
import { prove } from '../core/stark/prover.ts';
import { ReferenceBackend } from '../core/stark/reference/backend.ts';
import { toy, toyPrivateProfile } from '../core/stark/toy-airs.ts';
import { evaluate, X } from './zk/leak/polynomial.ts';
import { distinct, modelOptions, openedColumn, placeOf, shapeOf } from './zk/leak/prediction.ts';
import { RecordingBackend } from './zk/leak/record.ts';
import { MATRICES } from './zk/leak/system.ts';
import { Model, type Opened } from './zk/leak/view.ts';

/**
 * The leak test speaks about a model of the prover; this ties the model to the prover. Given the witness, the random
 * coefficients and the challenges of a real proof it must predict every number that the verifier sees.
 */
const backend = new RecordingBackend(new ReferenceBackend());
/** A short final polynomial, so that there are FRI rounds to look at. */
const profile = { ...toyPrivateProfile('eidos'), logFinalDegree: 3 };
const statement = toy(7, 6);
await prove({ ...statement, profile, backend });
const { recording } = backend;
const shape = shapeOf(recording);
const mains = statement.instances.map(({ trace }) => {
  assert.equal(trace.kind, 'matrix');
  return trace.matrix;
});
const boundary = statement.statement.boundary(recording.lookup);
const view = new Model(modelOptions(recording, mains, boundary), shape.degreeBound).view();

const assertOpened = (opened: Opened, tree: 'main' | 'aux' | 'quotient', place: number, inTree: number) => {
  assert.deepEqual(opened.z, recording.rows[0][place]);
  assert.deepEqual(opened.next, recording.rows[1][place]);
  assert.deepEqual(opened.queries, openedColumn(recording, tree, inTree));
};

test('the model predicts every opened column of a real proof', () => {
  for (const [i, columns] of view.columns.entries()) {
    for (const matrix of MATRICES) {
      const first = placeOf(shape, matrix, i);
      const start = shape.trees.find(({ name }) => name === matrix)!.matrices[0].column;
      for (const [c, opened] of columns[matrix].entries())
        assertOpened(opened, matrix, first + c, first + c - start);
    }
  }
});

test('the model predicts the parts of its quotient and the masking polynomial', () => {
  const first = placeOf(shape, 'quotient');
  for (const [c, opened] of view.quotient.entries()) assertOpened(opened, 'quotient', first + c, c);
});

test('the model predicts the DEEP codeword at the queries', () => {
  const { z, deep, openings } = recording;
  const at = (point: QuadFelt) =>
    Q.add(evaluate(view.combined[0], point), Q.mul(evaluate(view.combined[1], point), X));
  const points = [z, Q.mulBase(z, F.rootOfUnity(shape.logMaxHeight))];
  const value = (x: QuadFelt): QuadFelt =>
    points
      .map((point) => Q.mul(Q.sub(at(point), at(x)), Q.inv(Q.sub(point, x))))
      .reduceRight((sum, term) => Q.add(Q.mul(sum, deep[1]), term), Q.ZERO);
  const height = 2 ** (shape.logLde - 2);
  for (const [k, leaf] of treeIndices(distinct(recording), shape.logLde - 2).entries()) {
    const row = openings.fri[0].rows[k];
    for (let j = 0; j < 4; j++) {
      const x = ldePoint(shape.logLde, reverseBits(j, 2) * height + leaf);
      assert.deepEqual([row[2 * j], row[2 * j + 1]], value([x, 0n]));
    }
  }
});
