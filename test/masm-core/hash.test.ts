import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Felt, MODULUS, mul } from '../../core/field/felt.ts';
import { Domain } from '../../core/hash/domains.ts';
import { hashElements, hashFramed, initWord, merge } from '../../core/hash/eidos.ts';
import type { Word } from '../../core/hash/word.ts';
import { at, top, traps } from './harness.ts';

const PTR = 400;
const elements = (count: number): Felt[] =>
  Array.from({ length: count }, (_, i) => mul(BigInt(i + 3), 0x1234_5678_9abc_def1n));

test('open: the chaining value of a domain', () => {
  for (const [tag, p0, p1, p2] of [
    [0, 0, 0, 0],
    [Domain.MMR_PEAKS, 5, 6, 7],
    [2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1],
  ]) {
    const stack = [tag, p0, p1, p2, 77].map(BigInt);
    assert.deepEqual(top(5, 'exec.hash::open', { stack }), [...initWord(tag, p0, p1, p2), 77n]);
  }
  for (let i = 0; i < 4; i++) traps('exec.hash::open', { stack: [0n, 0n, 0n, 0n].with(i, 1n << 32n) });
});

test('pairs of words: as node, and in a domain', () => {
  const [a, b] = [elements(4), elements(8).slice(4)] as unknown as [Word, Word];
  assert.deepEqual(top(5, 'exec.hash::merge', { stack: [...a, ...b, 77n] }), [...merge(a, b), 77n]);
  const expected = [...hashElements([...a, ...b], Domain.LMCS_LEAF), 77n];
  const stack = [BigInt(Domain.LMCS_LEAF), ...a, ...b, 77n];
  assert.deepEqual(top(5, 'exec.hash::hash_pair', { stack }), expected);
});

test('elements in memory: every length, nothing of what stands behind them', () => {
  for (let count = 0; count <= 35; count++) {
    const all = elements(count);
    const memory = at(PTR, [...all, 99n, 98n, 97n, 96n, 95n, 94n, 93n]);
    const ptr = BigInt(PTR);
    const hashed = (body: string, stack: Felt[]) => top(5, body, { stack: [...stack, 77n], memory });
    assert.deepEqual(hashed('exec.hash::hash_elements', [ptr, BigInt(count)]), [...hashElements(all), 77n]);
    const inDomain = hashElements(all, Domain.LMCS_LEAF);
    const tag = BigInt(Domain.LMCS_LEAF);
    assert.deepEqual(hashed('exec.hash::hash_elements_in', [tag, ptr, BigInt(count)]), [...inDomain, 77n]);
    const framed = hashFramed(all, Domain.MMR_PEAKS, 1, 2, 3);
    const opened = initWord(Domain.MMR_PEAKS, 1, 2, 3);
    assert.deepEqual(hashed('exec.hash::absorb', [...opened, ptr, BigInt(count)]), [...framed, 77n]);
    if (count % 4 === 0) {
      const words = [ptr, BigInt(count / 4)];
      assert.deepEqual(hashed('exec.hash::hash_words', words), [...hashElements(all), 77n]);
    }
  }
});

test('elements at the end of memory', () => {
  const end = 2 ** 32;
  for (const count of [3, 4, 5, 8]) {
    const start = end - 4 * Math.ceil(count / 4) - 4;
    // The frame pointer lives at 2^32 - 2, so the last word stays as it is.
    const stack = [BigInt(start), BigInt(count)];
    const memory = at(start, elements(count));
    assert.deepEqual(top(4, 'exec.hash::hash_elements', { stack, memory }), [
      ...hashElements(elements(count)),
    ]);
  }
  traps('exec.hash::hash_elements', { stack: [BigInt(end - 4), 5n] }, 'address-out-of-range');
});

test('elements in memory: what is refused', () => {
  traps('exec.hash::hash_elements', { stack: [400n, 1n << 32n] });
  traps('exec.hash::hash_elements', { stack: [400n, MODULUS - 8n] });
  traps('exec.hash::hash_words', { stack: [400n, 1n << 30n] });
  traps('exec.hash::hash_elements_in', { stack: [1n << 32n, 400n, 1n] });
  traps('exec.hash::hash_elements', { stack: [401n, 3n] }, 'address-unaligned');
  traps('exec.hash::hash_elements', { stack: [402n, 8n] }, 'address-unaligned');
  traps('exec.hash::hash_elements', { stack: [1n << 32n, 8n] }, 'address-out-of-range');
});
