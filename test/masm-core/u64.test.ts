import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Felt, MODULUS } from '../../core/field/felt.ts';
import { textCode } from '../../core/hash/text.ts';
import type { Host } from '../../core/vm/host.ts';
import { top, traps } from './harness.ts';

const MASK = (1n << 64n) - 1n;
const LIMB = 0xffff_ffffn;
const limbs = (value: bigint): Felt[] => [value & LIMB, (value >> 32n) & LIMB];
const bit = (condition: boolean): bigint => (condition ? 1n : 0n);

const integer = fc.oneof(
  fc.bigInt({ min: 0n, max: MASK }),
  fc.bigInt({ min: 0n, max: LIMB }),
  fc.constantFrom(0n, 1n, LIMB, LIMB + 1n, MASK, MASK - 1n, MASK ^ LIMB, 1n << 63n),
);

/** Asserts what a procedure leaves, and that it touches nothing below. */
function leaves(name: string, stack: readonly Felt[], expected: readonly Felt[]): void {
  const got = top(expected.length + 1, `exec.u64::${name}`, { stack: [...stack, 77n] });
  assert.deepEqual(got, [...expected, 77n], `${name} of ${stack}`);
}

type Binary = (a: bigint, b: bigint) => readonly Felt[];
const BINARY: Record<string, Binary> = {
  overflowing_add: (a, b) => [bit(a + b > MASK), ...limbs(a + b)],
  widening_add: (a, b) => [...limbs(a + b), bit(a + b > MASK)],
  wrapping_add: (a, b) => limbs(a + b),
  overflowing_sub: (a, b) => [bit(a < b), ...limbs((a - b) & MASK)],
  wrapping_sub: (a, b) => limbs((a - b) & MASK),
  overflowing_mul: (a, b) => [bit(a * b > MASK), ...limbs(a * b)],
  widening_mul: (a, b) => [...limbs(a * b), ...limbs((a * b) >> 64n)],
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
      fc.property(integer, integer, (a, b) => {
        for (const other of [a, b]) leaves(name, [...limbs(b), ...limbs(other)], expected(other, b));
      }),
      { numRuns: 40 },
    );
  });
}

test('divmod, div, mod', () => {
  fc.assert(
    fc.property(integer, integer, (a, b) => {
      const stack = [...limbs(b || 1n), ...limbs(a)];
      const [q, r] = [limbs(a / (b || 1n)), limbs(a % (b || 1n))];
      leaves('divmod', stack, [...r, ...q]);
      leaves('div', stack, q);
      leaves('mod', stack, r);
    }),
    { numRuns: 60 },
  );
});

/** A host whose quotient and remainder, high limb first, are these. */
const answering = (...values: Felt[]): Host => ({
  handlers: new Map([[textCode('miden::core::math::u64::u64_div'), () => [{ kind: 'stack', values }]]]),
});
const hints = (q: bigint, r: bigint): Felt[] => [...limbs(q).reverse(), ...limbs(r).reverse()];

test('division: a host that lies is found out', () => {
  const refuse = (a: bigint, b: bigint, ...values: Felt[]): void => {
    for (const name of ['divmod', 'div', 'mod']) {
      traps(`exec.u64::${name}`, { stack: [...limbs(b), ...limbs(a)], host: answering(...values) });
    }
  };
  const [a, b] = [1000n << 33n, 7n << 31n];
  const [q, r] = [a / b, a % b];
  refuse(a, b, ...hints(q - 1n, r + b));
  refuse(a, b, ...hints(q + 1n, r));
  refuse(a, b, ...hints(q, r + 1n));
  refuse(a, b, ...hints(0n, a));
  // a = q * b + r modulo 2^64, but not in the integers.
  refuse(5n, 3n, ...hints((5n + (1n << 64n) - ((5n + (1n << 64n)) % 3n)) / 3n, (5n + (1n << 64n)) % 3n));
  refuse(0n, MASK, ...hints(MASK, MASK - 1n));
  // Limbs that are no limbs, with the right value.
  refuse(a, b, 0n, q + (1n << 32n), ...hints(0n, r).slice(2));
  const [q1, q0, r1, r0] = hints(q, r);
  for (const shift of [1n << 32n, MODULUS - 1n]) {
    refuse(a, b, (q1 + shift) % MODULUS, q0, r1, r0 + 0n);
    refuse(a, b, q1, (q0 + shift) % MODULUS || MODULUS - 1n, r1, (1n << 32n) + r0);
  }
  // By zero.
  refuse(a, 0n, ...hints(0n, a));
  refuse(0n, 0n, ...hints(0n, 0n));
  traps('exec.u64::div', { stack: [0n, 0n, 1n, 0n] }, 'event-failed');
});

test('shifts and rotations, by every number of bits', () => {
  const shifts: Record<string, (a: bigint, n: bigint) => bigint> = {
    shl: (a, n) => a << n,
    shr: (a, n) => a >> n,
    rotl: (a, n) => (a << n) | (a >> (64n - n)),
    rotr: (a, n) => (a >> n) | (a << (64n - n)),
  };
  const edge = [MASK, 1n, 1n << 63n, 0x1234_5678_9abc_def0n];
  for (const [name, expected] of Object.entries(shifts)) {
    for (let n = 0n; n < 64n; n++) {
      for (const a of edge) leaves(name, [n, ...limbs(a)], limbs(expected(a, n)));
    }
    for (const n of [64n, 65n, 1n << 32n, MODULUS - 1n]) {
      traps(`exec.u64::${name}`, { stack: [n, 1n, 1n] });
    }
  }
});

test('bits: counted and inverted', () => {
  const text = (a: bigint): string => a.toString(2).padStart(64, '0');
  const run = (pattern: RegExp, a: bigint): Felt[] => [BigInt(pattern.exec(text(a))![0].length)];
  fc.assert(
    fc.property(integer, fc.bigInt({ min: 0n, max: 64n }), (x, n) => {
      for (const a of [x, x >> n, (x << n) & MASK, ~(x >> n) & MASK, ~(x << n) & MASK]) {
        leaves('clz', limbs(a), run(/^0*/, a));
        leaves('ctz', limbs(a), run(/0*$/, a));
        leaves('clo', limbs(a), run(/^1*/, a));
        leaves('cto', limbs(a), run(/1*$/, a));
        leaves('popcnt', limbs(a), [BigInt(text(a).replaceAll('0', '').length)]);
        leaves('not', limbs(a), limbs(~a & MASK));
        leaves('is_zero', limbs(a), [bit(a === 0n)]);
      }
    }),
    { numRuns: 25 },
  );
});

test('to_felt: integers below the modulus, no others', () => {
  for (const a of [0n, 1n, LIMB, LIMB + 1n, MODULUS - 1n, MODULUS - 2n]) leaves('to_felt', limbs(a), [a]);
  for (const a of [MODULUS, MODULUS + 1n, MASK]) traps('exec.u64::to_felt', { stack: limbs(a) });
});
