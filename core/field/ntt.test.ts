import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as F from './felt.ts';
import { cosetValues, inverseNtt, ntt, powers } from './ntt.ts';

const horner = (coefficients: BigUint64Array, x: bigint) =>
  coefficients.reduceRight((acc, c) => F.felt(acc * x + c), 0n);
const sample = (n: number) => powers(F.felt(2n ** 61n + 12345n), n, 99n);

test('a transform evaluates on the subgroup, and its inverse interpolates', () => {
  for (let log = 0; log <= 7; log++) {
    const coefficients = sample(2 ** log);
    const values = coefficients.slice();
    ntt(values, log);
    const points = powers(F.rootOfUnity(log), 2 ** log);
    assert.deepEqual(
      values,
      points.map((x) => horner(coefficients, x)),
    );
    inverseNtt(values, log);
    assert.deepEqual(values, coefficients);
  }
});

test('values on a coset of a larger subgroup', () => {
  for (const [log, blowup] of [
    [0, 3],
    [4, 0],
    [5, 3],
  ]) {
    const coefficients = sample(2 ** log);
    const out = new BigUint64Array(2 ** (log + blowup));
    cosetValues(coefficients, log, blowup, 49n, out);
    const points = powers(F.rootOfUnity(log + blowup), out.length, 49n);
    assert.deepEqual(
      out,
      points.map((x) => horner(coefficients, x)),
    );
  }
});
