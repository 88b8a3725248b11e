import assert from 'node:assert/strict';
import { test } from 'node:test';
import { streamVectors } from '../../../test/stream-vectors.ts';
import { MODULUS } from '../../field/felt.ts';
import { elements, firstCanonical, type Stream, salts, streamLanes, streamNonce } from './stream.ts';

/** RFC 8439, section 2.3.2: block 1 of key 00, 01, ... 1f and nonce 00 00 00 09 00 00 00 4a 00 00 00 00. */
const RFC: Stream = {
  key: new Uint32Array(Uint8Array.from({ length: 32 }, (_, i) => i).buffer),
  nonce: Uint32Array.of(0x0900_0000, 0x4a00_0000, 0),
};
const RFC_BLOCK = [
  0x15593bd1_e4e7f110n,
  0xc47120a3_1fdd0f50n,
  0x0368c033_c7f4d1c7n,
  0x4e6cd4c3_9aaa2204n,
  0x09aa9f07_466482d2n,
  0xa2028bd9_05d7c214n,
  0xb94e16de_d19c12b5n,
  0x4e3c50a2_e883d0cbn,
];

test('the stream is that of RFC 8439', () => {
  assert.deepEqual([...elements(RFC, 1, 1)], [RFC_BLOCK[0]]);
  const cleared = RFC_BLOCK.map((word) => word & 0x7fff_ffff_ffff_ffffn);
  assert.deepEqual([...salts(RFC, 2, 2)], cleared);
  assert.deepEqual([...salts(RFC, 3, 1)], cleared.slice(4));
});

test('elements and salts equal the vectors', () => {
  const vectors = streamVectors();
  for (const { stream, first, words } of vectors.elements)
    assert.deepEqual([...elements(stream, words.length, first)], words);
  for (const { stream, first, words } of vectors.salts)
    assert.deepEqual([...salts(stream, first, words.length / 4)], words);
});

test('elements and salts do not depend on where one begins to read', () => {
  const all = { elements: elements(RFC, 20), salts: salts(RFC, 0, 20) };
  for (const first of [0, 1, 2, 7, 18]) {
    assert.deepEqual(elements(RFC, 2, first), all.elements.slice(first, first + 2));
    assert.deepEqual(salts(RFC, first, 2), all.salts.slice(4 * first, 4 * (first + 2)));
    assert.deepEqual(salts(RFC, first, 1), all.salts.slice(4 * first, 4 * (first + 1)));
  }
  assert.ok(all.salts.every((word) => word < 1n << 63n));
});

test('an element is the first canonical word of its block', () => {
  const block = BigUint64Array.of(MODULUS, 2n ** 64n - 1n, MODULUS + 1n, MODULUS - 1n, 5n, 6n, 7n, 8n);
  assert.equal(firstCanonical(block), MODULUS - 1n);
  block[7] = 0n;
  block.fill(MODULUS, 0, 7);
  assert.equal(firstCanonical(block), 0n);
  block[7] = MODULUS;
  assert.throws(() => firstCanonical(block), { kind: 'randomness-exhausted' });
});

test('nonces differ wherever purpose, AIR or column do, and numbers that would collide are refused', () => {
  const seen = new Set<number>();
  const purposes = [1, 2, 3, 4, 5, 6, 7] as const;
  for (const purpose of purposes)
    for (const air of [0, 1, 2, 255])
      for (const column of [0, 1, 2, 255, 256, 65_535]) seen.add(streamNonce(purpose, air, column)[0]);
  assert.equal(seen.size, 7 * 4 * 6);
  for (const [air, column] of [
    [256, 0],
    [-1, 0],
    [0, 65_536],
    [0, -1],
    [Number.NaN, 0],
  ])
    assert.throws(() => streamNonce(1, air, column), RangeError);
});

test('a stream of a key that was overwritten is refused', () => {
  const dead = { key: new Uint32Array(8), nonce: streamNonce(1, 0, 0) };
  for (const use of [() => streamLanes(dead), () => elements(dead, 1), () => salts(dead, 0, 1)])
    assert.throws(use, { kind: 'randomness-closed' });
});
