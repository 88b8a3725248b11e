import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { testGpu } from '../../../test/gpu.ts';
import * as F from '../../field/felt.ts';
import { cosetValues, ntt } from '../../field/ntt.ts';
import { EIDOS_WIDTH } from '../../vm/trace/eidos-layout.ts';
import { fillEidosTrace } from '../../vm/trace/eidos-trace.ts';
import { BYTE_COUNTS_LENGTH, EIDOS_RECORD } from '../../vm/trace/types.ts';
import type { Instance } from '../backend.ts';
import { ldeShift } from '../domain.ts';
import { leafHasher } from '../lmcs/hasher.ts';
import { LiftedTree } from '../lmcs/tree.ts';
import { reverseBits } from '../order.ts';
import { elements, streamNonce } from '../randomness/stream.ts';
import { calibrate } from './calibrate.ts';
import { Columns } from './columns.ts';
import { commit } from './commit.ts';
import type { Gpu } from './device.ts';
import { finalPolynomial } from './fri.ts';
import { Matrix } from './matrix.ts';
import { makeTwiddles, withExtraBlock } from './ntt.ts';
import { loadTraces } from './traces.ts';
import { type Pace, Work } from './work.ts';

const LOG_BLOWUP = 3;
const key = Uint32Array.from({ length: 8 }, (_, i) => Math.imul(i + 1, 0x9e37_79b9));

/** Field elements that differ, edges among them. */
function values(count: number, seed = 1): BigUint64Array {
  const out = new BigUint64Array(count);
  let x = BigInt(seed);
  for (let i = 0; i < count; i++) out[i] = x = F.mul(F.add(x, 1n), 0x9e37_79b9_7f4a_7c15n);
  out[0] = F.MODULUS - 1n;
  return out;
}

const opened = await testGpu();

