import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MODULUS } from './felt.ts';
import * as Q from './quad.ts';
import * as L from './quad-limbs.ts';

const edge = fc.constantFrom(
  0n,
  1n,
  MODULUS - 1n,
  0xffff_ffffn,
  0xffff_ffff_0000_0000n,
  2n ** 22n - 1n,
  2n ** 44n,
);
const felt = fc.oneof(edge, fc.bigInt(0n, MODULUS - 1n));
const quad = fc.tuple(felt, felt);

const BINARY = { add: [L.add, Q.add], sub: [L.sub, Q.sub], mul: [L.mul, Q.mul] } as const;

test('limb arithmetic agrees with the bigint extension over long mixed chains', () => {
  const step = fc.record({
    op: fc.constantFrom('add', 'sub', 'mul', 'mulBase', 'neg', 'double'),
    with: quad,
  });
  fc.assert(
    fc.property(quad, fc.array(step, { maxLength: 60 }), (start, steps) => {
      const r = new Float64Array(4 * L.LIMBS);
      L.storeQuad(r, 0, start);
      let [expected, at] = [start as Q.QuadFelt, 0];
      for (const { op, with: other } of steps) {
        L.storeQuad(r, 12, other);
        const to = 6 - at;
        if (op === 'neg') {
          L.neg(r, to, at);
          expected = Q.neg(expected);
        } else if (op === 'double') {
          L.add(r, to, at, at);
          expected = Q.add(expected, expected);
        } else if (op === 'mulBase') {
          L.mulBase(r, to, at, 12);
          expected = Q.mulBase(expected, other[0]);
        } else {
          const [limbs, reference] = BINARY[op as keyof typeof BINARY];
          limbs(r, to, at, 12);
          expected = reference(expected, other);
        }
        at = to;
        for (let i = 0; i < 6; i++)
          assert.ok(Math.abs(r[at + i]) < (i % 3 === 2 ? 2 ** 20 : 2 ** 22) + 2 ** 16);
      }
      assert.deepEqual(L.loadQuad(r, at), expected);
    }),
    { numRuns: 500 },
  );
});
