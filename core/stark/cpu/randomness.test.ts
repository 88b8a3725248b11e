import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testPool } from '../../../test/cpu-pool.ts';
import { streamVectors } from '../../../test/stream-vectors.ts';
import { MODULUS } from '../../field/felt.ts';
import { leafHasher } from '../lmcs/hasher.ts';
import { reverseBits } from '../order.ts';
import { elements, firstCanonical, salts, streamNonce } from '../randomness/stream.ts';
import { LoadedStream } from './randomness.ts';

const pool = await testPool(2);
const key = Uint32Array.from({ length: 8 }, (_, i) => Math.imul(i + 1, 0x9e37_79b9));

test('elements equal the reference from any block on, in any number', async () => {
  const stream = { key, nonce: streamNonce(4, 0, 1) };
  const loaded = new LoadedStream(pool, stream);
  for (const [first, count] of [
    [0, 1],
    [3, 3],
    [17, 64],
    [5, 9001],
    [2 ** 32 - 12, 10],
  ]) {
    const address = pool.allocate(8 * (count + 4));
    const out = pool.words(address, count + 4).fill(77n);
    await pool.run([loaded.elements(address, count, first)]);
    assert.deepEqual(out.slice(0, count), elements(stream, count, first));
    assert.deepEqual([...out.slice(count)], [77n, 77n, 77n, 77n], 'nothing behind the last');
  }
});

test('elements equal the vectors', async () => {
  for (const { stream, first, words: expected } of streamVectors().elements) {
    const address = pool.allocate(8 * expected.length);
    await pool.run([new LoadedStream(pool, stream).elements(address, expected.length, first)]);
    assert.deepEqual([...pool.words(address, expected.length)], expected);
  }
});

test('an element is the first canonical word of its block, in every lane', () => {
  const from = pool.allocate(256 + 32);
  const to = from + 256;
  const lanes = pool.words32(from, 64);
  // Block `lane` has 2 lane + 1 words that are rejected.
  const blocks = [0, 1, 2, 3].map((lane) =>
    BigUint64Array.from({ length: 8 }, (_, k) =>
      k <= 2 * lane ? MODULUS + BigInt(k) : BigInt(100 * lane + k),
    ),
  );
  for (const [lane, block] of blocks.entries()) {
    for (const [k, word] of new Uint32Array(block.buffer).entries()) lanes[4 * k + lane] = word;
  }
  pool.call('selectElements', from, to);
  assert.deepEqual([...pool.words(to, 4)], blocks.map(firstCanonical));
  // Lane 3 had one canonical word, its last: now p itself, then none.
  [lanes[59], lanes[63]] = [1, 0xffff_ffff];
  assert.throws(() => pool.call('selectElements', from, to), WebAssembly.RuntimeError);
  [lanes[59], lanes[63]] = [0, 0xffff_ffff];
  pool.call('selectElements', from, to);
  assert.equal(pool.words(to, 4)[3], MODULUS - 1n);
});

for (const hash of ['eidos', 'blake3'] as const) {
  test(`salts end the leaves (${hash})`, async () => {
    const stream = { key, nonce: streamNonce(6, 0, 0) };
    for (const logLeaves of [3, 4, 5, 8, 11]) {
      const leaves = 2 ** logLeaves;
      const states = Uint32Array.from({ length: 8 * leaves }, (_, i) => Math.imul(i + 1, 0x85eb_ca6b) >>> 1);
      const address = pool.allocate(4 * states.length);
      pool.words32(address, states.length).set(states);
      const loaded = new LoadedStream(pool, stream);
      await pool.run([loaded.salts(hash, address, logLeaves)]);

      const rows = new Uint32Array(salts(stream, 0, leaves).buffer);
      const hasher = leafHasher(hash);
      for (let q = 0; q < leaves; q++) hasher.absorb(states, 8 * q, rows, 8 * reverseBits(q, logLeaves), 4);
      assert.deepEqual(pool.words32(address, states.length).slice(), states);
    }
  });
}

test('a stream is loaded while its proof lasts only', () => {
  const own = key.slice();
  const stream = { key: own, nonce: streamNonce(1, 0, 0) };
  const mark = pool.mark();
  const loaded = new LoadedStream(pool, stream);
  const lanes = pool.words32(Math.ceil(mark / 64) * 64, 11);
  assert.deepEqual([...lanes], [...own, ...stream.nonce]);
  loaded.close();
  assert.deepEqual([...lanes], new Array(11).fill(0));
  own.fill(0);
  assert.throws(() => new LoadedStream(pool, stream), { kind: 'randomness-closed' });
});
