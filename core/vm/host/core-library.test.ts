import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Felt } from '../../field/felt.ts';
import { storeFelt } from '../../field/lanes.ts';
import { Domain } from '../../hash/domains.ts';
import { compress, initWord, wordToLanes } from '../../hash/eidos.ts';
import { compressXof } from '../../hash/eidos-xof.ts';
import { textCode } from '../../hash/text.ts';
import { compareWords, type Word } from '../../hash/word.ts';
import { Smt } from '../../merkle/smt.ts';
import { AdviceProvider } from '../advice/provider.ts';
import { ReplayedAdvice } from '../advice/replay.ts';
import { AdviceTape } from '../advice/tape.ts';
import { EventView } from '../host.ts';
import { DEFAULT_LIMITS } from '../options.ts';
import { MachineState } from '../state.ts';
import { CORE_LIBRARY_HOST } from './core-library.ts';

interface Machine {
  readonly stack: readonly Felt[];
  readonly memory?: Iterable<readonly [number, Felt]>;
  readonly advice?: AdviceProvider;
}

/** What the handler of `event` puts on the advice stack. `stack` begins behind the event's id. */
function ask(
  event: string,
  { stack, memory = [], advice = new AdviceProvider({}, 2 ** 20) }: Machine,
): Felt[] {
  const state = new MachineState(DEFAULT_LIMITS, new ReplayedAdvice(new AdviceTape()), null);
  for (const value of [...stack].reverse()) {
    state.stack.push(0, Number(value & 0xffff_ffffn), Number(value >> 32n));
  }
  state.stack.push(0, 0, 0);
  for (const [address, value] of memory) {
    const at = state.memory.slot(0, address) + 2 * (address & 3);
    storeFelt(state.memory.lanes, at, value);
  }
  const handler = CORE_LIBRARY_HOST.handlers.get(textCode(event));
  assert.ok(handler, event);
  return handler(new EventView(state, advice)).flatMap((change) =>
    change.kind === 'stack' ? [...change.values] : assert.fail('only the stack changes'),
  );
}

const limbs = (value: bigint, count: number): Felt[] =>
  Array.from({ length: count }, (_, i) => (value >> BigInt(32 * i)) & 0xffff_ffffn);

test('division: quotient and remainder of every width, in the order the library pops them', () => {
  const upTo = (bits: number) =>
    fc.oneof(fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }), fc.bigInt({ min: 0n, max: 99n }));
  fc.assert(
    fc.property(upTo(256), upTo(256), (a, b) => {
      for (const [name, words] of [
        ['u64::u64_div', 2],
        ['u128::u128_div', 4],
        ['u256::u256_div', 8],
      ] as const) {
        const dividend = BigInt.asUintN(32 * words, a);
        const divisor = BigInt.asUintN(32 * words, b) || 1n;
        const got = ask(`miden::core::math::${name}`, {
          stack: [...limbs(divisor, words), ...limbs(dividend, words)],
        });
        const [q, r] = [limbs(dividend / divisor, words), limbs(dividend % divisor, words)];
        if (words === 2) assert.deepEqual(got, [q[1], q[0], r[1], r[0]]);
        else if (words === 4) assert.deepEqual(got, [...r, ...q]);
        else assert.deepEqual(got, [...r.slice(4), ...r.slice(0, 4), ...q.slice(4), ...q.slice(0, 4)]);
      }
    }),
    { numRuns: 100 },
  );
  assert.deepEqual(
    ask('miden::core::crypto::dsa::falcon512_eidos::falcon_div', {
      stack: limbs(12289n * 5_000_000_000n + 7n, 2),
    }),
    [...limbs(5_000_000_000n, 2).reverse(), 7n],
  );
  assert.throws(() => ask('miden::core::math::u64::u64_div', { stack: [0n, 0n, 1n, 1n] }), RangeError);
  assert.throws(() => ask('miden::core::math::u64::u64_div', { stack: [1n << 32n, 0n, 1n, 1n] }), RangeError);
});

const SORTED = 'miden::core::collections::sorted_array::';

test('sorted arrays: the first entry not below the key', () => {
  const words = fc.array(
    fc.tuple(...[0, 1, 2, 3].map(() => fc.bigInt({ min: 0n, max: 3n }))) as fc.Arbitrary<
      [Felt, Felt, Felt, Felt]
    >,
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(words, fc.constantFrom(4, 8), fc.boolean(), (unsorted, stride, whole) => {
      const keyOf = (w: Word): Word => (whole || stride === 4 ? w : [0n, 0n, w[2], w[3]]);
      const [key = [1n, 1n, 1n, 1n] as Word, ...rest] = unsorted;
      const sorted = rest.sort((a, b) => compareWords(keyOf(a), keyOf(b)));
      const start = 400;
      const end = start + stride * sorted.length;
      const memory = sorted.flatMap((word, i) =>
        word.map((value, k): [number, Felt] => [start + stride * i + k, value]),
      );
      const stack = [...key, BigInt(start), BigInt(end), whole ? 1n : 0n];
      const name = `${SORTED}${stride === 4 ? 'lowerbound_array' : 'lowerbound_key_value'}`;
      const first = sorted.findIndex((word) => compareWords(keyOf(word), keyOf(key)) >= 0);
      const found = first >= 0 && compareWords(keyOf(sorted[first]), keyOf(key)) === 0;
      assert.deepEqual(ask(name, { stack, memory }), [
        BigInt(first < 0 ? end : start + stride * first),
        found ? 1n : 0n,
      ]);
    }),
    { numRuns: 300 },
  );
});

