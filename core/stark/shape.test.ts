import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as F from '../field/felt.ts';
import * as Q from '../field/quad.ts';
import { ldePoint, ldeShift, powerOfTwo, recombineQuotient } from './domain.ts';
import {
  missingSiblings,
  proofOrder,
  reverseBits,
  toInstanceOrder,
  toProofOrder,
  treeIndices,
} from './order.ts';
import { HEIGHT_CLASSES, midenProfile, privateProfile } from './profile.ts';
import { proofShape } from './shape.ts';

const miden = [
  { mainWidth: 48, auxWidth: 4, preprocessedWidth: 0, maxDegree: 9 },
  { mainWidth: 24, auxWidth: 4, preprocessedWidth: 0, maxDegree: 9 },
  { mainWidth: 108, auxWidth: 20, preprocessedWidth: 0, maxDegree: 3 },
  { mainWidth: 7, auxWidth: 4, preprocessedWidth: 5, maxDegree: 3 },
];

test('proof order is the stable sort by height', () => {
  const order = proofOrder([8, 6, 8, 16]);
  assert.deepEqual(order, [1, 0, 2, 3]);
  assert.deepEqual(toProofOrder(order, ['a', 'b', 'c', 'd']), ['b', 'a', 'c', 'd']);
  assert.deepEqual(toInstanceOrder(order, ['b', 'a', 'c', 'd']), ['a', 'b', 'c', 'd']);
});

test('the shape of a Miden proof: 280 aligned columns with Eidos, 272 without padding', () => {
  const eidos = proofShape(miden, [8, 6, 8, 16], midenProfile('eidos'));
  assert.equal(eidos.columns, 280);
  assert.equal(eidos.logLde, 19);
  assert.deepEqual(
    eidos.trees.map((t) => [t.name, t.logLeaves]),
    [
      ['preprocessed', 19],
      ['main', 19],
      ['aux', 19],
      ['quotient', 19],
    ],
  );
  assert.deepEqual(eidos.friLogSizes, [19, 17, 15, 13, 11]);
  assert.equal(eidos.logFinalLength, 6);
  assert.deepEqual(eidos.logQuotientParts, [3, 3, 1, 1]);
  assert.equal(proofShape(miden, [8, 6, 8, 16], midenProfile('blake3')).columns, 272);
});

test('a preprocessed tree keeps its own height under taller traces', () => {
  const shape = proofShape(miden, [18, 6, 8, 16], midenProfile('eidos'));
  assert.deepEqual(
    shape.trees.map((t) => t.logLeaves),
    [19, 21, 21, 21],
  );
});

test('raising an extension coset to a power of two gives the shorter one', () => {
  for (const index of [0, 1, 5]) assert.equal(F.pow(ldePoint(10, index), 4n), ldePoint(8, index));
});

test('query indices of a short tree and the siblings of its leaves', () => {
  assert.deepEqual(treeIndices([13, 5, 2, 5], 3), [2, 5]);
  assert.deepEqual(missingSiblings([2, 3, 5], 3), [
    { level: 0, index: 4 },
    { level: 1, index: 0 },
    { level: 1, index: 3 },
  ]);
  assert.deepEqual(missingSiblings([0], 0), []);
  assert.equal(reverseBits(0b0011, 4), 0b1100);
  // The largest domain there is: indices do not fit a signed word.
  assert.deepEqual(treeIndices([2 ** 32 - 1, 0], 32), [0, 2 ** 32 - 1]);
  assert.equal(missingSiblings([2 ** 32 - 1], 32)[0].index, 2 ** 32 - 2);
  assert.equal(missingSiblings([2 ** 32 - 1], 32).length, 32);
});

test('quotient parts recombine to the polynomial they came from', () => {
  // x^11 + 3 x^4 over height 4 in 4 parts: part t interpolates it on the t-th coset of the height-4 domain.
  const [logHeight, logParts, logLde] = [2, 2, 5];
  const f = (x: Q.QuadFelt) => Q.add(Q.pow(x, 11n), Q.mulBase(Q.pow(x, 4n), 3n));
  const z: Q.QuadFelt = [123n, 456n];
  const omega = F.rootOfUnity(logHeight + logParts);
  const parts = [0, 1, 2, 3].map((t) => {
    const shift = F.mul(ldeShift(logLde), F.pow(omega, BigInt(t)));
    // Lagrange interpolation on shift * H.
    const points = [0, 1, 2, 3].map((i) => F.mul(shift, F.pow(F.rootOfUnity(logHeight), BigInt(i))));
    return points.reduce<Q.QuadFelt>((sum, x, i) => {
      const basis = points.reduce<Q.QuadFelt>(
        (b, y, j) => (i === j ? b : Q.mul(b, Q.mulBase(Q.sub(z, Q.fromBase(y)), F.inv(F.sub(x, y))))),
        Q.ONE,
      );
      return Q.add(sum, Q.mul(basis, f(Q.fromBase(x))));
    }, Q.ZERO);
  });
  assert.deepEqual(recombineQuotient(parts, z, logHeight, logLde), f(z));
  assert.deepEqual(powerOfTwo(z, 3), Q.pow(z, 8n));
});

test('a hiding proof: widths, parts, degree bound, what exceeds the parts, final polynomial', () => {
  const hidden = miden.map((air) => ({ ...air, auxWidth: air.auxWidth + 1 }));
  for (const heights of HEIGHT_CLASSES) {
    for (const hash of ['eidos', 'blake3'] as const) {
      const shape = proofShape(hidden, heights, privateProfile(hash));
      const n = 2 ** shape.logMaxHeight;
      assert.deepEqual(shape.logQuotientParts, [3, 3, 2, 2]);
      assert.equal(shape.degreeBound, (69 * n) / 64);
      // 9 m - 8, lifted from the shortest trace of degree 9, and one more for the constant.
      assert.equal(shape.excessLength, 2 ** (shape.logMaxHeight - heights[0]) * (9 * 64 - 8) + 1);
      assert.ok(shape.excessLength <= (5 * n) / 64);
      assert.equal(shape.finalLength, 69 * 2 ** (shape.logFinalLength - 6));
      assert.deepEqual(
        shape.trees.map((tree) => [tree.name, tree.saltWidth]),
        [
          ['preprocessed', 0],
          ['main', 4],
          ['aux', 4],
          ['quotient', 4],
        ],
      );
      if (hash === 'blake3') assert.equal(shape.columns, 282);
    }
  }
});
