import * as F from '../../field/felt.ts';
import { ldeShift } from '../domain.ts';
import { reverseBits } from '../order.ts';
import { montgomery } from './montgomery.ts';
import type { Pool, Task } from './pool.ts';
import type { Columns } from './program.ts';
import type { TableKey, Tables } from './tables.ts';

/** Coefficients from the trace height on: `used` of them for each column, in room for a power of two, the rest zero. */
export interface Tails extends Columns {
  readonly used: number;
  readonly length: number;
}

/** Coefficients that a column's tail takes room for, when it may have `length` of them. */
export const tailLength = (length: number): number =>
  length === 0 ? 0 : 2 ** Math.max(Math.ceil(Math.log2(length)), 1);

/** Room for the tails of `width` columns with `used` coefficients each. */
export const allocateTails = (pool: Pool, width: number, used: number): Tails | undefined => {
  if (used === 0) return undefined;
  const length = tailLength(used);
  return { address: pool.allocate(8 * length * width), stride: 8 * length, used, length };
};

/** Memory of a matrix: room for its coefficients, for its first `kept` blocks, and for one that is not kept. */
export interface MatrixStorage {
  readonly coefficients: number;
  readonly tails?: Tails | undefined;
  readonly kept: number;
  readonly values: number;
  readonly window?: number | undefined;
}

/**
 * Layout. A matrix of n = 2^logHeight rows is kept as coefficients, natural order (the first n of each column, and what a
 * hiding proof has beyond them as `tails`), and as values on the 2^logBlowup cosets of its
 * extension: "block" k holds coset k, column after column, rows in bit-reversed order; blocks follow one another. The
 * rows of all blocks in turn are the extension in bit-reversed order, and the first 2^d blocks are the coset of order
 * 2^d n that quotients of 2^d parts live on.
 */
export class Matrix {
  readonly width: number;
  readonly logHeight: number;
  readonly logBlowup: number;
  readonly coefficients: number;
  readonly tails: Tails | undefined;
  readonly #storage: MatrixStorage;

  constructor(
    shape: { readonly width: number; readonly logHeight: number },
    logBlowup: number,
    storage: MatrixStorage,
  ) {
    this.width = shape.width;
    this.logHeight = shape.logHeight;
    this.logBlowup = logBlowup;
    this.coefficients = storage.coefficients;
    this.tails = storage.tails;
    this.#storage = storage;
  }

  /** A matrix in new memory, all blocks kept. */
  static allocate(
    pool: Pool,
    shape: { readonly width: number; readonly logHeight: number },
    logBlowup: number,
  ): Matrix {
    const block = 8 * shape.width * 2 ** shape.logHeight;
    const kept = 2 ** logBlowup;
    const storage = { coefficients: pool.allocate(block), kept, values: pool.allocate(kept * block) };
    return new Matrix(shape, logBlowup, storage);
  }

  get height(): number {
    return 2 ** this.logHeight;
  }
  get blockBytes(): number {
    return 8 * this.width * this.height;
  }
  get stride(): number {
    return 8 * this.height;
  }
  get blocks(): number {
    return 2 ** this.logBlowup;
  }

  /** Whether block k stays once it has been extended. */
  keeps(k: number): boolean {
    return k < this.#storage.kept;
  }

  /** Block k, once it has been extended; what is not kept is there until the window is used again. */
  block(k: number): Columns {
    const { values, window } = this.#storage;
    const address = this.keeps(k) ? values + k * this.blockBytes : window!;
    return { address, stride: this.stride };
  }

  /** The coefficients of a column below the trace height, and of those after it. */
  get heads(): Columns {
    return { address: this.coefficients, stride: this.stride };
  }

  /** Coefficients from trace values in natural order, of the first `columns` columns. */
  interpolate(tables: Tables, source: Columns, columns = this.width): Task {
    const inverse = tables.at(traceTable(this.logHeight));
    return {
      kernel: 'interpolateColumns',
      params: [source.address, source.stride, this.coefficients, this.stride, this.logHeight, inverse, 1],
      jobs: columns,
    };
  }

  /** Values of block k. */
  extend(tables: Tables, k: number): Task {
    const key = blockTable(this.logHeight, this.logBlowup, k);
    return extendTask(tables, this.heads, this.tails, key, this.block(k), this.width);
  }
}

/** Values of `columns` polynomials on the coset of a table: 2^log coefficients each, and what is in their tails. */
export function extendTask(
  tables: Tables,
  heads: Columns,
  tails: Tails | undefined,
  key: TableKey,
  to: Columns,
  columns: number,
): Task {
  const beyond = tails ? [tails.address, tails.stride, tails.length] : [0, 0, 0];
  const power = montgomery(F.pow(key.shift, 1n << BigInt(key.log)));
  return {
    kernel: 'extendColumns',
    params: [heads.address, heads.stride, to.address, to.stride, key.log, tables.at(key), ...beyond, power],
    jobs: columns,
  };
}

/** The shift of block k among 2^logBlocks of a coset of order 2^(logHeight + logBlocks) with the shift given. */
export const blockShift = (shift: F.Felt, logHeight: number, logBlocks: number, k: number): F.Felt =>
  F.mul(shift, F.pow(F.rootOfUnity(logHeight + logBlocks), BigInt(reverseBits(k, logBlocks))));

const traceTable = (log: number): TableKey => ({ log, shift: 1n, inverse: true });

export const blockTable = (logHeight: number, logBlowup: number, k: number): TableKey => ({
  log: logHeight,
  shift: blockShift(ldeShift(logHeight + logBlowup), logHeight, logBlowup, k),
  inverse: false,
});

/** Everything {@link Matrix} transforms with. */
export const matrixTables = (logHeight: number, logBlowup: number): TableKey[] => [
  traceTable(logHeight),
  ...Array.from({ length: 2 ** logBlowup }, (_, k) => blockTable(logHeight, logBlowup, k)),
];
