import * as F from '../../field/felt.ts';
import { ldeShift } from '../domain.ts';
import { reverseBits } from '../order.ts';
import { Columns } from './columns.ts';
import { extend, interpolate, type Twiddles } from './ntt.ts';
import type { Work } from './work.ts';

/**
 * Layout, as in the CPU backend. A matrix of n = 2^logHeight rows is kept as coefficients and as values on the blocks
 * (cosets) of its extension, rows in bit-reversed order; the rows of all blocks in turn are the extension in bit-reversed
 * order. A matrix that is not resident has room for one block, extended when it is needed.
 */
export class Matrix {
  readonly width: number;
  readonly logHeight: number;
  readonly logBlowup: number;
  readonly isResident: boolean;
  readonly coefficients: Columns;
  readonly #blocks: readonly Columns[];
  /** What the only block holds, if the matrix is not resident. */
  #current = -1;

  constructor(
    work: Work,
    shape: { readonly width: number; readonly logHeight: number },
    logBlowup: number,
    isResident: boolean,
  ) {
    this.width = shape.width;
    this.logHeight = shape.logHeight;
    this.logBlowup = logBlowup;
    this.isResident = isResident;
    this.coefficients = new Columns(work, this.width, this.height);
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
    return [this.coefficients, ...this.#blocks].flatMap((columns) => columns.buffers);
  }

  /** Coefficients from trace values in natural order. */
  async interpolate(work: Work, twiddles: Twiddles, trace: Columns): Promise<void> {
    for (const [i, { buffer, width }] of this.coefficients.chunks.entries()) {
      const place = { base: 0, stride: this.height };
      const from = { ...place, buffer: trace.chunks[i].buffer };
      await interpolate(work, twiddles, from, { ...place, buffer }, width, this.logHeight, 'natural');
    }
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

  async #extend(work: Work, twiddles: Twiddles, k: number, out: Columns): Promise<void> {
    for (const [i, { buffer, width }] of this.coefficients.chunks.entries()) {
      const place = { base: 0, stride: this.height };
      const to = { ...place, buffer: out.chunks[i].buffer };
      await extend(work, twiddles, { ...place, buffer }, to, width, this.logHeight, {
        domain: 'coset',
        block: k,
      });
    }
  }
}

/** Bytes of a matrix and of a resident one beyond that. */
export const matrixBytes = (width: number, logHeight: number, logBlowup: number) => ({
  least: 2 * 8 * width * 2 ** logHeight,
  resident: (2 ** logBlowup - 1) * 8 * width * 2 ** logHeight,
});

/** The shift of block k among 2^logBlocks of the extension coset of a trace of height 2^logHeight. */
export const blockShift = (logHeight: number, logBlowup: number, logBlocks: number, k: number): F.Felt =>
  F.mul(
    ldeShift(logHeight + logBlowup),
    F.pow(F.rootOfUnity(logHeight + logBlocks), BigInt(reverseBits(k, logBlocks))),
  );
