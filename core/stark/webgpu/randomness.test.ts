import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RANDOM_KERNELS } from '../../../shaders/chacha.ts';
import { testGpu } from '../../../test/gpu.ts';
import { streamVectors } from '../../../test/stream-vectors.ts';
import { MODULUS } from '../../field/felt.ts';
import { leafHasher } from '../lmcs/hasher.ts';
import { reverseBits } from '../order.ts';
import { elements, firstCanonical, salts, streamNonce } from '../randomness/stream.ts';
import { calibrate } from './calibrate.ts';
import type { Gpu } from './device.ts';
import { absorbSalts, randomElements } from './randomness.ts';
import { Work } from './work.ts';

const opened = await testGpu();
const key = Uint32Array.from({ length: 8 }, (_, i) => Math.imul(i + 1, 0x9e37_79b9));

describe('random kernels', { skip: typeof opened === 'string' && opened }, () => {
  const gpu = opened as Gpu;
  let work: Work;
  before(async () => {
    work = new Work(gpu, await calibrate(gpu));
  });
  after(() => {
    work.close();
    gpu.close();
  });
  const words = async (buffer: GPUBuffer, count: number) =>
    new BigUint64Array((await work.read(buffer, 0, 8 * count)).slice().buffer);

  test('elements equal the vectors, a rejected word among them', async () => {
    for (const { stream, first, words: expected } of streamVectors().elements) {
      const buffer = work.allocate(8 * expected.length);
      await randomElements(
        work,
        [stream],
        { count: expected.length, from: first },
        { buffer, base: 0, stride: 0 },
      );
      assert.deepEqual([...(await words(buffer, expected.length))], expected);
    }
  });

  test('elements of many streams go where they are told', async () => {
    const streams = [0, 1, 5].map((column) => ({ key, nonce: streamNonce(1, 2, column) }));
    const buffer = work.upload(new BigUint64Array(2 + 3 * 70).fill(7n));
    await randomElements(work, streams, { count: 65, from: 3 }, { buffer, base: 2, stride: 70 });
    const expected = streams.flatMap((stream) => [...elements(stream, 65, 3), 7n, 7n, 7n, 7n, 7n]);
    assert.deepEqual([...(await words(buffer, 2 + 3 * 70))], [7n, 7n, ...expected]);
  });

  test('an element is the first canonical word of its block', async () => {
    const blocks = Array.from({ length: 9 }, (_, rejected) =>
      BigUint64Array.from({ length: 8 }, (_, k) =>
        k < rejected ? MODULUS + BigInt(k) : MODULUS - BigInt(k + 1),
      ),
    );
    const out = work.allocate(8 * 9);
    await work.run({
      kernel: RANDOM_KERNELS.select,
      buffers: {
        streams: work.allocate(64),
        blocks: work.upload(BigUint64Array.from(blocks.flatMap((block) => [...block]))),
        out,
      },
      params: { count: 9 },
      groups: 1,
      cost: 64,
    });
    const selected = [...(await words(out, 9))];
    assert.deepEqual(selected.slice(0, 8), blocks.slice(0, 8).map(firstCanonical));
    assert.ok(selected[8] >= MODULUS, 'with none to be had, what no verifier takes');
  });

  for (const hash of ['eidos', 'blake3'] as const) {
    test(`salts end the leaves (${hash})`, async () => {
      const stream = { key, nonce: streamNonce(6, 0, 0) };
      for (const logRows of [3, 6, 11]) {
        const leaves = 2 ** logRows;
        const states = Uint32Array.from(
          { length: 8 * leaves },
          (_, i) => Math.imul(i + 1, 0x85eb_ca6b) >>> 1,
        );
        const buffer = work.upload(states);
        await absorbSalts(work, hash, stream, { buffer, logRows });

        const rows = new Uint32Array(salts(stream, 0, leaves).buffer);
        const hasher = leafHasher(hash);
        for (let q = 0; q < leaves; q++) hasher.absorb(states, 8 * q, rows, 8 * reverseBits(q, logRows), 4);
        const bytes = (await work.read(buffer, 0, states.byteLength)).slice();
        assert.deepEqual(new Uint32Array(bytes.buffer), states);
      }
    });
  }

  test('streams of a finished proof are refused', async () => {
    const stream = { key: new Uint32Array(8), nonce: streamNonce(6, 0, 0) };
    const buffer = work.allocate(256);
    const closed = { kind: 'randomness-closed' };
    await assert.rejects(absorbSalts(work, 'eidos', stream, { buffer, logRows: 3 }), closed);
    const to = { buffer, base: 0, stride: 0 };
    await assert.rejects(randomElements(work, [stream], { count: 1 }, to), closed);
  });
});
