import {
  DIVIDE,
  DIVIDE_ROWS,
  FILL,
  ROW_SUMS,
  RUNNING,
  SCAN_BLOCKS,
  SCAN_ROWS,
  SCAN_TOTALS,
} from '../../../shaders/lookup.ts';
import type { Air } from '../../air/types.ts';
import { KilnError } from '../../errors.ts';
import * as F from '../../field/felt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import { Columns } from './columns.ts';
import { kernelsOf, packConstants, uniformValues } from './constants.ts';
import type { Work } from './work.ts';

/** One AIR's trace on the device, natural order. */
export interface LookupInput {
  readonly air: Air;
  readonly logHeight: number;
  readonly publicValues: readonly F.Felt[];
  readonly main: Columns;
  readonly fixed: GPUBuffer | undefined;
}

/** Bytes of numerators and denominators in work at a time. */
const WINDOW_BYTES = 2 ** 26;

/** Bytes of a result of {@link buildLookups}. */
const RESULT_BYTES = 32;

/**
 * Builds the LogUp columns of one trace, natural order, and that of its sum if the sum is hidden. Total / height, and whether a denominator was zero, go to result
 * `index` of `results`.
 */
export async function buildLookups(
  work: Work,
  input: LookupInput,
  challenges: readonly [QuadFelt, QuadFelt],
  results: GPUBuffer,
  index: number,
): Promise<Columns> {
  const { air, logHeight } = input;
  const height = 2 ** logHeight;
  const columns = air.lookups.length;
  const aux = new Columns(work, 2 * air.auxWidth, height);
  const sums = work.allocate(16 * height);
  const blocks = Math.ceil(height / SCAN_ROWS);
  const totals = work.allocate(16 * (blocks + 2));
  const flag = work.allocate(4);

  await fractions(work, input, challenges, aux, sums, flag);

  const scan = { groups: blocks, cost: 8 * SCAN_ROWS };
  await work.run({ kernel: SCAN_TOTALS, buffers: { sums, totals }, params: { rows: height }, ...scan });
  await work.run({
    kernel: SCAN_BLOCKS,
    buffers: { totals },
    params: { blocks, factor: F.inv(BigInt(height)) },
    groups: 1,
    cost: 64 * blocks,
  });
  await work.run({
    kernel: RUNNING,
    buffers: { sums, totals, out: aux.chunks[0].buffer },
    params: { rows: height, blocks, outStride: height },
    ...scan,
  });

  if (air.hiddenSum) {
    for (const half of [0, 1]) {
      const { buffer, at } = aux.locate(2 * columns + half);
      await work.run({
        kernel: FILL,
        buffers: { values: totals, out: buffer },
        params: { rows: height, at, valueAt: 2 * (blocks + 1) + half },
        groups: Math.ceil(height / 64),
        cost: 64,
      });
    }
  }

  work.copy(totals, 16 * (blocks + 1), results, RESULT_BYTES * index, 16);
  work.copy(flag, 0, results, RESULT_BYTES * index + 16, 4);
  work.free(sums, totals, flag);
  return aux;
}

/** Room for the results of some traces. */
export const lookupResults = (work: Work, count: number): GPUBuffer => work.allocate(RESULT_BYTES * count);

/** Total / height of each trace. Throws `lookup-denominator` if a denominator was zero. */
export async function readSigmas(work: Work, results: GPUBuffer, airs: readonly Air[]): Promise<QuadFelt[]> {
  const bytes = await work.read(results, 0, RESULT_BYTES * airs.length);
  const words = new BigUint64Array(bytes.slice().buffer);
  return airs.map(({ name }, i) => {
    const [c0, c1, isZero] = words.subarray(4 * i, 4 * i + 3);
    if (isZero !== 0n) {
      throw new KilnError('lookup-denominator', 'A lookup denominator is zero.', {
        details: name,
        advice: 'Prove again: another transcript gives other challenges.',
      });
    }
    return [c0, c1];
  });
}

/** Every column's fractions into `aux`, and their sums per row. */
async function fractions(
  work: Work,
  { air, logHeight, publicValues, main, fixed }: LookupInput,
  challenges: readonly [QuadFelt, QuadFelt],
  aux: Columns,
  sums: GPUBuffer,
  flag: GPUBuffer,
): Promise<void> {
  const height = 2 ** logHeight;
  const columns = air.lookups.length;
  const { lookups } = kernelsOf(air);
  // Fractions read no aux cell and no sigma.
  const uniforms = uniformValues(air, lookups, { public: publicValues, auxValues: [], challenges });
  const constants = work.upload(packConstants(lookups, uniforms, [], air.periodic));

  const bytes = Math.min(work.gpu.bindingBytes, WINDOW_BYTES);
  const widest = Math.max(16 * columns, main.isWhole ? 0 : 8 * main.width);
  // A copied window has one row more than it computes.
  const rows = Math.min(height, 2 ** Math.floor(Math.log2(bytes / widest - 1)));
  const u = work.allocate(16 * columns * rows);
  const own = aux.isWhole ? undefined : work.allocate(16 * columns * rows);
  const copied = main.isWhole ? undefined : work.allocate(8 * main.width * (rows + 1));

  for (let first = 0; first < height; first += rows) {
    const view = copied ? main.copyRows(work, first, rows + 1, copied, rows + 1) : main.view;
    const v = own ?? aux.chunks[0].buffer;
    const [vBase, vStride] = own ? [0, rows] : [first, height];
    for (const { kernel, operations } of lookups.parts) {
      await work.run({
        kernel,
        buffers: { constants, trace: view.buffer, ...(fixed && { fixed }), u, v },
        params: {
          rows,
          firstRow: copied ? 0 : first,
          position: first,
          mainStride: view.stride,
          mask: copied ? 0xffff_ffff : height - 1,
          logN: logHeight,
          uStride: rows,
          vBase,
          vStride,
        },
        groups: Math.ceil(rows / 64),
        cost: 64 * operations,
      });
    }
    const threads = Math.ceil(rows / DIVIDE_ROWS);
    await work.run({
      kernel: DIVIDE,
      buffers: { u, v, flag },
      params: { rows, threads, columns, uStride: rows, vBase, vStride },
      groups: Math.ceil((threads * columns) / 64),
      cost: 64 * (80 + 12 * DIVIDE_ROWS),
    });
    await work.run({
      kernel: ROW_SUMS,
      buffers: { v, sums },
      params: { rows, columns, vBase, vStride, outBase: first, stride: height },
      groups: Math.ceil(rows / 64),
      cost: 64 * columns,
    });
    if (own) {
      // Column 0 is the running sum, which comes later.
      for (let c = 2; c < 2 * columns; c++) {
        const { buffer, at } = aux.locate(c);
        work.copy(own, 8 * c * rows, buffer, 8 * (at + first), 8 * rows);
      }
    }
  }
  work.free(constants, u);
  for (const buffer of [own, copied]) if (buffer) work.free(buffer);
}