describe('kernels', { skip: typeof opened === 'string' && opened }, () => {
  const gpu = opened as Gpu;
  let pace: Pace;
  let work: Work;
  before(async () => {
    // Checks the field arithmetic as well.
    pace = await calibrate(gpu);
    work = new Work(gpu, pace);
  });
  after(() => {
    work.close();
    gpu.close();
  });
  const words = async (buffer: GPUBuffer, first: number, count: number) =>
    new BigUint64Array((await work.read(buffer, 8 * first, 8 * count)).slice().buffer);

  // 2^13 takes two passes; the others an odd and an even number of levels in one.
  for (const log of [0, 1, 2, 7, 11, 13]) {
    test(`extension of columns of 2^${log} rows`, async () => {
      const width = 3;
      const n = 2 ** log;
      const coefficients = values(width * n);
      const twiddles = await makeTwiddles(work, log + LOG_BLOWUP, LOG_BLOWUP);
      const matrix = new Matrix(work, { width, logHeight: log }, LOG_BLOWUP, true, 0);
      const trace = new Columns(work, width, n);
      const natural = new BigUint64Array(width * n);
      const expected = Array.from({ length: width }, (_, c) => {
        const own = coefficients.subarray(c * n, (c + 1) * n);
        cosetValues(own, log, 0, 1n, natural.subarray(c * n, (c + 1) * n));
        const lde = new BigUint64Array(8 * n);
        cosetValues(own, log, LOG_BLOWUP, ldeShift(log + LOG_BLOWUP), lde);
        return lde;
      });
      trace.upload(work, natural);
      await matrix.interpolate(work, twiddles, trace);
      assert.deepEqual(await words(matrix.coefficients.view.buffer, 0, width * n), coefficients);
      await matrix.extendAll(work, twiddles, () => {});
      for (let k = 0; k < 8; k++) {
        const block = await words((await matrix.block(work, twiddles, k)).view.buffer, 0, width * n);
        for (let i = 0; i < width * n; i++) {
          const row = reverseBits(k * n + (i % n), log + LOG_BLOWUP);
          assert.equal(block[i], expected[Math.floor(i / n)][row]);
        }
      }
    });
  }

  for (const log of [3, 7, 13]) {
    test(`masked columns of 2^${log} rows, on the block after the last too`, async () => {
      const [width, length, n] = [3, 5, 2 ** log];
      const streams = [0, 1, 2].map((column) => ({ key, nonce: streamNonce(1, 0, column) }));
      const made = await makeTwiddles(work, log + LOG_BLOWUP, LOG_BLOWUP);
      const twiddles = await withExtraBlock(work, made, log);
      const matrix = new Matrix(work, { width, logHeight: log }, LOG_BLOWUP, false, length);
      const traces = values(width * n);
      matrix.coefficients.upload(work, traces);
      await matrix.mask(work, streams, length);

      const polynomials = streams.map((stream, c) => {
        const masks = elements(stream, length);
        const whole = new BigUint64Array(n + length);
        whole.set(traces.subarray(c * n, (c + 1) * n));
        for (let i = 0; i < length; i++) whole[i] = F.sub(whole[i], masks[i]);
        whole.set(masks, n);
        return whole;
      });
      for (let k = 0; k <= 8; k++) {
        const { columns, spare } =
          k < 8
            ? { columns: await matrix.block(work, twiddles, k), spare: [] }
            : await matrix.extraBlock(work, twiddles);
        const block = await words(columns.view.buffer, 0, width * n);
        // By the definition of the domain: shift w_8n^rev(k), and the coset of twice as many blocks for the one after.
        const shift =
          k < 8
            ? F.mul(ldeShift(log + 3), F.pow(F.rootOfUnity(log + 3), BigInt(reverseBits(k, 3))))
            : F.mul(ldeShift(log + 3), F.rootOfUnity(log + 4));
        for (const [c, polynomial] of polynomials.entries()) {
          const expected = new BigUint64Array(n);
          cosetValues(polynomial, log, 0, shift, expected);
          for (let i = 0; i < n; i++) assert.equal(block[c * n + i], expected[reverseBits(i, log)]);
        }
        work.free(...spare);
      }
    });
  }

  for (const isMasked of [false, true]) {
    test(`the final polynomial, ${isMasked ? 'with' : 'without'} slack`, async () => {
      const [log, logLength] = [9, 6];
      const length = isMasked ? 69 : 64;
      /** A codeword of a polynomial of `size` coefficients over the unshifted subgroup, as leaves. */
      const codeword = (size: number) => {
        const [c0, c1] = [values(size, 5), values(size, 6)];
        const leaves = new BigUint64Array(2 * 2 ** log);
        for (const [half, coefficients] of [c0, c1].entries()) {
          const padded = new BigUint64Array(2 ** log);
          padded.set(coefficients);
          ntt(padded, log);
          for (let q = 0; q < padded.length; q++)
            leaves[(2 * (q % 4) + half) * (padded.length / 4) + (q >> 2)] = padded[reverseBits(q, log)];
        }
        return { c0, c1, codeword: { buffer: work.upload(leaves), log } };
      };
      const good = codeword(length);
      const polynomial = await finalPolynomial(work, good.codeword, length, logLength);
      assert.deepEqual(polynomial, Array.from(good.c0, (x, i) => [x, good.c1[i]]).reverse());
      if (!isMasked) return;
      const bad = codeword(length + 1);
      await assert.rejects(finalPolynomial(work, bad.codeword, length, logLength), {
        kind: 'faulty-backend',
      });
    });
  }

  for (const hash of ['eidos', 'blake3'] as const) {
    test(`a tree of ${hash} over two heights`, async () => {
      const shapes = [
        { width: 5, logHeight: 3 },
        { width: 19, logHeight: 8 },
      ];
      const twiddles = await makeTwiddles(work, 11, LOG_BLOWUP);
      const reference = shapes.map(({ width, logHeight }) => {
        const [n, size] = [2 ** logHeight, 2 ** (logHeight + LOG_BLOWUP)];
        const coefficients = values(width * n, width);
        const data = new BigUint64Array(width * size);
        for (let c = 0; c < width; c++) {
          const [from, to] = [
            coefficients.subarray(c * n, (c + 1) * n),
            data.subarray(c * size, (c + 1) * size),
          ];
          cosetValues(from, logHeight, LOG_BLOWUP, ldeShift(logHeight + LOG_BLOWUP), to);
        }
        return { coefficients, columns: { width, logHeight: logHeight + LOG_BLOWUP, data } };
      });
      const matrices = shapes.map((shape, i) => {
        const matrix = new Matrix(work, shape, LOG_BLOWUP, i === 0, 0);
        matrix.coefficients.upload(work, reference[i].coefficients);
        return matrix;
      });
      const { tree } = await commit(work, twiddles, hash, matrices, undefined, () => {});
      const expected = await LiftedTree.build(
        leafHasher(hash),
        reference.map((r) => r.columns),
      );
      assert.deepEqual(await tree.root(work), expected.root());
    });
  }

  test('the Eidos trace and its byte requests', async () => {
    const [count, height] = [3, 128];
    const records = new Uint32Array(count * EIDOS_RECORD);
    for (let i = 0; i < records.length; i++) records[i] = Math.imul(i + 1, 0x9e37_79b9) >>> 0;
    for (let block = 0; block < count; block++) {
      const at = block * EIDOS_RECORD;
      records.set([block % 2, block + 7, 1000 + block, 0], at + 24);
      // High words of all ones have no inverse.
      records.set([0, 0xffff_ffff, 0, 0xffff_ffff], at);
      records[at + 17] = 0xffff_ffff;
    }
    const blocks = { records, count, height };
    const counts = new Uint32Array(BYTE_COUNTS_LENGTH).fill(2);
    const instances = [
      { air: { mainWidth: EIDOS_WIDTH }, logHeight: 7, trace: { kind: 'eidos', blocks } },
      { air: { mainWidth: 7 }, logHeight: 16, trace: { kind: 'byte-table', counts } },
    ] as unknown as Instance[];
    const [eidos, table] = await loadTraces(work, instances);
    const cells = new BigUint64Array(EIDOS_WIDTH * height);
    const expectedCounts = counts.slice();
    fillEidosTrace(blocks, cells, expectedCounts);
    const filled = await words(eidos.view.buffer, 0, cells.length);
    const wrong = cells.findIndex((cell, i) => cell !== filled[i]);
    assert.equal(wrong, -1, `column ${Math.floor(wrong / height)}, row ${wrong % height}`);
    const counted = await words(table.view.buffer, 0, BYTE_COUNTS_LENGTH);
    assert.ok(expectedCounts.every((n, i) => counted[i] === BigInt(n)));
  });
});
