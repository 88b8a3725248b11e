import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testPool } from '../../../test/cpu-pool.ts';
import * as F from '../../field/felt.ts';
import { reverseBits } from '../order.ts';
import { SCRATCH_START } from './worker.ts';

const pool = await testPool(1);

function column(log: number): { address: number; values: bigint[] } {
  const n = 2 ** log;
  const address = pool.allocate(8 * n);
  let x = 1n;
  const values = Array.from({ length: n }, () => (x = F.felt(x * 0x9e37_79b9_7f4a_7c15n + 12_345n)));
  pool.words(address, n).set(values);
  return { address, values };
}

for (let log = 6; log <= 13; log++) {
  test(`transform of 2^${log}: values on a coset in bit-reversed order, and back`, () => {
    const n = 2 ** log;
    const shift = F.pow(7n, 5n);
    const root = F.rootOfUnity(log);
    const [forward, inverse, out] = [0, 0, 0].map(() => pool.allocate(8 * n));
    const { address, values } = column(log);
    pool.call('nttTable', forward, log, root, shift, 0n);
    pool.call('nttTable', inverse, log, F.inv(root), F.inv(shift), F.inv(BigInt(n)));
    pool.call('nttForward', address, out, log, forward, SCRATCH_START);
    const result = pool.words(out, n);
    for (const q of [0, 1, 2, 3, 16, 17, n / 4 + 5, n / 2, n - 2, n - 1]) {
      const x = F.mul(shift, F.pow(root, BigInt(reverseBits(q, log))));
      assert.equal(
        result[q],
        values.reduceRight((sum, c) => F.add(F.mul(sum, x), c), 0n),
      );
    }
    pool.call('nttInverse', out, log, inverse, SCRATCH_START);
    assert.deepEqual([...pool.words(out, n)], values);
    pool.call('nttForward', address, address, log, forward, SCRATCH_START);
    pool.call('nttInverse', address, log, inverse, SCRATCH_START);
    assert.deepEqual([...pool.words(address, n)], values);
  });
}

test('bit reversal', () => {
  for (const log of [6, 7, 10]) {
    const { address, values } = column(log);
    const out = pool.allocate(8 * 2 ** log);
    pool.call('bitReverse', address, out, log);
    const result = pool.words(out, 2 ** log);
    values.forEach((v, i) => {
      assert.equal(result[reverseBits(i, log)], v);
    });
  }
});
