import { SCALE } from '../../../shaders/ntt.ts';
import { ACCUMULATE, SELECTORS } from '../../../shaders/quotient.ts';
import type { Air } from '../../air/types.ts';
import * as F from '../../field/felt.ts';
import { cosetValues, inverseNtt } from '../../field/ntt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import { ldeShift } from '../domain.ts';
import { reverseBits } from '../order.ts';
import type { QuotientInput } from '../quotient-inputs.ts';
import type { Columns } from './columns.ts';
import { windowRows } from './commit.ts';
import { kernelsOf, packConstants, uniformValues } from './constants.ts';
import { blockShift, type Matrix } from './matrix.ts';
import { extend, interpolate, type Twiddles } from './ntt.ts';
import type { Work } from './work.ts';

/**
 * The quotients of all instances, combined by `beta`, on the coset of 2^logParts blocks of the tallest: two planes.
 * Constraints are folded by `alpha`.
 */
export async function combinedQuotient(
  work: Work,
  twiddles: Twiddles,
  inputs: readonly QuotientInput<Matrix>[],
  logParts: number,
  [alpha, beta]: readonly [QuadFelt, QuadFelt],
  onProgress: (fraction: number) => void,
): Promise<GPUBuffer> {
  let sum: { readonly buffer: GPUBuffer; readonly logHeight: number } | undefined;
  for (const [i, input] of inputs.entries()) {
    const { logHeight } = input.main;
    const rows = 2 ** (logHeight + logParts);
    const values = work.allocate(16 * rows);
    await instanceQuotient(work, twiddles, input, alpha, values, rows, (fraction) =>
      onProgress((i + fraction) / inputs.length),
    );
    await upsample(work, twiddles, input, logParts, values, rows);
    if (sum) {
      const lift = logHeight - sum.logHeight;
      await work.run({
        kernel: ACCUMULATE,
        buffers: { before: sum.buffer, values },
        params: { rows, lift, beforeStride: 2 ** (sum.logHeight + logParts), beta },
        groups: Math.ceil(rows / 64),
        cost: 64 * 4,
      });
      work.free(sum.buffer);
    }
    sum = { buffer: values, logHeight };
  }
  return sum!.buffer;
}

/** The quotient of one instance on its own 2^logParts blocks. */
async function instanceQuotient(
  work: Work,
  twiddles: Twiddles,
  { air, logParts, binding, main, aux, preprocessed: fixed }: QuotientInput<Matrix>,
  alpha: QuadFelt,
  acc: GPUBuffer,
  accStride: number,
  onProgress: (fraction: number) => void,
): Promise<void> {
  const { logHeight, logBlowup, height } = main;
  const { constraints } = kernelsOf(air);
  const uniforms = uniformValues(air, constraints, binding);
  const selectors = work.allocate(24 * height);
  const blocks = 2 ** logParts;
  for (let k = 0; k < blocks; k++) {
    const shift = blockShift(logHeight, logBlowup, logParts, k);
    const vanishing = F.sub(F.pow(shift, 1n << BigInt(logHeight)), 1n);
    const constants = work.upload(
      packConstants(
        constraints,
        uniforms,
        foldWeights(air, alpha, F.inv(vanishing)),
        air.periodic.map((values) => periodicValues(values, logHeight, shift)),
      ),
    );
    await work.run({
      kernel: SELECTORS,
      buffers: { roots: twiddles.roots, out: selectors },
      params: {
        rows: height,
        at: k * height,
        shift: ldeShift(logHeight + logBlowup),
        vanishing,
        last: F.inv(F.rootOfUnity(logHeight)),
      },
      groups: Math.ceil(height / 256),
      cost: 64 * 110,
    });
    const matrices = [await main.block(work, twiddles, k), await aux.block(work, twiddles, k)] as const;
    const fixedBlock = await fixed?.block(work, twiddles, k);
    await forNeighbours(work, matrices, async (rows) => {
      for (const [i, { kernel, operations }] of constraints.parts.entries()) {
        await work.run({
          kernel,
          buffers: {
            ...rows.buffers,
            constants,
            selectors,
            acc,
            ...(fixedBlock && { fixed: fixedBlock.view.buffer }),
          },
          params: {
            ...rows.params,
            logN: logHeight,
            accAt: k * height,
            accStride,
            start: i === 0 ? 1 : 0,
          },
          groups: Math.ceil(rows.params.rows / 64),
          cost: 64 * operations,
        });
      }
    });
    work.free(constants);
    onProgress((k + 1) / blocks);
  }
  work.free(selectors);
}

/** Rows and their successors, as constraint kernels take them. */
interface Neighbours {
  readonly buffers: Readonly<Record<'mainRow' | 'mainNext' | 'auxRow' | 'auxNext', GPUBuffer>>;
  readonly params: Readonly<
    Record<'rows' | 'firstRow' | 'position' | 'mainStride' | 'auxStride' | 'logT' | 'wrap', number>
  >;
}

/**
 * Calls `visit` with all rows of one block of both matrices, at once if each is in one buffer. Else in windows of
 * T = 2^t positions, copied: position jT + q is row rev_t(q) n/T + rev(j), so its successor is position q of the window
 * that holds row rev(j) + 1; only in the last one, where that wraps around, are positions permuted.
 */
