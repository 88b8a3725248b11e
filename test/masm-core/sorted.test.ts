import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Felt } from '../../core/field/felt.ts';
import { textCode } from '../../core/hash/text.ts';
import { compareWords, type Word } from '../../core/hash/word.ts';
import type { Host } from '../../core/vm/host.ts';
import { at, top, traps } from './harness.ts';

const START = 400;
const small = fc.bigInt({ min: 0n, max: 2n });
const word = fc.tuple(small, small, small, fc.oneof(small, fc.constant(0xffff_ffff_0000_0000n)));
const ascending = (all: readonly Word[]): Word[] =>
  [...all].sort(compareWords).filter((each, i, list) => i === 0 || compareWords(list[i - 1], each) < 0);

const STRIDES = [
  {
    find: 'exec.sorted::find_word',
    check: 'exec.sorted::assert_words',
    stride: 4,
    event: 'lowerbound_array',
  },
  {
    find: 'exec.sorted::find_key',
    check: 'exec.sorted::assert_entries',
    stride: 8,
    event: 'lowerbound_key_value',
  },
];
const laidOut = (keys: readonly Word[], stride: number): Felt[] =>
  keys.flatMap((key) => [...key, ...new Array<Felt>(stride - 4).fill(9n)]);

for (const { find, check, stride, event } of STRIDES) {
  test(`${find}: where a key stands or belongs`, () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 9 }), word, (all, key) => {
        const keys = ascending(all);
        const end = START + stride * keys.length;
        const place = keys.findIndex((each) => compareWords(each, key) >= 0);
        const found = place >= 0 && compareWords(keys[place], key) === 0;
        const expected = [found ? 1n : 0n, BigInt(place < 0 ? end : START + stride * place), 77n];
        const stack = [...key, BigInt(START), BigInt(end), 77n];
        assert.deepEqual(top(3, find, { stack, memory: at(START, laidOut(keys, stride)) }), expected);
      }),
      { numRuns: 60 },
    );
  });

  test(`${find}: every other place than the right one is refused`, () => {
    const keys: Word[] = [1n, 3n, 5n].map((x) => [0n, 0n, 0n, x]);
    const end = START + 3 * stride;
    const name = textCode(`miden::core::collections::sorted_array::${event}`);
    const answering = (ptr: Felt, found: Felt): Host => ({
      handlers: new Map([[name, () => [{ kind: 'stack', values: [ptr, found] }]]]),
    });
    const memory = at(START, laidOut(keys, stride));
    const lastPlace = START + 4 * stride;
    for (const wanted of [0n, 1n, 2n, 5n, 6n]) {
      const stack = [0n, 0n, 0n, wanted, BigInt(START), BigInt(end)];
      const right = START + stride * keys.filter(([, , , x]) => x < wanted).length;
      for (let ptr = START - stride; ptr <= lastPlace; ptr++) {
        for (const found of [0n, 1n]) {
          const host = answering(BigInt(ptr), found);
          // What it says beside the place does not count.
          const expected = [keys.some(([, , , x]) => x === wanted) ? 1n : 0n, BigInt(right)];
          if (ptr === right) assert.deepEqual(top(2, find, { stack, memory, host }), expected);
          else traps(find, { stack, memory, host });
        }
      }
      traps(find, { stack, memory, host: answering(BigInt(right) + 2n ** 32n, 1n) });
    }
    const uneven = [0n, 0n, 0n, 6n, BigInt(START), BigInt(end + 1)];
    traps(find, { stack: uneven, memory, host: answering(BigInt(end), 0n) });
    const backwards = [0n, 0n, 0n, 6n, BigInt(end), BigInt(START)];
    traps(find, { stack: backwards, memory, host: answering(BigInt(START), 0n) });
  });

  test(`${check}: takes what ascends strictly, nothing else`, () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (keys) => {
        const stack = [BigInt(START), BigInt(START + stride * keys.length), 77n];
        const inputs = { stack, memory: at(START, laidOut(keys, stride)) };
        if (keys.every((each, i) => i === 0 || compareWords(keys[i - 1], each) < 0)) {
          assert.deepEqual(top(1, check, inputs), [77n]);
        } else traps(check, inputs);
        const sorted = ascending(keys);
        const end = BigInt(START + stride * sorted.length);
        const memory = at(START, laidOut(sorted, stride));
        assert.deepEqual(top(1, check, { stack: [BigInt(START), end, 77n], memory }), [77n]);
      }),
      { numRuns: 40 },
    );
    traps(check, { stack: [BigInt(START), BigInt(START + 3)] });
    traps(check, { stack: [BigInt(START + stride), BigInt(START)] });
    traps(check, { stack: [1n << 32n, 1n << 32n] });
  });
}
