import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Felt } from '../../core/field/felt.ts';
import { at, run, top, traps } from './harness.ts';

const FROM = 400;
const values = (count: number): Felt[] => Array.from({ length: count }, (_, i) => BigInt(i + 1));
/** The elements at FROM + 16 j.. after `body`, eight words of them. */
const dump = (first: number): string =>
  [3, 2, 1, 0].map((i) => `padw mem_loadw_le.${first + 4 * i}`).join(' ');
const memoryAfter = (body: string, first: number, stack: readonly Felt[], memory: [number, Felt][]): Felt[] =>
  [0, 16].flatMap((skip) => run(`${body} ${dump(first + skip)}`, { stack, memory }).stack);

test('copies: as many as asked for, whatever stands beside them', () => {
  const cases = fc.record({
    words: fc.boolean(),
    count: fc.integer({ min: 0, max: 6 }),
    gap: fc.constantFrom(-32, 0, 32, 1024),
  });
  fc.assert(
    fc.property(cases, ({ words, count, gap }) => {
      const length = words ? 4 * count : count;
      const to = FROM + gap + (gap === 0 ? 4 * Math.ceil(length / 4) : 0);
      const name = `exec.memory::copy_${words ? 'words' : 'elements'}`;
      const stack = [BigInt(count), BigInt(FROM), BigInt(to), 77n];
      const memory = [...at(FROM, values(length)), ...at(to + length, [99n])];
      if (gap !== 0) memory.push([to - 1, 98n]);
      assert.deepEqual(top(1, name, { stack, memory }), [77n]);
      const expected = new Map(memory);
      for (let i = 0; i < length; i++) expected.set(to + i, values(length)[i]);
      const first = to - 4;
      const want = Array.from({ length: 32 }, (_, i) => expected.get(first + i) ?? 0n);
      assert.deepEqual(memoryAfter(name, first, stack, memory), want);
    }),
    { numRuns: 60 },
  );
});

test('copies: what is refused', () => {
  for (const [name, unit] of [
    ['exec.memory::copy_words', 4n],
    ['exec.memory::copy_elements', 1n],
  ] as const) {
    const refuse = (count: Felt, from: Felt, to: Felt): void => traps(name, { stack: [count, from, to] });
    refuse(2n, 400n, 400n + unit);
    refuse(2n, 400n + unit, 400n);
    refuse(2n, 400n, 400n);
    refuse(1n << 32n, 400n, 1000n);
    refuse(1n, 1n << 32n, 1000n);
    refuse(1n, 400n, 1n << 32n);
    traps(name, { stack: [3n, 400n, (1n << 32n) - 2n * unit] }, 'address-out-of-range');
    assert.deepEqual(top(1, name, { stack: [0n, 400n, 400n, 77n] }), [77n]);
  }
  traps('exec.memory::copy_words', { stack: [1n, 401n, 800n] }, 'address-unaligned');
});

test('clearing: so many, no more', () => {
  for (const [name, unit] of [
    ['exec.memory::zero_words', 4],
    ['exec.memory::zero_elements', 1],
  ] as const) {
    for (const count of [0, 1, 3, 5]) {
      const stack = [BigInt(count), BigInt(FROM), 77n];
      const memory = at(FROM - 4, values(32));
      const want = values(32).map((value, i) => (i >= 4 && i < 4 + unit * count ? 0n : value));
      assert.deepEqual(memoryAfter(name, FROM - 4, stack, memory), want);
      assert.deepEqual(top(1, name, { stack, memory }), [77n]);
    }
    traps(name, { stack: [1n << 32n, 400n] });
    traps(name, { stack: [1n, 1n << 32n] }, 'address-out-of-range');
  }
});
