import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Felt } from '../../core/field/felt.ts';
import { Domain } from '../../core/hash/domains.ts';
import { hashElements, hashFramed, initWord } from '../../core/hash/eidos.ts';
import { run, top, traps } from './harness.ts';

const PTR = 400;
const elements = (count: number): Felt[] => Array.from({ length: count }, (_, i) => BigInt(i + 1) << 33n);
const dump = `padw mem_loadw_le.${PTR + 8} padw mem_loadw_le.${PTR + 4} padw mem_loadw_le.${PTR}`;

test('words from the advice stack: in memory, hashed, and no more taken than asked for', () => {
  for (let count = 0; count <= 7; count++) {
    const values = elements(4 * count);
    const end = BigInt(PTR + 4 * count);
    const advice = { stack: [...values, 77n] };
    const stack = [BigInt(count), BigInt(PTR), 66n];
    const expected = [...hashElements(values), end, 66n, 77n];
    const body = 'exec.advice::pipe_words adv_push movdn.6';
    assert.deepEqual(top(7, body, { stack, advice }), expected);
    const memory = Array.from({ length: 12 }, (_, i) => values[i] ?? 0n);
    assert.deepEqual(top(12, `exec.advice::pipe_words ${dump}`, { stack, advice }), memory);

    const framed = hashFramed(values, Domain.SMT_BUCKET_LEAF, count);
    const opened = [...initWord(Domain.SMT_BUCKET_LEAF, count), BigInt(PTR), BigInt(count), 66n];
    const absorbed = top(6, 'exec.advice::absorb', { stack: opened, advice });
    assert.deepEqual(absorbed, [...framed, end, 66n]);
  }
});

test('a preimage: from the advice stack or the advice map', () => {
  for (const count of [0, 1, 2, 5]) {
    const values = elements(4 * count);
    const digest = hashElements(values);
    const end = BigInt(PTR + 4 * count);
    const piped = { stack: [BigInt(count), BigInt(PTR), ...digest, 66n], advice: { stack: values } };
    assert.deepEqual(top(2, 'exec.advice::pipe_preimage', piped), [end, 66n]);
    const advice = { map: [[digest, values] as const] };
    const loaded = { stack: [...digest, BigInt(PTR), 66n], advice };
    assert.deepEqual(top(2, 'exec.advice::load_preimage', loaded), [end, 66n]);
    const memory = Array.from({ length: 12 }, (_, i) => values[i] ?? 0n);
    assert.deepEqual(run(`exec.advice::load_preimage ${dump}`, loaded).stack.slice(0, 12), memory);
  }
});

test('a host that sends something else is found out', () => {
  const values = elements(12);
  const digest = hashElements(values);
  const lies = [
    [],
    values.slice(0, 8),
    values.slice(0, 11),
    [...values, 0n, 0n, 0n, 0n],
    values.with(0, 1n),
    values.with(11, 1n),
    [...values.slice(4), ...values.slice(0, 4)],
  ];
  for (const lie of lies) {
    const map = [[digest, lie] as const];
    traps('exec.advice::load_preimage', { stack: [...digest, BigInt(PTR)], advice: { map } });
    if (lie.length === 12) {
      const stack = [3n, BigInt(PTR), ...digest];
      traps('exec.advice::pipe_preimage', { stack, advice: { stack: lie } });
    }
  }
  traps('exec.advice::load_preimage', { stack: [...digest, BigInt(PTR)] }, 'advice-key-missing');
});

test('what else is refused', () => {
  const advice = { stack: elements(16) };
  traps('exec.advice::pipe_words', { stack: [1n << 30n, 400n], advice });
  traps('exec.advice::pipe_words', { stack: [1n << 32n, 400n], advice });
  traps('exec.advice::absorb', { stack: [0n, 0n, 0n, 0n, 400n, 1n << 32n], advice });
  traps('exec.advice::pipe_words', { stack: [5n, 400n], advice }, 'advice-stack-empty');
  traps('exec.advice::pipe_words', { stack: [2n, 401n], advice }, 'address-unaligned');
  traps('exec.advice::pipe_words', { stack: [1n, 401n], advice }, 'address-unaligned');
  traps('exec.advice::pipe_words', { stack: [4n, (1n << 32n) - 8n], advice }, 'address-out-of-range');
});
