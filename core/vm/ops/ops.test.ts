import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as F from '../../field/felt.ts';
import * as Q from '../../field/quad.ts';
import { compress } from '../../hash/eidos.ts';
import { execute } from '../execute.ts';
import type { OpName } from '../opcodes.ts';
import { blockProgram } from '../test-forest.ts';

const U32 = 0xffff_ffffn;
const EDGES = [0n, 1n, 2n, U32 - 1n, U32, U32 + 1n, F.MODULUS - 1n];
const felts = fc.oneof(fc.constantFrom(...EDGES), fc.bigInt({ min: 0n, max: F.MODULUS - 1n }));
const u32s = fc.oneof(
  fc.constantFrom(0n, 1n, 0xffffn, 0x1_0000n, U32 - 1n, U32),
  fc.bigInt({ min: 0n, max: U32 }),
);
const full = (stack: readonly bigint[]): bigint[] =>
  [...stack, ...new Array<bigint>(16).fill(0n)].slice(0, 16);

/** Operations after which the stack holds one element more. */
const DEEPENS: readonly OpName[] = ['U32SPLIT', 'DUP0', 'DUP15', 'PAD'];

/** The stack that one operation, on a stack of sixteen, leaves. */
function run(op: OpName, stack: readonly bigint[]): readonly bigint[] {
  const leaves = (...ops: OpName[]): readonly bigint[] => execute(blockProgram(...ops), { stack }).stack;
  if (!DEEPENS.includes(op)) return leaves(op);
  // Outputs are sixteen: see the top element without the next one, and what is below without the top.
  return [leaves(op, 'SWAP', 'DROP')[0], ...leaves(op, 'DROP')].slice(0, 16);
}

type Model = (stack: readonly bigint[]) => readonly bigint[];
const split = (value: bigint): [bigint, bigint] => [value & U32, value >> 32n];

function check(op: OpName, arbitrary: fc.Arbitrary<bigint>, model: Model): void {
  fc.assert(
    fc.property(fc.array(arbitrary, { minLength: 16, maxLength: 16 }), (stack) => {
      assert.deepEqual(run(op, stack), full(model(stack)), op);
    }),
    { numRuns: 60 },
  );
}

test('field operations', () => {
  check('ADD', felts, ([b, a, ...rest]) => [F.add(a, b), ...rest]);
  check('MUL', felts, ([b, a, ...rest]) => [F.mul(a, b), ...rest]);
  check('NEG', felts, ([a, ...rest]) => [F.neg(a), ...rest]);
  check('INCR', felts, ([a, ...rest]) => [F.add(a, 1n), ...rest]);
  check('EQ', fc.constantFrom(...EDGES), ([b, a, ...rest]) => [a === b ? 1n : 0n, ...rest]);
  check('EQZ', fc.constantFrom(...EDGES), ([a, ...rest]) => [a === 0n ? 1n : 0n, ...rest]);
  const nonZero = felts.filter((x) => x !== 0n);
  check('INV', nonZero, ([a, ...rest]) => [F.inv(a), ...rest]);
  check('EXT2MUL', felts, ([b0, b1, a0, a1, ...rest]) => [b0, b1, ...Q.mul([a0, a1], [b0, b1]), ...rest]);
  check('EXPACC', felts, ([, base, acc, exp, ...rest]) => [
    exp & 1n,
    F.mul(base, base),
    exp & 1n ? F.mul(acc, base) : acc,
    exp >> 1n,
    ...rest,
  ]);
});

test('boolean operations', () => {
  const bits = fc.constantFrom(0n, 1n);
  check('AND', bits, ([b, a, ...rest]) => [a & b, ...rest]);
  check('OR', bits, ([b, a, ...rest]) => [a | b, ...rest]);
  check('NOT', bits, ([a, ...rest]) => [1n - a, ...rest]);
  check('CSWAP', bits, ([c, b, a, ...rest]) => (c ? [a, b, ...rest] : [b, a, ...rest]));
});

test('32-bit operations', () => {
  check('U32ADD', u32s, ([b, a, ...rest]) => [...split(a + b), ...rest]);
  check('U32SUB', u32s, ([b, a, ...rest]) => [a < b ? 1n : 0n, (a - b) & U32, ...rest]);
  check('U32MUL', u32s, ([b, a, ...rest]) => [...split(a * b), ...rest]);
  check('U32ADD3', u32s, ([c, b, a, ...rest]) => [...split(a + b + c), ...rest]);
  check('U32MADD', u32s, ([b, a, c, ...rest]) => [...split(a * b + c), ...rest]);
  check('U32AND', u32s, ([b, a, ...rest]) => [a & b, ...rest]);
  check('U32XOR', u32s, ([b, a, ...rest]) => [a ^ b, ...rest]);
  check('U32ASSERT2', u32s, (stack) => stack);
  const positive = u32s.map((x) => x || 1n);
  check('U32DIV', positive, ([b, a, ...rest]) => [a % b, a / b, ...rest]);
});

test('operations that deepen the stack', () => {
  check('U32SPLIT', felts, ([a, ...rest]) => [...split(a), ...rest.slice(0, 14)]);
  check('DUP0', felts, (stack) => [stack[0], ...stack.slice(0, 15)]);
  check('DUP15', felts, (stack) => [stack[15], ...stack.slice(0, 15)]);
  check('PAD', felts, (stack) => [0n, ...stack.slice(0, 15)]);
});

test('moves', () => {
  check('SWAP', felts, ([a, b, ...rest]) => [b, a, ...rest]);
  check('SWAPW', felts, (s) => [...s.slice(4, 8), ...s.slice(0, 4), ...s.slice(8)]);
  check('SWAPW2', felts, (s) => [...s.slice(8, 12), ...s.slice(4, 8), ...s.slice(0, 4), ...s.slice(12)]);
  check('SWAPW3', felts, (s) => [...s.slice(12), ...s.slice(4, 12), ...s.slice(0, 4)]);
  check('SWAPDW', felts, (s) => [...s.slice(8), ...s.slice(0, 8)]);
  for (const n of [2, 3, 4, 5, 6, 7, 8]) {
    check(`MOVUP${n}` as OpName, felts, (s) => [s[n], ...s.slice(0, n), ...s.slice(n + 1)]);
    check(`MOVDN${n}` as OpName, felts, (s) => [...s.slice(1, n + 1), s[0], ...s.slice(n + 1)]);
  }
});

test('compression', () => {
  check('COMPRESS', felts, (s) => [
    ...s.slice(0, 8),
    ...compress([s[8], s[9], s[10], s[11]], s.slice(0, 8)),
    ...s.slice(12),
  ]);
});
