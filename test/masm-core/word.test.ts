import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MODULUS } from '../../core/field/felt.ts';
import { compareWords, EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import { run, top } from './harness.ts';

const element = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n }),
  fc.constantFrom(MODULUS - 1n, 0xffff_ffffn, 1n << 32n, MODULUS - 2n),
);
const word = fc.tuple(element, element, element, element) as fc.Arbitrary<Word>;
const bit = (condition: boolean): bigint => (condition ? 1n : 0n);

test('words compare as sparse Merkle trees order them', () => {
  const verdicts: Record<string, (order: number) => boolean> = {
    eq: (order) => order === 0,
    lt: (order) => order < 0,
    lte: (order) => order <= 0,
    gt: (order) => order > 0,
    gte: (order) => order >= 0,
  };
  fc.assert(
    fc.property(word, word, fc.constantFrom(...Object.keys(verdicts)), (a, b, name) => {
      for (const other of [a, b]) {
        const stack = [...b, ...other, 77n];
        const expected = [bit(verdicts[name](compareWords(other, b))), 77n];
        assert.deepEqual(top(2, `exec.word::${name}`, { stack }), expected);
      }
    }),
    { numRuns: 150 },
  );
});

test('only the word of four zeros is empty', () => {
  for (const each of [EMPTY_WORD, ...[0, 1, 2, 3].map((i) => EMPTY_WORD.with(i, 1n))]) {
    const empty = bit(each === EMPTY_WORD);
    assert.deepEqual(top(2, 'exec.word::is_empty', { stack: [...each, 77n] }), [empty, 77n]);
    assert.deepEqual(top(5, 'exec.word::test_empty', { stack: [...each, 77n] }), [empty, ...each]);
  }
});

test('truncating the stack keeps its upper 16 elements', () => {
  const stack = Array.from({ length: 16 }, (_, i) => BigInt(i + 1));
  for (const extra of [0, 1, 7, 40]) {
    const body = 'exec.stack::truncate sdepth';
    const deep = [...stack, ...Array.from({ length: extra }, () => 99n)];
    assert.deepEqual(run(body, { stack: deep }).stack, [16n, ...stack.slice(0, 15)]);
  }
});
