import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as F from './felt.ts';
import {
  addLanes,
  addQuadLanes,
  addSmall,
  invertAll,
  invLanes,
  loadFelt,
  mulLanes,
  mulQuadLanes,
  negLanes,
  storeFelt,
  subLanes,
  subQuadLanes,
} from './lanes.ts';
import * as Q from './quad.ts';

const EDGES = [0n, 1n, 2n, 0xffff_fffen, 0xffff_ffffn, 1n << 32n, 1n << 63n, F.MODULUS - 2n, F.MODULUS - 1n];
const felts = fc.oneof(
  fc.constantFrom(...EDGES),
  fc.bigInt({ min: 0n, max: F.MODULUS - 1n }),
  fc
    .bigInt({ min: 0n, max: 0xffff_ffffn })
    .map((x) => x << 32n)
    .filter((x) => x < F.MODULUS),
);
type Binary = (o: Uint32Array, at: number, a: Uint32Array, i: number, b: Uint32Array, j: number) => void;

const lanes = new Uint32Array(16);
function apply(op: Binary, a: F.Felt, b: F.Felt): F.Felt {
  storeFelt(lanes, 2, a);
  storeFelt(lanes, 4, b);
  op(lanes, 4, lanes, 2, lanes, 4);
  return loadFelt(lanes, 4);
}

test('lane arithmetic equals the scalar field, in place, edges against edges', () => {
  const check = (a: F.Felt, b: F.Felt): void => {
    assert.equal(apply(addLanes, a, b), F.add(a, b));
    assert.equal(apply(subLanes, a, b), F.sub(a, b));
    assert.equal(apply(mulLanes, a, b), F.mul(a, b));
    storeFelt(lanes, 0, a);
    negLanes(lanes, 2, lanes, 0);
    assert.equal(loadFelt(lanes, 2), F.neg(a));
    for (const k of [0, 1, -1, 8, 0xffff_ffff, -0xffff_ffff]) {
      addSmall(lanes, 2, lanes, 0, k);
      assert.equal(loadFelt(lanes, 2), F.felt(a + BigInt(k)));
    }
  };
  for (const a of EDGES) for (const b of EDGES) check(a, b);
  fc.assert(fc.property(felts, felts, check), { numRuns: 3000 });
});

test('inverses, alone and batched, zeros passed through', () => {
  fc.assert(
    fc.property(fc.array(felts, { maxLength: 40 }), (values) => {
      const batch = new Uint32Array(2 * values.length + 2);
      for (const [i, v] of values.entries()) storeFelt(batch, 2 + 2 * i, v);
      invertAll(batch, 2, values.length, new Uint32Array(2 * (values.length + 1)));
      values.forEach((v, i) => {
        const expected = v === 0n ? 0n : F.inv(v);
        assert.equal(loadFelt(batch, 2 + 2 * i), expected);
        storeFelt(lanes, 0, v);
        invLanes(lanes, 0, lanes, 0);
        assert.equal(loadFelt(lanes, 0), expected);
      });
    }),
    { numRuns: 200 },
  );
});

test('extension arithmetic on lanes equals the scalar extension', () => {
  const quads = fc.tuple(felts, felts);
  fc.assert(
    fc.property(quads, quads, (a, b) => {
      for (const [op, scalar] of [
        [mulQuadLanes, Q.mul],
        [addQuadLanes, Q.add],
        [subQuadLanes, Q.sub],
      ] as const) {
        for (const [i, v] of [...a, ...b].entries()) storeFelt(lanes, 2 * i, v);
        op(lanes, 4, lanes, 0, lanes, 4);
        assert.deepEqual([loadFelt(lanes, 4), loadFelt(lanes, 6)], scalar(a, b));
      }
    }),
  );
});
