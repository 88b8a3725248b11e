import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Felt } from '../../core/field/felt.ts';
import type { Word } from '../../core/hash/word.ts';
import { Mmr } from '../../core/merkle/mmr.ts';
import { hashPeaks, paddedPeaks } from '../../core/merkle/mmr-shape.ts';
import type { AdviceInputs } from '../../core/vm/advice/inputs.ts';
import { at, run, top, traps } from './harness.ts';

const RANGE = 4000;
const leaf = (i: number): Word => [BigInt(i), 1n, 2n, 3n];
const rangeOf = (leaves: number): Mmr => Mmr.of(Array.from({ length: leaves }, (_, i) => leaf(i)));
const memoryOf = (mmr: Mmr) => at(RANGE, [BigInt(mmr.leaves), 0n, 0n, 0n, ...mmr.peaks().flat()]);
const preimage = (mmr: Mmr): Felt[] => [BigInt(mmr.leaves), 0n, 0n, 0n, ...paddedPeaks(mmr.peaks())];

test('get: every leaf of every small range, and none beyond', () => {
  for (const leaves of [1, 2, 3, 6, 7, 11]) {
    const mmr = rangeOf(leaves);
    const inputs = { memory: memoryOf(mmr), advice: { nodes: [...mmr.innerNodes()] } };
    for (let i = 0; i < leaves; i++) {
      const stack = [BigInt(i), BigInt(RANGE), 77n];
      assert.deepEqual(top(5, 'exec.mmr::get', { ...inputs, stack }), [...leaf(i), 77n]);
    }
    for (const beyond of [BigInt(leaves), 64n, 0xffff_ffffn]) {
      traps('exec.mmr::get', { ...inputs, stack: [beyond, BigInt(RANGE)] });
    }
    traps('exec.mmr::get', { ...inputs, stack: [1n << 32n, BigInt(RANGE)] });
  }
});

test('get: with other nodes than those of the peaks there is no way to a leaf', () => {
  const stack = [2n, BigInt(RANGE)];
  const memory = memoryOf(rangeOf(7));
  traps('exec.mmr::get', { stack, memory, advice: {} }, 'merkle-lookup');
  const [[node], ...others] = [...rangeOf(7).innerNodes()];
  const nodes = [[node, leaf(8), leaf(9)] as const, ...others];
  traps('exec.mmr::get', { stack: [0n, BigInt(RANGE)], memory, advice: { nodes } }, 'merkle-path-mismatch');
});

test('add: leaf by leaf, the peaks of the range and paths to the new leaves', () => {
  const count = 20;
  const stack = Array.from({ length: 16 }, () => 0n);
  const adds = Array.from({ length: count }, (_, i) => `push.${RANGE}.3.2.1.${i} exec.mmr::add`).join('\n');
  for (const i of [0, 7, 15, 19]) {
    const body = `${adds} push.${RANGE} push.${i} exec.mmr::get push.${RANGE} exec.mmr::pack push.${RANGE} mem_load`;
    const mmr = rangeOf(count);
    assert.deepEqual(top(9, body, { stack }), [BigInt(count), ...mmr.commitment(), ...leaf(i)]);
  }
});

test('add: ranges of many leaves, up to the last that fits', () => {
  const add = 'exec.mmr::add';
  const peaks = Array.from({ length: 31 }, (_, i) => leaf(i));
  // 2^32 - 2 leaves: all peaks but that of height 0.
  const memory = at(RANGE, [0xffff_fffen, 0n, 0n, 0n, ...peaks.flat()]);
  const stack = [...leaf(31), BigInt(RANGE)];
  const body = `${add} push.${RANGE} exec.mmr::pack`;
  assert.deepEqual(top(4, body, { stack, memory }), [...hashPeaks(0xffff_ffff, [...peaks, leaf(31)])]);
  traps(`${add} push.${RANGE}.0.0.0.0 ${add}`, { stack, memory });
});

test('pack and unpack: the commitment of every shape, old peaks in memory or not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (leaves) => {
      const count = leaves.toString(2).replaceAll('0', '').length;
      const peaks = Array.from({ length: count }, (_, i) => leaf(i));
      const digest = hashPeaks(leaves, peaks);
      const values = [BigInt(leaves), 0n, 0n, 0n, ...paddedPeaks(peaks)];
      const junk = Array.from({ length: 4 * (32 - count) }, () => 9n);
      const memory = at(RANGE, [...values.slice(0, 4 + 4 * count), ...junk]);
      assert.deepEqual(top(4, 'exec.mmr::pack', { stack: [BigInt(RANGE)], memory }), [...digest]);
      const advice: AdviceInputs = { map: [[digest, values]] };
      const body = `exec.mmr::unpack push.${RANGE} exec.mmr::pack`;
      assert.deepEqual(top(5, body, { stack: [...digest, BigInt(RANGE), 77n], advice }), [...digest, 77n]);
    }),
    { numRuns: 40, examples: [[0], [1], [2 ** 32 - 1], [2 ** 17 - 1]] },
  );
});

test('what is packed can be unpacked elsewhere', () => {
  const mmr = rangeOf(5);
  const body = `exec.mmr::pack push.8000 movdn.4 exec.mmr::unpack mem_load.8000 padw mem_loadw_le.8008`;
  const { stack } = run(body, { stack: [BigInt(RANGE)], memory: memoryOf(mmr) });
  assert.deepEqual(stack.slice(0, 5), [...mmr.peaks()[1], 5n]);
});

test('unpack: a host that lies is found out', () => {
  const mmr = rangeOf(7);
  const digest = mmr.commitment();
  const honest = preimage(mmr);
  const changed = (i: number, to: Felt): Felt[] => honest.map((value, at) => (at === i ? to : value));
  const refuse = (values: Felt[], kind: 'assertion-failed' | 'advice-stack-empty' = 'assertion-failed') =>
    traps(
      'exec.mmr::unpack',
      { stack: [...digest, BigInt(RANGE)], advice: { map: [[digest, values]] } },
      kind,
    );
  refuse(changed(0, 6n));
  refuse(changed(0, 7n + 2n ** 32n));
  for (const i of [1, 2, 3, 4, 15, 16, 67]) refuse(changed(i, 99n));
  refuse(honest.slice(0, -4), 'advice-stack-empty');
  refuse([], 'advice-stack-empty');
});
