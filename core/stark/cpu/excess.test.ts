import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testPool } from '../../../test/cpu-pool.ts';
import { KilnError } from '../../errors.ts';
import * as F from '../../field/felt.ts';
import { cosetValues } from '../../field/ntt.ts';
import { extraVanishing, ldeShift, quotientParts } from '../domain.ts';
import { reverseBits } from '../order.ts';
import {
  excess,
  excessTables,
  logSamples,
  MIN_LOG_SAMPLES,
  type Samples,
  sampleMatrix,
  samplesOf,
} from './excess.ts';
import { allocateTails, blockTable, extendTask, Matrix, matrixTables } from './matrix.ts';
import type { Columns } from './program.ts';
import { Tables } from './tables.ts';

const LOG_BLOWUP = 3;
const pool = await testPool(2);
const tables = new Tables(pool);

let seed = 1n;
const random = (): F.Felt => (seed = F.felt(seed * 0x9e37_79b9_7f4a_7c15n + 12_345n));
const randoms = (length: number): BigUint64Array => BigUint64Array.from({ length }, random);

/** Columns one after the other in kernel memory. */
function load(columns: readonly BigUint64Array[]): Columns {
  const [{ length }] = columns;
  const address = pool.allocate(8 * length * columns.length);
  for (const [c, column] of columns.entries()) pool.words(address + 8 * length * c, length).set(column);
  return { address, stride: 8 * length };
}

/** Values of a polynomial on shift * w^j, bit-reversed. */
function valuesOn(coefficients: BigUint64Array, { log, shift }: Samples): BigUint64Array {
  const reduced = new BigUint64Array(2 ** log);
  const power = F.pow(shift, 1n << BigInt(log));
  for (let i = Math.ceil(coefficients.length / 2 ** log) * 2 ** log - 1; i >= 0; i--) {
    const at = i % 2 ** log;
    reduced[at] = F.add(F.mul(reduced[at], power), coefficients[i] ?? 0n);
  }
  const natural = new BigUint64Array(2 ** log);
  cosetValues(reduced, log, 0, shift, natural);
  return natural.map((_, q) => natural[reverseBits(q, log)]);
}

const joined = (a: BigUint64Array, b: BigUint64Array): BigUint64Array => BigUint64Array.of(...a, ...b);

for (const [log, used] of [
  [6, 1],
  [6, 64],
  [7, 3],
  [8, 14],
  [9, 512],
  [10, 64],
  [13, 640],
] as const) {
  test(`2^${log} coefficients and ${used} more: values on every block, and on samples`, async () => {
    const [width, n] = [3, 2 ** log];
    const heads = Array.from({ length: width }, () => randoms(n));
    const beyond = Array.from({ length: width }, () => randoms(used));
    const tails = allocateTails(pool, width, used)!;
    pool.bytes(tails.address, width * tails.stride).fill(0);
    beyond.forEach((column, c) => {
      pool.words(tails.address + c * tails.stride, used).set(column);
    });
    const matrix = new Matrix({ width, logHeight: log }, LOG_BLOWUP, {
      coefficients: load(heads).address,
      tails,
      kept: 1,
      values: pool.allocate(8 * n * width),
    });
    await tables.prepare(matrixTables(log, LOG_BLOWUP), {});
    for (const k of [0, 5]) {
      const key = blockTable(log, LOG_BLOWUP, k);
      await pool.run([extendTask(tables, matrix.heads, tails, key, matrix.block(0), width)]);
      heads.forEach((head, c) => {
        const expected = valuesOn(joined(head, beyond[c]), key);
        const { address, stride } = matrix.block(0);
        assert.deepEqual(pool.words(address + c * stride, n).slice(), expected, `block ${k}, column ${c}`);
      });
    }
    for (const logPoints of new Set([MIN_LOG_SAMPLES, log])) {
      const samples = samplesOf(logPoints, log, LOG_BLOWUP, 1);
      await tables.prepare(excessTables(samples, log), {});
      const { task, columns } = sampleMatrix(pool, tables, matrix, samples);
      await pool.run([task]);
      const rows = [
        [columns.address, samples.shift],
        [columns.next, F.mul(samples.shift, F.rootOfUnity(log))],
      ] as const;
      for (const [address, shift] of rows) {
        heads.forEach((head, c) => {
          const expected = valuesOn(joined(head, beyond[c]), { log: logPoints, shift });
          const got = pool.words(address + c * columns.stride, 2 ** logPoints).slice();
          assert.deepEqual(got, expected, `2^${logPoints} samples, column ${c}`);
        });
      }
    }
  });
}

