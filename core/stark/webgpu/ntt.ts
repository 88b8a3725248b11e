import {
  LOG_TILE,
  NTT_FORWARD,
  NTT_FORWARD_IN_PLACE,
  NTT_INVERSE,
  NTT_INVERSE_IN_PLACE,
  TWIDDLES,
} from '../../../shaders/ntt.ts';
import * as F from '../../field/felt.ts';
import type { Work } from './work.ts';

/** Constants of all transforms up to some size; see shaders/ntt.ts. */
export interface Twiddles {
  /** Extensions whose cosets have 2^logLde points at most. */
  readonly logLde: number;
  readonly logBlowup: number;
  /** R and its inverses. */
  readonly roots: GPUBuffer;
  readonly inverses: GPUBuffer;
  /** S_t R, level after level: for the cosets of extensions. */
  readonly cosets: GPUBuffer;
}

/** Makes the constants on the device, in buffers of `work`. */
export async function makeTwiddles(work: Work, logLde: number, logBlowup: number): Promise<Twiddles> {
  const root = (bit: number) => F.rootOfUnity(Math.min(bit + 2, F.TWO_ADICITY));
  const shifts = Array.from({ length: 32 - logBlowup }, (_, t) =>
    F.pow(F.GENERATOR, 1n << BigInt(31 - logBlowup - t)),
  );
  const table = async (roots: readonly F.Felt[], isLeveled: boolean) => {
    const out = work.allocate(8 * 2 ** logLde);
    await work.run({
      kernel: TWIDDLES,
      buffers: { roots: work.upload(BigUint64Array.from(roots)), out },
      params: { size: 2 ** logLde, leveled: isLeveled ? 1 : 0, logBlowup },
      groups: Math.ceil(2 ** logLde / 64),
      cost: 32 * logLde,
    });
    return out;
  };
  const roots = Array.from({ length: 32 }, (_, bit) => root(bit));
  return {
    logLde,
    logBlowup,
    roots: await table(roots, false),
    inverses: await table(roots.map(F.inv), false),
    cosets: await table([...roots, ...shifts], true),
  };
}

/** Columns of one buffer: entry i of column c at `base + c * stride + i`. */
export interface Place {
  readonly buffer: GPUBuffer;
  readonly base: number;
  readonly stride: number;
}

interface Pass {
  readonly levels: number;
  readonly logC: number;
  readonly logBase: number;
  readonly logStride: number;
  readonly level: number;
}

/** Passes of a transform from the first level to the last. */
function passes(logN: number): Pass[] {
  if (logN <= LOG_TILE) return [{ levels: logN, logC: 0, logBase: logN, logStride: 0, level: 0 }];
  const first = logN - LOG_TILE;
  const logC = LOG_TILE - first;
  return [
    { levels: first, logC, logBase: logC, logStride: LOG_TILE, level: 0 },
    { levels: LOG_TILE, logC: 0, logBase: LOG_TILE, logStride: 0, level: first },
  ];
}

/** Butterflies per workgroup, in products. */
const cost = ({ levels, logC }: Pass): number => 0.7 * (levels + 2) * 2 ** (levels + logC);
const groups = (columns: number, logN: number, { levels, logC }: Pass): number =>
  columns * 2 ** (logN - levels - logC);

export type Extension =
  /** Block k of the extension coset. */
  | { readonly domain: 'coset'; readonly block: number }
  /** Block k of the subgroup 2^added times as large. */
  | { readonly domain: 'subgroup'; readonly block: number };

/** Values in bit-reversed order, on one block, of `columns` polynomials given by coefficients. */
export async function extend(
  work: Work,
  twiddles: Twiddles,
  from: Place,
  to: Place,
  columns: number,
  logN: number,
  { domain, block }: Extension,
): Promise<void> {
  for (const [i, pass] of passes(logN).entries()) {
    await work.run({
      kernel: i === 0 ? NTT_FORWARD : NTT_FORWARD_IN_PLACE,
      buffers: {
        twiddles: domain === 'coset' ? twiddles.cosets : twiddles.roots,
        ...(i === 0 && { src: from.buffer }),
        dst: to.buffer,
      },
      params: {
        ...pass,
        ...places(from, to),
        logN,
        block,
        leveled: domain === 'coset' ? 1 : 0,
        logBlowup: twiddles.logBlowup,
        reversed: 0,
        scaled: 0,
        scale: 0n,
      },
      groups: groups(columns, logN, pass),
      cost: cost(pass),
    });
  }
}

/**
 * Coefficients of the polynomials through values on the subgroup of order 2^logN, given in natural or bit-reversed order.
 */
export async function interpolate(
  work: Work,
  twiddles: Twiddles,
  from: Place,
  to: Place,
  columns: number,
  logN: number,
  order: 'natural' | 'bit-reversed',
): Promise<void> {
  const all = passes(logN).reverse();
  for (const [i, pass] of all.entries()) {
    await work.run({
      kernel: i === 0 ? NTT_INVERSE : NTT_INVERSE_IN_PLACE,
      buffers: { twiddles: twiddles.inverses, ...(i === 0 && { src: from.buffer }), dst: to.buffer },
      params: {
        ...pass,
        ...places(from, to),
        logN,
        block: 0,
        leveled: 0,
        logBlowup: 0,
        reversed: order === 'natural' ? 1 : 0,
        scaled: i === all.length - 1 ? 1 : 0,
        scale: F.inv(1n << BigInt(logN)),
      },
      groups: groups(columns, logN, pass),
      cost: cost(pass),
    });
  }
}

const places = (from: Place, to: Place) => ({
  srcBase: from.base,
  srcStride: from.stride,
  dstBase: to.base,
  dstStride: to.stride,
});
