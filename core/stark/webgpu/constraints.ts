import { SELECTORS } from '../../../shaders/quotient.ts';
import type { Air } from '../../air/types.ts';
import * as F from '../../field/felt.ts';
import { cosetValues, inverseNtt } from '../../field/ntt.ts';
import type { QuadFelt } from '../../field/quad.ts';
import * as Q from '../../field/quad.ts';
import { reverseBits } from '../order.ts';
import type { QuotientInput } from '../quotient-inputs.ts';
import type { Columns } from './columns.ts';
import { windowRows } from './commit.ts';
import { kernelsOf, packConstants, uniformValues } from './constants.ts';
import type { Matrix } from './matrix.ts';
import { blockShift, type Twiddles } from './ntt.ts';
import type { Work } from './work.ts';

/** A block of an extension where constraints are evaluated, and where their quotient goes: two planes `stride` apart. */
export interface QuotientBlock {
  readonly block: number;
  readonly out: GPUBuffer;
  readonly at: number;
  readonly stride: number;
}

/**
 * The quotient of one instance on some blocks: constraints folded by `alpha`, divided by the vanishing polynomial of the
 * trace domain.
 */
export async function instanceQuotient(
  work: Work,
  twiddles: Twiddles,
  { air, binding, main, aux, preprocessed: fixed }: QuotientInput<Matrix>,
  alpha: QuadFelt,
  blocks: readonly QuotientBlock[],
  onProgress: (fraction: number) => void,
): Promise<void> {
  const { logHeight, logBlowup, height } = main;
  const { constraints } = kernelsOf(air);
  const uniforms = uniformValues(air, constraints, binding);
  const selectors = work.allocate(24 * height);
  for (const [i, { block, out, at, stride }] of blocks.entries()) {
    const shift = blockShift(logHeight, logBlowup, block);
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
      params: { rows: height, shift, vanishing, last: F.inv(F.rootOfUnity(logHeight)) },
      groups: Math.ceil(height / 256),
      cost: 64 * 110,
    });
    const values = async (matrix: Matrix) =>
      block < matrix.blocks
        ? { columns: await matrix.block(work, twiddles, block), spare: [] }
        : matrix.extraBlock(work, twiddles);
    const [mainBlock, auxBlock] = [await values(main), await values(aux)];
    const fixedBlock = fixed && (await values(fixed));
    await forNeighbours(work, [mainBlock.columns, auxBlock.columns], async (rows) => {
      for (const [part, { kernel, operations }] of constraints.parts.entries()) {
        await work.run({
          kernel,
          buffers: {
            ...rows.buffers,
            constants,
            selectors,
            acc: out,
            ...(fixedBlock && { fixed: fixedBlock.columns.view.buffer }),
          },
          params: {
            ...rows.params,
            logN: logHeight,
            accAt: at,
            accStride: stride,
            start: part === 0 ? 1 : 0,
          },
          groups: Math.ceil(rows.params.rows / 64),
          cost: 64 * operations,
        });
      }
    });
    work.free(constants, ...mainBlock.spare, ...auxBlock.spare, ...(fixedBlock?.spare ?? []));
    onProgress((i + 1) / blocks.length);
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