test('sorted arrays: what is refused', () => {
  const refuse = (name: string, tail: Felt[], memory: [number, Felt][] = []) =>
    assert.throws(() => ask(SORTED + name, { stack: [1n, 1n, 1n, 1n, ...tail], memory }), RangeError);
  refuse('lowerbound_array', [1n, 5n]);
  refuse('lowerbound_array', [0n, 5n]);
  refuse('lowerbound_array', [8n, 4n]);
  refuse('lowerbound_array', [0n, 1n << 32n]);
  refuse('lowerbound_array', [0n, 4n * (2n ** 16n + 1n)]);
  refuse('lowerbound_array', [0n, 8n], [[3, 9n]]);
  refuse('lowerbound_key_value', [0n, 8n, 2n]);
});

test('sparse Merkle trees: the value of a key, present or absent', () => {
  const key = (first: Felt, leaf: Felt): Word => [first, 0n, 0n, leaf];
  const value: Word = [9n, 8n, 7n, 6n];
  const smt = new Smt([
    [key(1n, 5n), value],
    [key(2n, 5n), value],
  ]);
  const leaf = smt.leaf(key(1n, 5n));
  const map = [[leaf.hash, leaf.entries.flatMap(([k, v]) => [...k, ...v])]] as [Word, Felt[]][];
  const nodes = [...smt.innerNodes()];
  const peek = (of: Word, advice: AdviceProvider): Felt[] =>
    ask('miden::core::collections::smt::smt_peek', { stack: [...of, ...smt.root], advice });
  const advice = new AdviceProvider({ map, nodes }, 2 ** 20);
  assert.deepEqual(peek(key(2n, 5n), advice), value);
  assert.deepEqual(peek(key(3n, 5n), advice), [0n, 0n, 0n, 0n]);
  assert.deepEqual(peek(key(1n, 6n), advice), [0n, 0n, 0n, 0n]);
  assert.throws(() => peek(key(1n, 5n), new AdviceProvider({ nodes }, 2 ** 20)), RangeError);
  assert.throws(() => peek(key(1n, 5n), new AdviceProvider({}, 2 ** 20)), { kind: 'merkle-lookup' });
});

const DECRYPT = 'miden::core::crypto::aead_eidos::decrypt';

test('decryption undoes the stream cipher', () => {
  const key: Word = [1n, 2n, 3n, 4n];
  const nonce: Word = [5n, 6n, 7n, 8n];
  const plaintext = Array.from({ length: 21 }, (_, i) => (BigInt(i) << 40n) + 3n);
  const state = new Uint32Array(24);
  wordToLanes(compress(initWord(Domain.AEAD_CTR_KEY), [...key, ...nonce]), state, 16);
  const stream = new Uint32Array(16);
  const memory = plaintext.flatMap((value, i): [number, Felt][] => {
    state[0] = Math.floor(i / 8);
    compressXof(state, 16, state, 0, stream);
    const at = 2 * (i % 8);
    return [
      [800 + 2 * i, (value & 0xffff_ffffn) ^ BigInt(stream[at])],
      [801 + 2 * i, (value >> 32n) ^ BigInt(stream[at + 1])],
    ];
  });
  const stack = [...key, ...nonce, 800n, 0n, BigInt(plaintext.length)];
  assert.deepEqual(ask(DECRYPT, { stack, memory }), plaintext);
});

test('decryption: what is refused', () => {
  const refuse = (source: Felt, count: Felt, memory: [number, Felt][] = []) =>
    assert.throws(
      () => ask(DECRYPT, { stack: [...new Array<Felt>(8).fill(0n), source, 0n, count], memory }),
      RangeError,
    );
  refuse(800n, 1n << 40n);
  refuse(801n, 1n);
  refuse(0xffff_fffcn, 8n);
  refuse(800n, 1n, [[800, 1n << 32n]]);
  const stream = new Uint32Array(16);
  const state = new Uint32Array(24);
  wordToLanes(compress(initWord(Domain.AEAD_CTR_KEY), new Array<Felt>(8).fill(0n)), state, 16);
  compressXof(state, 16, state, 0, stream);
  // All bits set: not canonical.
  refuse(800n, 1n, [
    [800, BigInt(~stream[0] >>> 0)],
    [801, BigInt(~stream[1] >>> 0)],
  ]);
});

test('debugging events are heard in silence', () => {
  assert.deepEqual(ask('miden::core::debug::print_stack', { stack: [] }), []);
});
