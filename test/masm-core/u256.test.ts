import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Felt, MODULUS } from '../../core/field/felt.ts';
import { textCode } from '../../core/hash/text.ts';
import type { Host } from '../../core/vm/host.ts';
import { run, traps } from './harness.ts';

const MASK = (1n << 256n) - 1n;
const LIMB = 0xffff_ffffn;
const limbs = (value: bigint): Felt[] =>
  Array.from({ length: 8 }, (_, i) => (value >> BigInt(32 * i)) & LIMB);
const bit = (condition: boolean): bigint => (condition ? 1n : 0n);

const integer = fc.oneof(
  fc.bigInt({ min: 0n, max: MASK }),
  fc.bigInt({ min: 0n, max: 1n << 130n }),
  fc.constantFrom(0n, 1n, MASK, MASK - 1n, MASK >> 128n, 1n << 255n, MASK ^ LIMB),
);

/** Asserts what a procedure leaves; where that is all 16 elements, a second run looks below. */
function leaves(name: string, stack: readonly Felt[], expected: readonly Felt[]): void {
  const body = `exec.u256::${name}`;
  const below = [...stack, 77n];
  const full = expected.length === 16;
  const got = run(body, { stack: below }).stack.slice(0, full ? 16 : expected.length + 1);
  assert.deepEqual(got, full ? expected : [...expected, 77n], `${name} of ${stack}`);
  if (full) assert.equal(run(`${body} dropw dropw dropw dropw`, { stack: below }).stack[0], 77n);
}

type Binary = (a: bigint, b: bigint) => readonly Felt[];
const BINARY: Record<string, Binary> = {
  overflowing_add: (a, b) => [bit(a + b > MASK), ...limbs(a + b)],
  widening_add: (a, b) => [...limbs(a + b), bit(a + b > MASK)],
  wrapping_add: (a, b) => limbs(a + b),
  overflowing_sub: (a, b) => [bit(a < b), ...limbs((a - b) & MASK)],
  wrapping_sub: (a, b) => limbs((a - b) & MASK),
  overflowing_mul: (a, b) => [bit(a * b > MASK), ...limbs(a * b)],
  widening_mul: (a, b) => [...limbs(a * b), ...limbs((a * b) >> 256n)],
  wrapping_mul: (a, b) => limbs(a * b),
  lt: (a, b) => [bit(a < b)],
  lte: (a, b) => [bit(a <= b)],
  gt: (a, b) => [bit(a > b)],
  gte: (a, b) => [bit(a >= b)],
  eq: (a, b) => [bit(a === b)],
  neq: (a, b) => [bit(a !== b)],
  min: (a, b) => limbs([a, b][Number(a > b)]),
  max: (a, b) => limbs([a, b][Number(a < b)]),
  and: (a, b) => limbs(a & b),
  or: (a, b) => limbs(a | b),
  xor: (a, b) => limbs(a ^ b),
};

for (const [name, expected] of Object.entries(BINARY)) {
  test(name, () => {
    fc.assert(
      fc.property(integer, integer, fc.nat(7), (a, b, i) => {
        const near = b ^ (1n << BigInt(32 * i + 3));
        for (const other of [a, b, near]) {
          leaves(name, [...limbs(b), ...limbs(other)], expected(other, b));
        }
      }),
      { numRuns: 25 },
    );
  });
}

test('not, is_zero', () => {
  fc.assert(
    fc.property(integer, (a) => {
      leaves('not', limbs(a), limbs(~a & MASK));
      leaves('is_zero', limbs(a), [bit(a === 0n)]);
    }),
    { numRuns: 25 },
  );
  for (let i = 0n; i < 8n; i++) leaves('is_zero', limbs(1n << (32n * i)), [0n]);
});

test('divmod, div, mod', () => {
  fc.assert(
    fc.property(integer, integer, fc.bigInt({ min: 0n, max: 255n }), (a, x, n) => {
      const b = x >> n || 1n;
      const stack = [...limbs(b), ...limbs(a)];
      const [q, r] = [limbs(a / b), limbs(a % b)];
      leaves('divmod', stack, [...r, ...q]);
      leaves('div', stack, q);
      leaves('mod', stack, r);
    }),
    { numRuns: 25 },
  );
});

test('division: a host that lies is found out', () => {
  const refuse = (a: bigint, b: bigint, r: readonly Felt[], q: readonly Felt[]): void => {
    const values = [...r.slice(4), ...r.slice(0, 4), ...q.slice(4), ...q.slice(0, 4)];
    const handler = () => [{ kind: 'stack', values }] as const;
    const host: Host = { handlers: new Map([[textCode('miden::core::math::u256::u256_div'), handler]]) };
    for (const name of ['divmod', 'div', 'mod']) {
      traps(`exec.u256::${name}`, { stack: [...limbs(b), ...limbs(a)], host });
    }
  };
  const [a, b] = [(1n << 200n) + 12345n, (1n << 90n) + 7n];
  const [q, r] = [a / b, a % b];
  refuse(a, b, limbs(r + b), limbs(q - 1n));
  refuse(a, b, limbs(r), limbs(q + 1n));
  refuse(a, b, limbs(r + 1n), limbs(q));
  refuse(a, b, limbs(a), limbs(0n));
  // a = q * b + r modulo 2^256, but not in the integers.
  const wrapped = 5n + (1n << 256n);
  refuse(5n, 3n, limbs(wrapped % 3n), limbs(wrapped / 3n));
  refuse(0n, MASK, limbs(MASK - 1n), limbs(MASK));
  // Limbs that are no limbs, with the right value.
  for (let i = 0; i < 7; i++) {
    const borrow = (all: Felt[]): Felt[] =>
      all.with(i, all[i] + (1n << 32n)).with(i + 1, (all[i + 1] + MODULUS - 1n) % MODULUS);
    refuse(a, b, borrow(limbs(r)), limbs(q));
    refuse(a, b, limbs(r), borrow(limbs(q)));
  }
  refuse(a, 0n, limbs(a), limbs(0n));
  refuse(0n, 0n, limbs(0n), limbs(0n));
  traps('exec.u256::div', { stack: [...limbs(0n), ...limbs(1n)] }, 'event-failed');
});
