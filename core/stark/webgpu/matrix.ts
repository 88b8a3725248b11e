import { ADD_MULTIPLE } from '../../../shaders/mask.ts';
import * as F from '../../field/felt.ts';
import type { Stream } from '../randomness/stream.ts';
import { Columns } from './columns.ts';
import { extend, interpolate, type Twiddles } from './ntt.ts';
import { type ElementRange, randomElements } from './randomness.ts';
import type { Work } from './work.ts';

/**
 * Layout, as in the CPU backend. A matrix of n = 2^logHeight rows is kept as coefficients and as values on the blocks
 * (cosets) of its extension, rows in bit-reversed order; the rows of all blocks in turn are the extension in bit-reversed
 * order. A matrix that is not resident has room for one block, extended when it is needed.
 *
 * Columns that hide have more than n coefficients: the first n are in `coefficients`, those from x^n on in `tails`.
 */
export class Matrix {
  readonly width: number;
  readonly logHeight: number;
  readonly logBlowup: number;
  readonly isResident: boolean;
  readonly coefficients: Columns;
  /** Room for coefficients from x^n on, per column: a power of two, zeros at the end; or none. */
  readonly tailLength: number;
  /** One buffer for every chunk of `coefficients`, column after column; none without tails. */
  readonly tails: readonly GPUBuffer[];
  readonly #blocks: readonly Columns[];
  /** What the only block holds, if the matrix is not resident. */
  #current = -1;

  /** `extraCoefficients` a column may have beyond its height. */
  constructor(
    work: Work,
    shape: { readonly width: number; readonly logHeight: number },
    logBlowup: number,
    isResident: boolean,
    extraCoefficients: number,
  ) {
    this.width = shape.width;
    this.logHeight = shape.logHeight;
    this.logBlowup = logBlowup;
    this.isResident = isResident;
    this.coefficients = new Columns(work, this.width, this.height);
    this.tailLength = tailRoom(extraCoefficients);
    this.tails =
      this.tailLength === 0
        ? []
        : this.coefficients.chunks.map(({ width }) => work.allocate(8 * width * this.tailLength));
    this.#blocks = Array.from(
      { length: isResident ? 2 ** logBlowup : 1 },
      () => new Columns(work, this.width, this.height),
    );
  }

  get height(): number {
    return 2 ** this.logHeight;
  }
  get blocks(): number {
    return 2 ** this.logBlowup;
  }
  get buffers(): GPUBuffer[] {
    return [...[this.coefficients, ...this.#blocks].flatMap((columns) => columns.buffers), ...this.tails];
  }

  /** Coefficients from trace values in natural order. */
  async interpolate(work: Work, twiddles: Twiddles, trace: Columns): Promise<void> {
    for (const [i, { buffer, width }] of this.coefficients.chunks.entries()) {
      const place = { base: 0, stride: this.height };
      const from = { ...place, buffer: trace.chunks[i].buffer };
      await interpolate(work, twiddles, from, { ...place, buffer }, width, this.logHeight, 'natural');
    }
  }

  /** Hides columns of trace polynomials t as t + (x^n - 1) r, r being the first `length` elements of each column's stream. */
  async mask(work: Work, streams: readonly Stream[], length: number): Promise<void> {
    await this.randomTails(work, 0, streams, { count: length });
    for (const [i, { buffer, width }] of this.coefficients.chunks.entries()) {
      await work.run({
        kernel: ADD_MULTIPLE,
        buffers: { source: this.tails[i], data: buffer },
        params: {
          count: length,
          columns: width,
          sourceBase: 0,
          sourceStride: this.tailLength,
          dataBase: 0,
          dataStride: this.height,
          factor: F.neg(1n),
        },
        groups: Math.ceil((width * length) / 64),
        cost: 64 * 2,
      });
    }
  }

  /** Fills the first coefficients of columns from `first` on with elements of a stream each. */
  randomHeads(work: Work, first: number, streams: readonly Stream[], range: ElementRange): Promise<void> {
    const buffers = this.coefficients.chunks.map(({ buffer }) => buffer);
    return this.#random(work, buffers, this.height, first, streams, range);
  }

  /** The same for the coefficients from x^n on. */
  randomTails(work: Work, first: number, streams: readonly Stream[], range: ElementRange): Promise<void> {
    return this.#random(work, this.tails, this.tailLength, first, streams, range);
  }

  async #random(
    work: Work,
    buffers: readonly GPUBuffer[],
    stride: number,
    first: number,
    streams: readonly Stream[],
    range: ElementRange,
  ): Promise<void> {
    for (const [i, chunk] of this.coefficients.chunks.entries()) {
      const start = Math.max(chunk.first, first);
      const own = streams.slice(start - first, Math.max(chunk.first + chunk.width - first, 0));
      if (own.length === 0) continue;
      const to = { buffer: buffers[i], base: (start - chunk.first) * stride, stride };
      await randomElements(work, own, range, to);
    }
  }

  /** Where the tail of a column is. */
  locateTail(column: number): { readonly buffer: GPUBuffer; readonly at: number } {
    const { chunks } = this.coefficients;
    const i = chunks.findIndex(({ first, width }) => column < first + width);
    return { buffer: this.tails[i], at: (column - chunks[i].first) * this.tailLength };
  }

  /** Computes all blocks of a resident matrix. */
  async extendAll(work: Work, twiddles: Twiddles, onBlock: (fraction: number) => void): Promise<void> {
    for (let k = 0; k < this.blocks; k++) {
      await this.#extend(work, twiddles, k, this.#blocks[k]);
      onBlock((k + 1) / this.blocks);
    }
  }

  /** Values on block k, computed now unless they are at hand. */
  async block(work: Work, twiddles: Twiddles, k: number): Promise<Columns> {
    if (this.isResident) return this.#blocks[k];
    if (this.#current !== k) await this.#extend(work, twiddles, k, this.#blocks[0]);
    this.#current = k;
    return this.#blocks[0];
  }

  /** Values on the block after the last, and what the caller frees when it is done with them. */
  async extraBlock(
    work: Work,
    twiddles: Twiddles,
  ): Promise<{ readonly columns: Columns; readonly spare: readonly GPUBuffer[] }> {
    if (!this.isResident) return { columns: await this.block(work, twiddles, this.blocks), spare: [] };
    const columns = new Columns(work, this.width, this.height);
    await this.#extend(work, twiddles, this.blocks, columns);
    return { columns, spare: columns.buffers };
  }

  async #extend(work: Work, twiddles: Twiddles, k: number, out: Columns): Promise<void> {
    for (const [i, { buffer, width }] of this.coefficients.chunks.entries()) {
      const place = { base: 0, stride: this.height };
      const tail = this.tails[i] && { buffer: this.tails[i], length: this.tailLength };
      const to = { ...place, buffer: out.chunks[i].buffer };
      await extend(work, twiddles, { ...place, buffer, tail }, to, width, this.logHeight, {
        domain: 'coset',
        block: k,
      });
    }
  }
}

/** Room for `count` coefficients beyond the height: kernels that evaluate them want a power of two. */
export const tailRoom = (count: number): number => (count === 0 ? 0 : 2 ** Math.ceil(Math.log2(count)));

/** Bytes of a matrix and of a resident one beyond that. */
export const matrixBytes = (
  width: number,
  logHeight: number,
  logBlowup: number,
  extraCoefficients: number,
) => ({
  least: 8 * width * (2 * 2 ** logHeight + tailRoom(extraCoefficients)),
  resident: (2 ** logBlowup - 1) * 8 * width * 2 ** logHeight,
});