/** A quotient of `parts` parts and an excess of `length` coefficients: what {@link excess} makes of its samples. */
async function found(logHeight: number, logParts: number, length: number, allowed: number) {
  const n = 2 ** logHeight;
  const constants = quotientParts(logHeight, LOG_BLOWUP, logParts);
  const parts = constants.map(() => [randoms(n), randoms(n)]);
  const s = [randoms(length), randoms(length)];
  for (const half of s) half[length - 1] ||= 1n;
  const samples = samplesOf(logSamples(allowed, logHeight), logHeight, LOG_BLOWUP, logParts);
  await tables.prepare(excessTables(samples, logHeight), {});
  const vanishing = extraVanishing(logHeight, LOG_BLOWUP, logParts);
  const values = [0, 1].map((half) => {
    const sum = valuesOn(s[half], samples).map((value) => F.mul(value, vanishing));
    for (const [t, { extra }] of constants.entries()) {
      const part = valuesOn(parts[t][half], samples);
      for (const [q, value] of part.entries()) sum[q] = F.add(sum[q], F.mul(extra, value));
    }
    return sum;
  });
  const loaded = load(values);
  const inner = { heads: load(parts.flat()), log: logHeight, weights: constants.map((c) => c.extra) };
  await excess(pool, tables, loaded, samples, inner, vanishing, allowed, {});
  const result = [0, 1].map((half) => pool.words(loaded.address + half * loaded.stride, allowed).slice());
  return { result, s };
}

test('the excess of a quotient, up to its bound', async () => {
  for (const [logHeight, logParts, length] of [
    [7, 1, 41],
    [7, 3, 119],
    [11, 3, 569],
  ]) {
    const { result, s } = await found(logHeight, logParts, length, length);
    assert.deepEqual(result, s);
  }
});

test('one coefficient more than the bound is a trace that breaks a constraint', () =>
  assert.rejects(found(11, 3, 570, 569), (e) => e instanceof KilnError && e.kind === 'invalid-trace'));

test('a quotient that is no polynomial has no short excess', async () => {
  // On every coset as if a remainder were divided by X^n - 1: what a violated constraint leaves.
  const [logHeight, logParts] = [7, 1];
  const n = 2 ** logHeight;
  const remainder = randoms(n);
  const samples = samplesOf(logSamples(41, logHeight), logHeight, LOG_BLOWUP, logParts);
  await tables.prepare(excessTables(samples, logHeight), {});
  const over = (shift: F.Felt) => F.inv(F.sub(F.pow(shift, BigInt(n)), 1n));
  const shift = ldeShift(logHeight + LOG_BLOWUP);
  const constants = quotientParts(logHeight, LOG_BLOWUP, logParts);
  const parts = constants.flatMap((_, t) => {
    const factor = over(F.mul(shift, F.pow(F.rootOfUnity(logHeight + logParts), BigInt(t))));
    const part = remainder.map((c) => F.mul(c, factor));
    return [part, part];
  });
  const values = valuesOn(remainder, samples).map((v) => F.mul(v, over(samples.shift)));
  const inner = { heads: load(parts), log: logHeight, weights: constants.map((c) => c.extra) };
  const vanishing = extraVanishing(logHeight, LOG_BLOWUP, logParts);
  await assert.rejects(
    excess(pool, tables, load([values, values]), samples, inner, vanishing, 41, {}),
    (e) => e instanceof KilnError && e.kind === 'invalid-trace',
  );
});