async function forNeighbours(
  work: Work,
  [main, aux]: readonly [Columns, Columns],
  visit: (rows: Neighbours) => Promise<void>,
): Promise<void> {
  const n = main.rows;
  if (main.isWhole && aux.isWhole) {
    const [m, a] = [main.view.buffer, aux.view.buffer];
    return visit({
      buffers: { mainRow: m, mainNext: m, auxRow: a, auxNext: a },
      params: {
        rows: n,
        firstRow: 0,
        position: 0,
        mainStride: n,
        auxStride: n,
        logT: Math.log2(n),
        wrap: 1,
      },
    });
  }
  const size = Math.min(windowRows(work, main.width, n), windowRows(work, aux.width, n));
  const windows = n / size;
  const log = Math.log2(windows);
  const room = (columns: Columns) => work.allocate(8 * columns.width * size);
  const buffers = { mainRow: room(main), mainNext: room(main), auxRow: room(aux), auxNext: room(aux) };
  for (let j = 0; j < windows; j++) {
    const next = reverseBits((reverseBits(j, log) + 1) % windows, log);
    main.copyRows(work, j * size, size, buffers.mainRow, size);
    main.copyRows(work, next * size, size, buffers.mainNext, size);
    aux.copyRows(work, j * size, size, buffers.auxRow, size);
    aux.copyRows(work, next * size, size, buffers.auxNext, size);
    await visit({
      buffers,
      params: {
        rows: size,
        firstRow: 0,
        position: j * size,
        mainStride: size,
        auxStride: size,
        logT: Math.log2(size),
        wrap: next === 0 ? 1 : 0,
      },
    });
  }
  work.free(...Object.values(buffers));
}

/** alpha^(count - 1 - k), what Horner folding in order comes to, times `factor`. */
function foldWeights(air: Air, alpha: QuadFelt, factor: F.Felt): QuadFelt[] {
  const weights = new Array<QuadFelt>(air.constraints.length);
  let power = Q.fromBase(factor);
  for (let k = weights.length - 1; k >= 0; k--) {
    weights[k] = power;
    power = Q.mul(power, alpha);
  }
  return weights;
}

/** A periodic column on a block: its polynomial in x^(height / period), bit-reversed like the rows. */
function periodicValues(column: readonly F.Felt[], logHeight: number, shift: F.Felt): F.Felt[] {
  const log = Math.log2(column.length);
  const coefficients = BigUint64Array.from(column);
  inverseNtt(coefficients, log);
  const values = new BigUint64Array(column.length);
  cosetValues(coefficients, log, 0, F.pow(shift, 1n << BigInt(logHeight - log)), values);
  return Array.from(values, (_, i) => values[reverseBits(i, log)]);
}

/** Brings values on the first 2^logOwn blocks to all 2^logParts, in place. */
async function upsample(
  work: Work,
  twiddles: Twiddles,
  { main, logParts: logOwn }: QuotientInput<Matrix>,
  logParts: number,
  values: GPUBuffer,
  stride: number,
): Promise<void> {
  if (logOwn === logParts) return;
  const log = main.logHeight + logOwn;
  const coefficients = { buffer: work.allocate(16 * 2 ** log), base: 0, stride: 2 ** log };
  const place = { buffer: values, base: 0, stride };
  await interpolate(work, twiddles, place, coefficients, 2, log, 'bit-reversed');
  // The shift is common to all cosets and cancels. Block 0 is there already.
  for (let block = 1; block < 2 ** (logParts - logOwn); block++) {
    const to = { ...place, base: block * 2 ** log };
    await extend(work, twiddles, coefficients, to, 2, log, { domain: 'subgroup', block });
  }
  work.free(coefficients.buffer);
}

/**
 * Interpolates the parts of a combined quotient into the columns of its matrix: part t runs through the values on the
 * t-th coset, which is block rev(t).
 */
export async function interpolateParts(
  work: Work,
  twiddles: Twiddles,
  values: GPUBuffer,
  quotient: Matrix,
  logParts: number,
): Promise<void> {
  const { logHeight, logBlowup, height } = quotient;
  const parts = 2 ** logParts;
  const powers = work.allocate(8 * 32 * parts);
  for (let t = 0; t < parts; t++) {
    const block = reverseBits(t, logParts);
    let power = F.inv(blockShift(logHeight, logBlowup, logParts, block));
    const squares = new BigUint64Array(32);
    for (let bit = 0; bit < 32; bit++, power = F.mul(power, power)) squares[bit] = power;
    work.write(powers, 8 * 32 * t, squares);
    for (const half of [0, 1]) {
      const { buffer, at } = quotient.coefficients.locate(2 * t + half);
      const from = { buffer: values, base: half * parts * height + block * height, stride: height };
      await interpolate(
        work,
        twiddles,
        from,
        { buffer, base: at, stride: height },
        1,
        logHeight,
        'bit-reversed',
      );
      await work.run({
        kernel: SCALE,
        buffers: { powers, data: buffer },
        params: { size: height, base: at, powersAt: 32 * t },
        groups: Math.ceil(height / 64),
        cost: 32 * logHeight,
      });
    }
  }
  work.free(powers);
}
