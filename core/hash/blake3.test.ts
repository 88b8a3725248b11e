import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blake3 } from '@noble/hashes/blake3.js';
import { blake3Lanes } from './blake3.ts';

test('lanes hash like bytes, from nothing to more than a chunk', () => {
  const input = Uint32Array.from({ length: 400 }, (_, i) => Math.imul(i + 1, 0x9e3779b9));
  const bytes = new Uint8Array(input.buffer);
  const out = new Uint32Array(16);
  for (const length of [0, 1, 8, 15, 16, 17, 24, 32, 33, 224, 255, 256, 257, 390]) {
    blake3Lanes(input, 5, length, out, 8);
    assert.deepEqual(new Uint8Array(out.slice(8).buffer), blake3(bytes.subarray(20, 20 + 4 * length)));
  }
});
