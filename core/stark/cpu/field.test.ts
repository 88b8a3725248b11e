import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testPool } from '../../../test/cpu-pool.ts';
import * as F from '../../field/felt.ts';

const pool = await testPool(1);
const P = F.MODULUS;
const edges = [0n, 1n, 2n, P - 1n, P - 2n, 2n ** 32n, 2n ** 32n - 1n, 2n ** 63n, 0xffff_ffff_0000_0000n];
const felt = fc.oneof(fc.bigInt(0n, P - 1n), fc.constantFrom(...edges));
const u64 = (x: unknown) => BigInt.asUintN(64, x as bigint);
const scalar = (name: string) => pool.exports[name] as (...args: bigint[]) => bigint;
const R = 2n ** 64n;
const MONT = F.inv(R % P);

test('scalar field kernels equal the bigint field', () => {
  fc.assert(
    fc.property(felt, felt, (a, b) => {
      assert.equal(u64(scalar('fieldAdd')(a, b)), F.add(a, b));
      assert.equal(u64(scalar('fieldSub')(a, b)), F.sub(a, b));
      assert.equal(u64(scalar('fieldMul')(a, b)), F.mul(a, b));
      assert.equal(u64(scalar('fieldMont')(a, b)), F.mul(F.mul(a, b), MONT));
      if (a !== 0n) assert.equal(u64(scalar('fieldInverse')(a)), F.inv(a));
    }),
    { numRuns: 2000 },
  );
});

test('vector field kernels equal the bigint field in both lanes', () => {
  const at = pool.allocate(256);
  const words = pool.words(at, 32);
  const shift = (k: bigint) => (a: bigint) => F.mul(a, F.pow(2n, k));
  const expected: ((a: bigint, b: bigint) => bigint)[] = [
    F.add,
    F.sub,
    F.neg,
    (a, b) => F.mul(F.mul(a, b), MONT),
    (a) => F.mul(a, R % P),
    ...[12n, 24n, 32n, 36n, 48n, 60n, 72n, 84n].map(shift),
  ];
  fc.assert(
    fc.property(felt, felt, felt, felt, (a0, a1, b0, b1) => {
      words.set([a0, a1, b0, b1]);
      pool.call('fieldVectors', at);
      expected.forEach((f, i) => {
        assert.deepEqual([...words.subarray(4 + 2 * i, 6 + 2 * i)], [f(a0, b0), f(a1, b1)]);
      });
    }),
    { numRuns: 2000 },
  );
});
